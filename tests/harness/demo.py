"""The whole platform with its demo world, as `make run` brings it up: database, mail sink, web, worker and beat.

Played once for the run, into a copy of the migrated template; browser journeys, the crawl and the axe round visit it.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from swexpertise.start import processes
from swexpertise.start.places import ROOT
from tests.harness import databases, servers

PASSWORD = "paraplu-rood-2026"
MEMBERS = ("coordinator", "nurse", "scientist", "activist", "member")


@dataclass
class DemoSite:
    """A running platform. `url` is its address, `env` what a further process of it is told."""

    url: str
    env: dict[str, str]
    mailbox: Path

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What was mailed to somebody, oldest first."""
        mails = [
            message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(self.mailbox.glob("*.eml"))
        ]
        return [mail for mail in mails if mail["Delivered-To"] == address]

    def manage(self, *arguments: str) -> str:
        """What `manage.py` prints; fails with it when it fails."""
        run = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout


@pytest.fixture(scope="session")
def demo_site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoSite]:
    folder = tmp_path_factory.mktemp("demo")
    name = databases.copy("demo")
    web_port, mail_port = _free_port(), _free_port()
    env = dict(os.environ) | {
        "DATABASE_URL": databases.url_of(name),
        "REDIS_URL": servers.own_slot(os.environ["REDIS_URL"]),  # its worker takes no task of a test
        "DJANGO_SETTINGS_MODULE": "swexpertise.settings.development",
        "DEMO": "1",
        "SECRET_KEY": "test-only-key-of-the-demo-site-0123456789-0123456789",
        "SITE_URL": f"http://localhost:{web_port}",
        "MAILBOX_DIR": str(folder / "mailbox"),
        "MEDIA_ROOT": str(folder / "media"),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail_port),
        "EMAIL_USE_TLS": "0",
    }
    site = DemoSite(url=f"http://localhost:{web_port}", env=env, mailbox=folder / "mailbox")
    site.mailbox.mkdir()
    site.manage("demo", "load")
    python = [sys.executable, "-m"]
    web = ["gunicorn", "swexpertise.wsgi", "--no-control-socket", "--worker-class", "gthread", "--threads", "4"]
    celery = [*python, "celery", "--app", "swexpertise", "--quiet"]
    with socket.create_server(("127.0.0.1", mail_port)) as listener:
        listener.set_inheritable(True)
        sink = ["swexpertise.start.mailsink", "--fd", str(listener.fileno()), "--folder", str(site.mailbox)]
        commands = {
            "mail": [*python, *sink],
            "web": [*python, *web, "--bind", f"127.0.0.1:{web_port}"],
            "worker": [*celery, "worker", "--concurrency", "1", "--loglevel", "info", "--without-mingle"],
            "beat": [*celery, "beat", "--schedule", str(folder / "beat"), "--pidfile", ""],
        }
        children = []
        for child, command in commands.items():
            with (folder / f"{child}.log").open("wb") as output:
                fds = (listener.fileno(),) if child == "mail" else ()
                children.append(processes.start(command, env=env, output=output, cwd=ROOT, pass_fds=fds))
    try:
        assert processes.wait_until(lambda: _answers(site.url), within=60), (folder / "web.log").read_text()[-4000:]
        yield site
    finally:
        for process in reversed(children):
            processes.stop(process)
        databases.drop(name)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/live", timeout=2) as answer:  # noqa: S310  our own address
            return bool(json.load(answer)["status"] == "ok")
    except (urllib.error.URLError, OSError):
        return False
