"""Answers with a status and nothing else, as the wire has them outside the API's problems (design.md point 21)."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponseBase]


def empty(status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    """No body, so no type either."""
    response = HttpResponse(status=status, headers=headers)
    del response.headers["Content-Type"]
    return response


def only(*methods: str) -> Callable[[View], View]:
    """Any other method is an empty 405 that names these, before anything else looks at the request.

    Nothing behind it is done with a browser's cookie, so no form needs a token against forgery.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.method not in methods:
                return empty(405, {"Allow": ", ".join(methods)})
            return view(request, *args, **kwargs)

        return checked

    return decorate
