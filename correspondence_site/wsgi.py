"""The WSGI application, for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from correspondence_site.database_server import DatabaseTooOld, DatabaseUnusable, require_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "correspondence_site.settings")

application = get_wsgi_application()
try:
    require_database()
except DatabaseTooOld:
    raise
except DatabaseUnusable:
    """It may come later, and until then `/health/ready` says so."""
