"""Token, exchange, discovery and generator endpoints."""

from django.urls import path

from correspondence_site.answers import only
from correspondence_site.oauth import discovery, generator
from correspondence_site.oauth.exchange import exchange
from correspondence_site.oauth.token import TokenEndpoint

OPENID = "authentication/api/v1/openid"

urlpatterns = [
    path("token", only("POST")(TokenEndpoint.as_view())),
    path("authentication/api/v1/exchange/<str:provider>", exchange),
    path(".well-known/oauth-authorization-server", discovery.authorization_server),
    path(".well-known/jwks.json", discovery.key_set),
    path(f"{OPENID}/.well-known/openid-configuration", discovery.openid_configuration),
    path(f"{OPENID}/.well-known/openid-configuration/jwks", discovery.key_set),
    path(f"{OPENID}/jwks", discovery.key_set),
    path("api/getenterprisetoken", generator.enterprise),
    path("api/getpersonaltoken", generator.personal),
    path("api/getsystemusertoken", generator.system_user),
]
