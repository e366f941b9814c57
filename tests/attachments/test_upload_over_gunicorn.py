"""Uploads that do not arrive whole, over the production server and real sockets (design.md point 20)."""

import hashlib
import io
import socket
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
from django.core.management import call_command
from django.utils import timezone

from attachments.models import Attachment
from attachments.services.upload import release_abandoned
from tests.support.letters import files_in
from tests.support.processes import eventually, kill_children, web_server, web_server_process

FILE = {"resourceId": "example-letters", "fileName": "test-file.txt", "sendersReference": "1234"}


@pytest.fixture
def server(committed, sender):
    with web_server(UPLOAD_IDLE_SECONDS="1") as base_url:
        yield base_url


@pytest.fixture
def announced(sender):
    return sender.post("/attachment", FILE).json()


def upload_url(server, announced):
    return f"{server}/correspondence/api/v1/attachment/{announced}/upload"


def raw_upload(server, announced, sender, *lines, body=b""):
    """Sends the head and some bytes over a bare socket; the caller decides how it ends."""
    parts = urlsplit(upload_url(server, announced))
    connection = socket.create_connection((parts.hostname, parts.port), timeout=20)
    head = [
        f"POST {parts.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Authorization: Bearer {sender.token}",
        "Content-Type: application/octet-stream",
        *lines,
    ]
    connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
    return connection


def received(connection):
    """Head and body, as far as the head announces it."""
    with connection, connection.makefile("rb") as stream:
        head = b"".join(iter(stream.readline, b"\r\n")).decode()
        length = int(head.lower().partition("content-length:")[2].splitlines()[0])
        return head + stream.read(length).decode()


def state(announced):
    attachment = Attachment.objects.get(pk=announced)
    return attachment.get_status_display(), attachment.storage_key


def retried(server, announced, sender):
    headers = {"Authorization": f"Bearer {sender.token}", "Content-Type": "application/octet-stream"}
    answer = requests.post(upload_url(server, announced), data=b"whole", headers=headers, timeout=20)
    return answer.status_code, answer.json()["status"]


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (["Content-Length: 1000000"], b"x" * 1000),
        (["Transfer-Encoding: chunked"], b"3e8\r\n" + b"x" * 1000 + b"\r\n"),
        (["Transfer-Encoding: chunked"], b"fff\r\n" + b"x" * 1000),
    ],
    ids=["content length", "between chunks", "within a chunk"],
)
def test_upload_cut_off_leaves_nothing_published_and_may_be_repeated(server, announced, sender, lines, body):
    raw_upload(server, announced, sender, *lines, body=body).close()

    eventually(lambda: state(announced) == ("Failed", ""), "the cut-off upload was not recorded as failed")
    assert retried(server, announced, sender) == (200, "Published")


def test_garbled_chunk_is_the_clients_mistake_and_may_be_repeated(server, announced, sender):
    connection = raw_upload(server, announced, sender, "Transfer-Encoding: chunked", body=b"zz\r\nx\r\n")

    answer = received(connection)

    assert answer.startswith("HTTP/1.1 502")
    assert '"errorCode":2002' in answer
    assert retried(server, announced, sender) == (200, "Published")


def test_json_cut_off_between_its_chunks_is_the_clients_mistake(server, sender):
    parts = urlsplit(server)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        head = [
            "POST /correspondence/api/v1/attachment HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Authorization: Bearer {sender.token}",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
        ]
        connection.sendall("\r\n".join([*head, "", ""]).encode() + b"zz\r\n")
        answer = connection.recv(100)

    assert answer.startswith(b"HTTP/1.1 400")


def test_stalled_upload_is_answered_with_a_time_out(server, announced, sender):
    connection = raw_upload(server, announced, sender, "Content-Length: 1000000", body=b"x" * 1000)
    started = time.monotonic()

    answer = received(connection)

    assert answer.startswith("HTTP/1.1 408")
    assert '"errorCode":2022' in answer
    assert time.monotonic() - started < 15
    assert retried(server, announced, sender) == (200, "Published")


def test_chunked_upload_arrives_whole(server, announced, sender):
    pieces = [b"a" * 700_000, b"b" * 700_000, b"c"]
    headers = {"Authorization": f"Bearer {sender.token}", "Content-Type": "application/octet-stream"}

    answer = requests.post(upload_url(server, announced), data=iter(pieces), headers=headers, timeout=20)

    assert answer.json()["checksum"] == hashlib.md5(b"".join(pieces)).hexdigest()


def test_empty_chunked_upload_is_2004(server, announced, sender):
    headers = {"Authorization": f"Bearer {sender.token}", "Content-Type": "application/octet-stream"}

    answer = requests.post(upload_url(server, announced), data=iter([]), headers=headers, timeout=20)

    assert answer.json()["errorCode"] == 2004


def test_chunked_json_is_read(server, sender):
    headers = {"Authorization": f"Bearer {sender.token}", "Content-Type": "application/json"}
    pieces = iter([b'{"resourceId": "example-letters", ', b'"fileName": "a.txt", "sendersReference": "1"}'])

    answer = requests.post(
        f"{server}/correspondence/api/v1/attachment", data=pieces, headers=headers, timeout=20
    )

    assert answer.status_code == 200


def test_upload_whose_server_was_killed_may_be_repeated_and_leaves_no_orphan(
    committed, sender, own_storage, settings
):
    """No byte of it was accepted, so `verify_attachments` finds nothing afterwards."""
    location = {"ATTACHMENT_STORAGE_URL": f"file://{own_storage}"}
    announced = sender.post("/attachment", FILE).json()
    with web_server_process(**location) as (server, process):
        connection = raw_upload(server, announced, sender, "Content-Length: 9000000", body=b"x" * 3_000_000)
        eventually(lambda: files_in(own_storage), "the file did not begin to arrive")
        kill_children(process)
        connection.close()
    assert [path.suffix for path in files_in(own_storage)] == [".part"]

    silent = timezone.now() - timedelta(seconds=settings.UPLOAD_LIFE_SECONDS + 1)
    Attachment.objects.update(upload_seen_at=silent)
    release_abandoned()

    call_command("verify_attachments", stdout=io.StringIO())
    assert files_in(own_storage) == []
    with web_server(**location) as server:
        assert retried(server, announced, sender) == (200, "Published")
    call_command("verify_attachments", stdout=io.StringIO())
