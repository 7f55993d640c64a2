"""The tests' settings: the product's, as the owner of the database, with quick password hashing and unhashed static files."""

import os

os.environ.setdefault("TAIZHANG_PRODUCTION", "0")
os.environ.setdefault("TAIZHANG_AS_OWNER", "1")

from taizhang.config.settings import *  # noqa: E402, F403
from taizhang.config.settings import STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WRONG_PASSWORDS_AT_ONCE = 1_000  # a test types many, and quickly
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAILS = True
WHITENOISE_AUTOREFRESH = True  # every client of a test would list all static files first
CALLS_PER_MINUTE = CALLS_PER_MINUTE_AND_ADDRESS = 1_000_000  # tests of the limits set their own
