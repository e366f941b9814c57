import pytest

from attachments.models import IncomingFile
from correspondence.models import Message
from tests.support.letters import files_in


@pytest.fixture
def nothing_left(own_storage):
    """Checks that a refused request has left no bytes and no rows."""
    yield
    assert files_in(own_storage) == []
    assert not IncomingFile.objects.exists()
    assert not Message.objects.exists()
