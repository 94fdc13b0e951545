"""What every answer says to the browser: nothing inline, nothing kept, nothing told to another site (S11, S12)."""

import importlib
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from accounts.models import User
from tests.cast import client_of

PAGES = ["/experts/", "/letters/", "/search/?q=x", "/accounts/login/", "/leave/", "/no/such/page/", "/health/live"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_allows_nothing_inline_and_nothing_from_elsewhere(client, db: None, path: str) -> None:
    """S11. Outside the CMS."""
    answer = client.get(path)
    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if " " in part.strip()
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Referrer-Policy"] == "same-origin"  # `no-referrer` would make each form fail in Chromium
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]


def test_only_the_cms_may_be_inline_and_it_too_asks_nobody_else(coordinator: User) -> None:
    """S11, K18. Wagtail's admin writes scripts into its pages."""
    answer = client_of(coordinator).get("/cms/")
    assert answer.status_code == 200
    assert "script-src 'self' 'unsafe-inline'" in answer["Content-Security-Policy"]
    assert "http" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/notifications/", "/experts/", "/no/such/page/", "/discussions/no-such-space/"])
def test_nothing_that_a_member_reads_is_kept(cas: User, path: str) -> None:
    """S12. Errors too, by browser and proxy alike."""
    assert client_of(cas).get(path)["Cache-Control"] == "no-store"


def test_leaving_ends_the_session_on_the_server(cas: User) -> None:
    """S12. By a plain link; the page says nothing of where one was, and asks the browser to forget."""
    client = client_of(cas)
    assert Session.objects.count() == 1
    answer = client.get("/leave/")
    assert Session.objects.count() == 0
    assert client.cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert "no-store" in answer["Cache-Control"] and '"cache"' in answer["Clear-Site-Data"]
    assert settings.SITE_NAME not in answer.text
    assert client.get("/notifications/").status_code == 302


def test_production_speaks_tls_only() -> None:
    """S11. Read as production reads it, in a process of its own."""
    wanted = {
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 63072000,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "DEBUG": False,
        "DEMO": False,
        "EMAIL_USE_TLS": True,
    }
    code = f"import swexpertise.settings.production as p; print({{n: getattr(p, n) for n in {list(wanted)!r}}})"
    env = {key: os.environ[key] for key in ("PATH", "DATABASE_URL", "REDIS_URL")} | {
        "SECRET_KEY": "x" * 60,
        "DEMO": "1",
    }
    run = subprocess.run([sys.executable, "-c", code], env=env, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert run.stdout.strip() == repr(wanted), run.stderr


def test_passwords_are_kept_with_argon2() -> None:
    """P2. Tests themselves hash cheaply."""
    base = importlib.import_module("swexpertise.settings.base")
    assert base.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
