"""The product's settings, of a test installation. Subprocesses that tests start inherit the variables."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("CORRESPONDENCE_ENV", "test")
if "ATTACHMENT_STORAGE_URL" not in os.environ:
    folder = tempfile.mkdtemp(prefix="correspondence-test-")
    os.environ["ATTACHMENT_STORAGE_URL"] = f"file://{folder}/attachments"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

from correspondence_site.settings import *  # noqa: F403 - the variables must be set before they are read

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a safe one takes most of a test's time
