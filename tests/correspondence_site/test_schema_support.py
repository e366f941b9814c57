"""The check that every in-process test does on its answers does refuse what the document does not say."""

import pytest
from django.http import HttpResponse, JsonResponse

from tests.support.schema import check_answer

LETTER = "/correspondence/01900000-0000-7000-8000-00000000ffff"


def sent(response):
    response.json = lambda: {"title": "No", "status": response.status_code}
    return response


@pytest.mark.parametrize(
    ("method", "path", "answer", "reason"),
    [
        ("get", LETTER, HttpResponse(status=409), "no such status"),
        (
            "get",
            LETTER,
            sent(JsonResponse({}, status=404, content_type="application/problem+json")),
            "no app",
        ),
        ("get", f"{LETTER}/attachments/downloadall", HttpResponse("x", content_type="text/plain"), "no text"),
        ("delete", f"{LETTER}/purge", HttpResponse(status=200), "promises a body"),
        ("get", LETTER, sent(JsonResponse({})), "required property"),
        ("post", f"{LETTER}/archive", HttpResponse(status=200), "no such operation"),
    ],
)
def test_answer_that_is_not_in_the_document_fails(method, path, answer, reason):
    with pytest.raises(AssertionError, match=reason):
        check_answer(method, path, answer)


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("get", LETTER, HttpResponse(status=401)),
        ("get", LETTER, sent(JsonResponse({}, status=404))),
        ("get", f"{LETTER}/content", HttpResponse("Hello", content_type="text/plain")),
        ("put", LETTER, HttpResponse(status=405)),
    ],
)
def test_answer_that_is_in_the_document_or_hidden_passes(method, path, answer):
    assert check_answer(method, path, answer) is answer
