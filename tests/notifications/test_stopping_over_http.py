"""N15 as a mail program and a scanner do it: a real web server, raw HTTP without cookies, links out of mails that came
over SMTP."""

import re
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.db import connection

from accounts.models import Preferences
from notifications.actions import events, issues
from notifications.models import Issue, Watch
from notifications.models.issue import State
from swexpertise.start import processes
from swexpertise.start.places import ROOT
from tests.notifications.conftest import BEFORE, MORNING, follows, reply, sweep, wants

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
ONE_CLICK = b"List-Unsubscribe=One-Click"
SECRETS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|nonce[-=]"?[A-Za-z0-9+/=_-]+')


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Web:
    port: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def ask(self, method: str, address: str, body: bytes | None = None) -> Answered:
        """One request over one connection, as somebody who was never here."""
        parts = urlsplit(address)
        assert parts.port in (None, self.port), address
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        line = HTTPConnection("localhost", self.port, timeout=60)
        try:
            line.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"} if body else {})
            answer = line.getresponse()
            return Answered(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            line.close()

    def lives(self) -> bool:
        try:
            return self.ask("GET", "/health/live").status == 200
        except OSError:
            return False


@pytest.fixture
def web(mail, child_env, settings, tmp_path) -> Iterator[Web]:
    """gunicorn, on this test's database."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        site = Web(free.getsockname()[1])
    settings.SITE_URL = site.url
    command = [sys.executable, "-m", "gunicorn", "swexpertise.wsgi", "--no-control-socket", "--bind"]
    with (tmp_path / "web.log").open("wb") as output:
        env = child_env | {"SITE_URL": site.url}
        process = processes.start([*command, f"127.0.0.1:{site.port}"], env=env, output=output, cwd=ROOT)
    try:
        assert processes.wait_until(site.lives, within=60), (tmp_path / "web.log").read_text()[-4000:]
        yield site
    finally:
        processes.stop(process)


def dump() -> dict[str, str]:
    """Every table, row by row; a number for each."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = {}
        for table in tables:
            rows = "coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')"
            cursor.execute(f'SELECT count(*) || md5({rows}) FROM "{table}" AS t')
            found[table] = cursor.fetchone()[0]
    return found


def links_of(received) -> set[str]:
    """Every address in every part and header of a mail."""
    whole = f"{received.text}\n{unescape(received.html)}\n{received.message['List-Unsubscribe']}"
    return set(re.findall(r"""https?://[^\s"'<>]+""", whole))


def one_click(received) -> str:
    assert received.message["List-Unsubscribe-Post"] == ONE_CLICK.decode()
    web_address, _mail_address = re.findall(r"<([^>]+)>", received.message["List-Unsubscribe"])
    return web_address


def test_one_click_is_one_post_without_a_cookie_and_holds_for_what_waits(web, mail, bram, cas, thread) -> None:
    """N15. Twice is as once; nothing that was planned before leaves after it."""
    follows(wants(cas), thread)
    reply(bram, thread)
    sweep()
    (received,) = mail.to(cas.email)
    reply(bram, thread, at=MORNING + timedelta(hours=1))
    events.fan_out(now=MORNING + DAY)
    issues.plan(now=MORNING + DAY)
    assert Issue.objects.filter(recipient=cas, state=State.PLANNED).exists()
    first, second = (web.ask("POST", one_click(received), ONE_CLICK) for _time in range(2))
    assert first.status == second.status == 200
    assert "sessionid" not in first.headers.get("set-cookie", "")
    assert SECRETS.sub(b"", first.body) == SECRETS.sub(b"", second.body)
    assert Preferences.objects.get(user=cas).rhythm == "never"
    sweep(MORNING + DAY)
    assert len(mail.to(cas.email)) == 1


def test_a_scanner_that_follows_every_link_of_every_mail_changes_no_row(web, mail, bram, cas, anna, thread) -> None:
    """N15. GET and HEAD, and where they lead; digest, at once and discreet. Nothing is read."""
    follows(wants(cas), thread)
    follows(wants(anna, rhythm="at_once"), thread)
    follows(wants(bram, detail="discreet"), thread)
    reply(bram, thread, "Zeg @cas en @anna")
    reply(anna, thread, "Zeg @bram", at=BEFORE)
    sweep(BEFORE + timedelta(minutes=11))
    sweep()
    assert len({received.recipients[0] for received in mail.inbox}) == 3
    found = set().union(*map(links_of, mail.inbox))
    assert len(found) >= 8 and all(address.startswith(web.url) for address in found)
    before = dump()
    asked = set()
    waiting = sorted(found)
    while waiting:
        address = waiting.pop()
        asked.add(address)
        for method in ("HEAD", "GET"):
            answer = web.ask(method, address)
            assert answer.status in (200, 302), (method, address, answer.status)
        on = answer.headers.get("location")
        if on and on not in asked:
            waiting.append(on)
    after = dump()
    assert {table for table in before if before[table] != after.get(table)} == set()


def test_a_key_of_nobody_answers_byte_for_byte_like_a_right_one(web, mail, bram, cas, thread) -> None:
    """N15. Looking and stopping, of everything, a discussion and a space; status, headers and page."""
    follows(wants(cas), thread)
    reply(bram, thread)
    sweep()
    (received,) = mail.to(cas.email)
    address = one_click(received)
    key = urlsplit(address).path.rstrip("/").rpartition("/")[2]
    nobody = "".join(reversed(key)) if key != key[::-1] else "0" * len(key)
    for method, body in (("GET", None), ("HEAD", None), ("POST", ONE_CLICK)):
        for rest in (f"thread/{thread.pk}/", "thread/999999/", f"space/{thread.space_id}/", ""):
            right, wrong = (web.ask(method, f"{address.replace(key, one)}{rest}", body) for one in (key, nobody))
            assert right.status == wrong.status == 200
            assert SECRETS.sub(b"", right.body).replace(key.encode(), b"") == SECRETS.sub(b"", wrong.body).replace(
                nobody.encode(), b""
            )
            same = {"set-cookie", "date", "expires", "content-security-policy"}  # moments, and tokens of the answer
            assert {k: v for k, v in right.headers.items() if k not in same} == {
                k: v for k, v in wrong.headers.items() if k not in same
            }
    assert Watch.objects.get(user=cas, thread=thread).level == "muted"
