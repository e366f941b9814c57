"""Downloads as the production server sends them (api.md 9)."""

from io import BytesIO
from zipfile import ZipFile

import pytest
import requests

from tests.support.clients import BASE
from tests.support.letters import letter, send_and_publish, uploaded
from tests.support.processes import web_server

LARGE = b"0123456789abcdef" * 300_000


@pytest.mark.contract("api.md#9")
def test_downloads_arrive_whole_with_their_length_announced(committed, sender, recipient):
    files = {"large.pdf": LARGE, "notat.txt": b"hei"}
    attachments = [str(uploaded(sender, data, fileName=name)) for name, data in files.items()]
    published = send_and_publish(sender, letter(existingAttachments=attachments))
    bearer = {"Authorization": f"Bearer {recipient.token}"}

    with web_server() as base_url:
        path = f"{base_url}{BASE}/correspondence/{published.pk}"
        one = requests.get(f"{path}/attachment/{attachments[0]}/download", headers=bearer, timeout=30)
        together = requests.get(f"{path}/attachments/downloadall", headers=bearer, timeout=30)

    assert (one.headers["Content-Length"], one.content == LARGE) == (str(len(LARGE)), True)
    assert together.headers["Content-Length"] == str(len(together.content))
    with ZipFile(BytesIO(together.content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
