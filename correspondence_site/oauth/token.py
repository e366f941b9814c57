"""`POST /token`: django-oauth-toolkit's authorization server, `client_credentials` only."""

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from oauth2_provider.views.mixins import OAuthLibMixin


@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(sensitive_post_parameters("client_secret", "assertion"), name="dispatch")
class TokenEndpoint(OAuthLibMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        _url, headers, body, status = self.create_token_response(request)  # type: ignore[no-untyped-call]
        return HttpResponse(body, status=status, headers=headers)
