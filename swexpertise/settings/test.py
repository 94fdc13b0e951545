"""The test suite: real PostgreSQL, Redis and SMTP; cheap password hashing; everything else as in production."""

from .base import *  # noqa: F403  settings are read as one namespace
from .base import VAR_DIR, env

DEMO = False
SECRET_KEY = "test-only-key-0123456789-0123456789-0123456789"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR_DIR / "test-media"))
MAIL_DOMAIN = "swexpertise.invalid"
DEFAULT_FROM_EMAIL = "Swexpertise <post@swexpertise.invalid>"
DISCREET_FROM_EMAIL = "post@swexpertise.invalid"
CRASH_AT = env("CRASH_AT", default="")  # see notifications/crash.py; only here
CRASH_ISSUE = env.int("CRASH_ISSUE", default=0)
SITE_URL = "https://swexpertise.invalid"
WAGTAILADMIN_BASE_URL = SITE_URL
