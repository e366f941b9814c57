"""Settings, from the environment only. The variables are described in docs/reference/environment.md."""

import re
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from correspondence_site import environment as env
from correspondence_site.attachment_storage import storage_from_url
from correspondence_site.database import database_from_url
from correspondence_site.log_configuration import logging_for
from correspondence_site.oauth.access_tokens import lifetime
from correspondence_site.trusted_issuers import trusted_issuers
from notifications.report_providers import report_providers
from notifications.transports.urls import EMAIL_SCHEMES, SMS_SCHEMES

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DEMO_SECRET = "demo-secret-key-for-laptops-and-ci-only-never-for-production"  # noqa: S105 - refused in production
SHORTEST_SECRET = 32

CORRESPONDENCE_ENV = env.choice(
    "CORRESPONDENCE_ENV", "demo", ("demo", "test", "production"), meaning="What kind of installation this is."
)
IS_PRODUCTION = CORRESPONDENCE_ENV == "production"
IS_DEMO = CORRESPONDENCE_ENV == "demo"
DEBUG = False

CORRESPONDENCE_VAR = Path(
    env.text(
        "CORRESPONDENCE_VAR",
        str(BASE_DIR / "var"),
        shown_default="`var/` in the checkout",
        meaning="Folder of the embedded database, stored attachments and captured demo mail.",
    )
).resolve()

SECRET_KEY = env.text(
    "SECRET_KEY",
    DEMO_SECRET,
    shown_default="a demo value",
    meaning="Django's secret; required in production.",
)
if IS_PRODUCTION and (SECRET_KEY == DEMO_SECRET or len(SECRET_KEY) < SHORTEST_SECRET):
    raise ImproperlyConfigured(
        f"SECRET_KEY must be set in production, to at least {SHORTEST_SECRET} characters of your own."
    )

ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver", meaning="Host names the service answers to."
)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", meaning="Origins trusted for forms, with scheme.")


def _served_url() -> str:
    """What the running `serve` or `demo` wrote, so that a command run beside it builds the same links."""
    try:
        return (CORRESPONDENCE_VAR / "public_url").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


PUBLIC_URL = env.service_url(
    "PUBLIC_URL",
    _served_url() or "http://127.0.0.1:8000",
    only_https=IS_PRODUCTION,
    shown_default="`http://127.0.0.1:` and the port served",
    meaning="The base of links and of our own issuer.",
)

# --- Application ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "correspondence_site.apps.CorrespondenceSiteConfig",
    "correspondence_site.apps.CorrespondenceAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "procrastinate.contrib.django",
    "registry",
    "oauth2_provider",
    "journal",
    "attachments",
    "notifications",
    "correspondence",
]

MIDDLEWARE = [
    "correspondence_site.middleware.RequestIdentityMiddleware",
    "correspondence_site.middleware.SigningKeyMiddleware",
    "correspondence_site.middleware.InboxOriginMiddleware",
    "correspondence_site.middleware.ContractPathMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "correspondence_site.urls"
WSGI_APPLICATION = "correspondence_site.wsgi.application"
APPEND_SLASH = False
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["correspondence_site.formats"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- Database and queue ---------------------------------------------------------------------------------
DATABASE_URL = env.text(
    "DATABASE_URL",
    shown_default="unset: the embedded PostgreSQL",
    meaning="A PostgreSQL URL, version 16 or newer.",
)
DATABASES = {"default": database_from_url(DATABASE_URL, var=CORRESPONDENCE_VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "registry.User"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
PROCRASTINATE_WORKER_DEFAULTS: dict[str, Any] = {
    "concurrency": 4,
    # A job scheduled for later is found by polling only, and a due letter is Published within 5 s.
    "fetch_job_polling_interval": 1.0,
    "delete_jobs": "successful",
    "update_heartbeat_interval": 10.0 if CORRESPONDENCE_ENV != "test" else 1.0,
    "stalled_worker_timeout": 30.0 if CORRESPONDENCE_ENV != "test" else 3.0,
}

# --- Cookies, headers -----------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION else 0
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "correspondence_site.admin_problems.stale_form"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
# A letter with 500 recipients and 100 files stays far below this; larger JSON is answered 413.
DATA_UPLOAD_MAX_MEMORY_SIZE = None
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4096
MAX_JSON_BODY_BYTES = 10_000_000

CORS_ORIGINS = env.words(
    "CORS_ORIGINS",
    "" if IS_PRODUCTION else "https://af.tt02.altinn.no,http://af.tt.altinn.no",
    shown_default="Altinn's test front ends in demo and test, else none",
    meaning="Origins of inbox front ends that browsers may call us from.",
)

# --- Static files ---------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if IS_PRODUCTION else None  # else found where they are installed
STATICFILES_DIRS = [BASE_DIR / "correspondence_site" / "static"]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION

ATTACHMENT_STORAGE_URL = env.text(
    "ATTACHMENT_STORAGE_URL",
    f"file://{CORRESPONDENCE_VAR}/attachments",
    shown_default="`file://$CORRESPONDENCE_VAR/attachments`",
    meaning="Where attachments are stored: `file:///folder`, or `s3://bucket/prefix` with the usual AWS variables.",
)
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
    "attachments": storage_from_url(ATTACHMENT_STORAGE_URL),
}
UPLOAD_IDLE_SECONDS = env.number(
    "UPLOAD_IDLE_SECONDS",
    30,
    meaning="A sender from whom nothing comes for so long is answered with a time-out.",
)
UPLOAD_LIFE_SECONDS = 3 * UPLOAD_IDLE_SECONDS
"""An upload that gave no sign of life for so long may be repeated: its process is gone."""
CLAMD_URL = env.text(
    "CLAMD_URL",
    meaning="ClamAV: `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`; unset: attachments are not scanned. "
    "`simulated:` (not in production) finds the EICAR test text only.",
)
if CLAMD_URL and not CLAMD_URL.startswith(
    ("tcp://", "unix:///") if IS_PRODUCTION else ("tcp://", "unix:///", "simulated:")
):
    raise ImproperlyConfigured(
        "CLAMD_URL must begin with tcp:// or unix:/// (simulated: will do outside production)."
    )

# --- Notifications --------------------------------------------------------------------------------------
EMAIL_URLS = env.provider_urls(
    "EMAIL_URL",
    schemes=EMAIL_SCHEMES,
    meaning=(
        "Mail providers in order of preference: `smtp://`, `smtps://`, or a mail service of django-anymail"
        " (`anymail://postmark?server_token=…`). `?rate=10` limits one to 10 mails a second, all workers together."
    ),
)
EMAIL_FROM = env.text(
    "EMAIL_FROM",
    "" if IS_PRODUCTION else "brev@correspondence.example",
    shown_default="a demo address; required in production with EMAIL_URL",
    meaning="Sender of e-mail. Without a name before the address, mails bear the name of the letter's sender.",
)
EMAIL_UNSUBSCRIBE_URL = env.text(
    "EMAIL_UNSUBSCRIBE_URL",
    shown_default="unset: no such header",
    meaning="Where recipients change how they are told, for the header `List-Unsubscribe`: `https://` or `mailto:`.",
)
if EMAIL_UNSUBSCRIBE_URL and not re.fullmatch(
    r"(?=.{8,58}$)(https://|mailto:)[!-;=?-~]+", EMAIL_UNSUBSCRIBE_URL
):
    raise ImproperlyConfigured(
        "EMAIL_UNSUBSCRIBE_URL must begin with https:// or mailto: and have at most 58 characters."
    )
SMS_GATEWAY_URLS = env.provider_urls(
    "SMS_GATEWAY_URL",
    schemes=SMS_SCHEMES,
    meaning="HTTP gateways for SMS, in order of preference; `?rate=10` as for e-mail, and not sent to the gateway.",
)
SMS_GATEWAY_TOKEN = env.text("SMS_GATEWAY_TOKEN", meaning="Bearer token of the SMS gateway.")
SMS_FROM = env.text(
    "SMS_FROM",
    "" if IS_PRODUCTION else "Brev",
    shown_default="`Brev`; required in production with SMS_GATEWAY_URL",
    meaning="Sender of SMS.",
)
if IS_PRODUCTION and EMAIL_URLS and not EMAIL_FROM:
    raise ImproperlyConfigured("EMAIL_FROM must be set in production when EMAIL_URL is.")
if IS_PRODUCTION and SMS_GATEWAY_URLS and not SMS_FROM:
    raise ImproperlyConfigured("SMS_FROM must be set in production when SMS_GATEWAY_URL is.")
SMS_SEND_WINDOW = env.daily_window(
    "SMS_SEND_WINDOW", "09:00-17:00", meaning="When SMS go out, Europe/Oslo, end excluded; `always` lifts it."
)
try:
    REPORT_PROVIDERS = report_providers(
        env.json_list(
            "DELIVERY_REPORTS",
            meaning="JSON list of those who post delivery reports: channel, provider, host or service, and basic or hmac; "
            "see docs/howto/delivery-reports.md.",
        )
    )
except ValueError as error:
    raise ImproperlyConfigured(f"DELIVERY_REPORTS: {error}.") from error
MAX_REPORT_BYTES = 1_000_000

NOTIFICATION_PLATFORM_URL = env.service_url(
    "NOTIFICATION_PLATFORM_URL",
    only_https=IS_PRODUCTION,
    shown_default="unset: we deliver ourselves",
    meaning="The national notification platform, up to and with `/notifications/api/v1`; it then sends instead of us.",
)
NOTIFICATION_PLATFORM_TOKEN = env.renewed_secret(
    "NOTIFICATION_PLATFORM_TOKEN",
    meaning="Bearer token of the notification platform; its file is read again for each call, so it can be renewed.",
)

# --- Forwarding and confidential letters -----------------------------------------------------------------
DUE_DATE_EVENTS_TO_SENDER = env.flag(
    "DUE_DATE_EVENTS_TO_SENDER",
    default=False,
    meaning="`1`: that a due date passed unread or unconfirmed is told to the sender too, not to the recipient alone.",
)
FORWARDINGS_PER_LETTER = env.number(
    "FORWARDINGS_PER_LETTER", 20, meaning="To how many addresses one letter may be forwarded."
)
FORWARDINGS_PER_HOUR = env.number(
    "FORWARDINGS_PER_HOUR", 100, meaning="How many letters one party may forward within an hour."
)
CONFIDENTIAL_HELP_URL = env.text(
    "CONFIDENTIAL_HELP_URL",
    "https://info.altinn.no/hjelp/",
    meaning="Where recipients of unread confidential letters find help; named in the list of those letters.",
)

# --- Dialogs --------------------------------------------------------------------------------------------
DIALOG_SERVICE_URL = env.service_url(
    "DIALOG_SERVICE_URL",
    only_https=IS_PRODUCTION,
    shown_default="unset: dialogs are known here only",
    meaning="The national dialog service, up to and with `/dialogporten/api/v1`.",
)
DIALOG_SERVICE_TOKEN = env.renewed_secret(
    "DIALOG_SERVICE_TOKEN",
    meaning="Bearer token of the dialog service; its file is read again for each call, so it can be renewed.",
)

# --- Registry and tokens --------------------------------------------------------------------------------
REGISTRY_AUTO_PROVISION = env.flag(
    "REGISTRY_AUTO_PROVISION",
    default=IS_DEMO,
    shown_default="`1` in demo, else `0`",
    meaning="Add unknown, well-formed parties with a made-up name when first met.",
)
TOKEN_ISSUERS = trusted_issuers(
    env.json_list(
        "TOKEN_ISSUERS",
        meaning="JSON list of trusted issuers besides our own: issuer, jwks_uri, kind, audience.",
    ),
    only_https=IS_PRODUCTION,
)
OAUTH2_PROVIDER_APPLICATION_MODEL = "registry.ApiClient"

METRICS_TOKEN = env.text("METRICS_TOKEN", meaning="Bearer token of /metrics.")

# --- REST framework, OAuth, OpenAPI, logs ---------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["registry.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["registry.api.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["registry.api.renderers.ContractJSONRenderer"],
    "EXCEPTION_HANDLER": "correspondence_site.problems.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "correspondence_site.openapi.answers.ContractSchema",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
OAUTH2_PROVIDER = {
    # Nothing but `client_credentials`: the server that is set otherwise also tries the operators' passwords.
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_BACKEND_CLASS": "correspondence_site.oauth.token.FormParameters",
    "ACCESS_TOKEN_GENERATOR": "correspondence_site.oauth.access_tokens.access_token",
    "EXTRA_SERVER_KWARGS": {"token_expires_in": lifetime},
    "SCOPES_BACKEND_CLASS": "correspondence_site.oauth.scopes.ClientScopes",
    "OAUTH2_VALIDATOR_CLASS": "correspondence_site.oauth.validator.ClientCredentialsValidator",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Correspondence",
    "DESCRIPTION": "Official digital letters; the public API of Altinn 3 Correspondence.",
    "VERSION": "v1",
    "SCHEMA_PATH_PREFIX": "/correspondence/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "CorrespondenceStatus": "correspondence_site.openapi.enums.CORRESPONDENCE_STATUS",
        "AttachmentStatus": "correspondence_site.openapi.enums.ATTACHMENT_STATUS",
        "NotificationResult": "correspondence_site.openapi.enums.NOTIFICATION_RESULT",
        "NotificationChannel": "correspondence_site.openapi.enums.NOTIFICATION_CHANNEL",
        "EmailContentType": "correspondence_site.openapi.enums.EMAIL_CONTENT_TYPE",
        "InitializeAttachmentDataLocationType": "correspondence_site.openapi.enums.NEW_ATTACHMENT_LOCATION",
        "AttachmentDataLocationType": "correspondence_site.openapi.enums.ATTACHMENT_LOCATION",
        "DialogPortenSystemLabel": "correspondence_site.openapi.enums.SYSTEM_LABEL",
        "ReferenceType": "correspondence_site.openapi.enums.REFERENCE_TYPE",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "correspondence_site.openapi.schema.name_path_parameters",
    ],
}
LOG_FORMAT = env.choice(
    "LOG_FORMAT",
    "console" if IS_DEMO else "json",
    ("console", "json"),
    shown_default="`console` in demo, `json` otherwise",
    meaning="How log lines look.",
)
LOGGING = logging_for(LOG_FORMAT)
