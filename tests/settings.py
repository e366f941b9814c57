"""The product's settings, of a test installation. Subprocesses that tests start inherit the variable."""

import os

os.environ.setdefault("CORRESPONDENCE_ENV", "test")

from correspondence_site.settings import *  # noqa: F403 - the variable must be set before they are read
