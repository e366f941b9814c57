"""gunicorn as design.md point 20 chose it: threaded workers, one server for all routes.

A gthread worker beats from its main thread, so an upload that takes hours does not run into `timeout`.
Workers import the application themselves (no preload): each has a connection pool of its own.
"""

import os

wsgi_app = "correspondence_site.wsgi:application"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = 8
timeout = 60
graceful_timeout = 30
keepalive = 15
accesslog = None
loglevel = "warning"
control_socket_disable = True
