"""Forms that do not arrive whole, over the production server and real sockets (initialize.md 5.2; design.md point 20)."""

import socket
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
from django.utils import timezone

from attachments.models import Attachment, IncomingFile
from attachments.services.incoming import sweep_incoming
from correspondence.models import Correspondence, Message
from tests.support.clients import encode_form
from tests.support.letters import as_form, described, files_in, letter, statuses
from tests.support.processes import eventually, kill_children, web_server, web_server_process, worker

FILE = ("a.txt", b"x" * 4_000_000)
FIELDS = as_form(letter({"attachments": described("a.txt")}))


@pytest.fixture
def server(committed, sender, own_storage):
    with web_server(UPLOAD_IDLE_SECONDS="1", ATTACHMENT_STORAGE_URL=f"file://{own_storage}") as base_url:
        yield base_url


def begin(server, sender, *lines, send=0):
    """The head of a request and the first `send` bytes of its form, over a bare socket."""
    body, content_type = encode_form(FIELDS, [FILE])
    parts = urlsplit(server)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=20)
    head = [
        "POST /correspondence/api/v1/correspondence/upload HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Authorization: Bearer {sender.token}",
        f"Content-Type: {content_type}",
        *(lines or [f"Content-Length: {len(body)}"]),
    ]
    connection.sendall("\r\n".join([*head, "", ""]).encode() + body[:send])
    return connection


def post(server, sender, as_data):
    body, content_type = encode_form(FIELDS, [FILE])
    return requests.post(
        f"{server}/correspondence/api/v1/correspondence/upload",
        data=as_data(body),
        headers={"Authorization": f"Bearer {sender.token}", "Content-Type": content_type},
        timeout=20,
    )


def nothing_is_left(own_storage):
    return not (files_in(own_storage) or IncomingFile.objects.exists())


@pytest.mark.parametrize(
    "lines", [[], ["Transfer-Encoding: chunked"]], ids=["content length", "chunked and garbled"]
)
def test_form_cut_off_within_a_file_leaves_nothing(server, sender, own_storage, lines):
    connection = begin(server, sender, *lines, send=2_500_000)
    if not lines:
        eventually(lambda: files_in(own_storage), "the file did not begin to arrive")
    connection.close()

    eventually(lambda: nothing_is_left(own_storage), "something of the form was left")
    assert not Message.objects.exists()
    assert not Attachment.objects.exists()


def test_stalled_form_is_answered_with_a_time_out_and_leaves_nothing(server, sender, own_storage):
    connection = begin(server, sender, send=2_500_000)

    with connection:
        answer = connection.recv(64_000).decode()

    assert answer.startswith("HTTP/1.1 408")
    eventually(lambda: nothing_is_left(own_storage), "something of the form was left")


def test_form_whose_server_was_killed_is_swept(committed, sender, own_storage, settings):
    with web_server_process(ATTACHMENT_STORAGE_URL=f"file://{own_storage}") as (server, process):
        connection = begin(server, sender, send=2_500_000)
        eventually(lambda: files_in(own_storage), "the file did not begin to arrive")
        kill_children(process)
        connection.close()
    assert (len(files_in(own_storage)), IncomingFile.objects.count()) == (1, 1)

    sweep_incoming()
    assert files_in(own_storage), "it may still be arriving"
    silent = timezone.now() - timedelta(seconds=settings.UPLOAD_LIFE_SECONDS + 1)
    IncomingFile.objects.update(seen_at=silent)
    sweep_incoming()

    assert nothing_is_left(own_storage)


def test_chunked_form_arrives_whole(server, sender):
    answer = post(server, sender, lambda body: iter([body[:700], body[700:70_000], body[70_000:]]))

    assert answer.status_code == 200, answer.text
    assert Attachment.objects.get().size == 4_000_000


@pytest.mark.contract("initialize.md#11")
def test_scan_result_that_arrives_at_once_publishes_the_letter_once(committed, sender, own_storage):
    simulated = {"CLAMD_URL": "simulated:", "ATTACHMENT_STORAGE_URL": f"file://{own_storage}"}
    with web_server(**simulated) as server, worker(**simulated):
        assert post(server, sender, lambda body: body).json()["correspondences"][0]["status"] == "Initialized"
        eventually(
            lambda: Correspondence.objects.filter(published_at__isnull=False).exists(), "not published"
        )

    assert statuses(Correspondence.objects.get()) == ["Initialized", "ReadyForPublish", "Published"]
