"""One machine, `make run`: plain HTTP on loopback, demo mode on unless `DEMO=0`."""

from .base import *  # noqa: F403  settings are read as one namespace
from .base import env

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=True)
SECRET_KEY = env("SECRET_KEY", default="development-only-key-never-used-in-production")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
