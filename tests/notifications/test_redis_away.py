"""Redis is away for as long as ten minutes are on the clock of workers and beat: whoever writes doesn't notice, and
everybody is told once when it is back (N8, R2).

The clock of the children goes sixty times as fast (`tests/harness/hasty.py`), so that what waits for a tick of the
timetable misses as many of them as in ten minutes. What else could give up between ten seconds and ten minutes is a
setting, and stands in `test_nothing_gives_up_in_ten_minutes`.
"""

import ast
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

import pytest
from django.conf import settings as ours
from django.utils import timezone
from kombu import Connection

from discussions.models import Post
from notifications.models import Event, Issue
from notifications.models.issue import State
from swexpertise.celery import app
from swexpertise.start import processes, valkey
from swexpertise.start.places import ROOT
from tests.cast import client_of, make_member
from tests.house.source import files, tree_of, where
from tests.notifications.conftest import follows, reply, wants
from tests.notifications.test_stopping_over_http import Web

pytestmark = pytest.mark.django_db(transaction=True)
FASTER = 60
FORM = "application/x-www-form-urlencoded"
TEN_MINUTES = 600 / FASTER  # of the children's clock, in our seconds
AT_MOST = 2.0  # seconds that a page may take longer without Redis; a busy machine takes some of them
HASTY = {"DJANGO_SETTINGS_MODULE": "tests.harness.hasty", "FASTER": str(FASTER)}


@contextmanager
def child(command: list[str], env, log) -> Iterator[None]:
    with log.open("wb") as output:
        process = processes.start([sys.executable, "-m", *command], env=env, output=output, cwd=ROOT)
    try:
        yield
    finally:
        processes.stop(process)


@contextmanager
def web_on(env, folder) -> Iterator[Web]:
    """gunicorn, with the Redis of `env`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        site = Web(free.getsockname()[1])
    command = ["gunicorn", "swexpertise.wsgi", "--no-control-socket", "--bind", f"127.0.0.1:{site.port}"]
    with child(command, env | {"SITE_URL": site.url}, folder / "web.log"):
        assert processes.wait_until(site.lives, within=60), (folder / "web.log").read_text()[-4000:]
        yield site


class Browser:
    """One member at the site, by their session."""

    def __init__(self, site: Web, user) -> None:
        self._site = site
        session = client_of(user).cookies[ours.SESSION_COOKIE_NAME].value
        self._cookie = f"{ours.SESSION_COOKIE_NAME}={session}"

    def write(self, thread, text: str) -> float:
        """A reply by the form, as somebody writes it. The seconds that it took, the page with the form included."""
        address, begin = f"/discussions/threads/{thread.pk}/reply/", time.perf_counter()
        page, html = self._ask("GET", address)
        assert page.status == 200, html[-2000:]
        fields = dict(re.findall(r'name="(csrfmiddlewaretoken|form_key)" value="([\w-]+)"', html))
        self._cookie += "; " + str(page.getheader("Set-Cookie")).partition(";")[0]
        answer, html = self._ask("POST", address, urlencode(fields | {"text": text}))
        assert answer.status == 302, html[-2000:]
        return time.perf_counter() - begin

    def _ask(self, method: str, address: str, body: str | None = None) -> tuple[HTTPResponse, str]:
        line = HTTPConnection("localhost", self._site.port, timeout=60)
        headers = {"Cookie": self._cookie, "Referer": self._site.url}
        try:
            line.request(method, address, body, headers | ({"Content-Type": FORM} if body else {}))
            answer = line.getresponse()
            return answer, answer.read().decode()
        finally:
            line.close()


@pytest.fixture
def own_redis(tmp_path, workers) -> Iterator[valkey.Server]:
    """A server of this test's own, known to whatever it starts."""
    server = valkey.start(tmp_path / "redis" / "data", loose=True)
    workers.env = workers.env | {"REDIS_URL": server.url}
    yield server
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGCONT)
        server.stop()


def test_ten_minutes_without_redis_cost_whoever_writes_nothing_and_everybody_is_told_once(
    mail, bram, thread, workers, own_redis, tmp_path
) -> None:
    """N8, R2. Two workers, a clock and a web server were started before it went; none of them is started again."""
    hour = timezone.localtime().hour
    readers = [follows(wants(make_member(f"Lid {n}"), hour=hour), thread) for n in range(3)]
    reply(bram, thread, "Ervoor.", at=timezone.now() - timedelta(hours=2))
    hasty = workers.env | HASTY
    clock = ["celery", "--app", "swexpertise", "--quiet", "beat", "--pidfile", ""]
    clock += ["--schedule", str(tmp_path / "beat")]
    back = None
    try:
        with child(clock, hasty, tmp_path / "beat.log"), web_on(workers.env, tmp_path) as site:
            browser = Browser(site, bram)
            for _number in range(2):
                workers.start(**HASTY)
            assert processes.wait_until(lambda: all(mail.to(one.email) for one in readers), within=60)
            with_redis = browser.write(thread, "Met Redis.")
            own_redis.process.kill()
            own_redis.process.wait()
            went = time.monotonic()
            time.sleep(2)  # a sweep that was under way doesn't plan for who comes next before there is anything
            late = [follows(wants(make_member(f"Laat {n}"), hour=hour), thread) for n in range(3)]
            times = [browser.write(thread, f"Zonder Redis, {n}.") for n in range(3)]
            reply(bram, thread, "Een uur geleden.", at=timezone.now() - timedelta(hours=1))
            assert Post.objects.filter(thread=thread, plain__startswith="Zonder Redis").count() == 3
            waiting = Event.objects.waiting().count()
            while time.monotonic() - went < TEN_MINUTES:
                time.sleep(0.2)
            assert waiting >= 4 and Event.objects.waiting().count() == waiting
            assert not any(mail.to(one.email) for one in late)
            assert min(times) - with_redis < AT_MOST and max(times) < 10, (with_redis, times)
            back = valkey.start(tmp_path / "redis" / "data", loose=True)
            assert processes.wait_until(lambda: all(mail.to(one.email) for one in late), within=120)
            assert processes.wait_until(lambda: not Event.objects.waiting().exists(), within=30)
            assert processes.wait_until(lambda: not Issue.objects.filter(state=State.LEASED).exists(), within=30)
            browser.write(thread, "Weer met Redis.")
    finally:
        if back is not None:
            back.stop()
    assert [len(mail.to(one.email)) for one in (*readers, *late)] == [1] * 6


def test_a_redis_that_hangs_holds_up_nobody_who_writes(mail, bram, thread, workers, own_redis, tmp_path) -> None:
    """N8, R2. Stopped with its connections open: it takes what is sent and answers nothing."""
    with web_on(workers.env, tmp_path) as site:
        browser = Browser(site, bram)
        browser.write(thread, "Met Redis.")
        own_redis.process.send_signal(signal.SIGSTOP)
        times = [browser.write(thread, f"Hangt, {n}.") for n in range(2)]
        assert Post.objects.filter(thread=thread, plain__startswith="Hangt").count() == 2
        assert max(times) < 8, times
        own_redis.process.send_signal(signal.SIGCONT)
        browser.write(thread, "Weer met Redis.")


def test_nothing_gives_up_in_ten_minutes() -> None:
    """N8. No number of tries and no term after which a worker, a clock or a task is gone."""
    conf = app.conf
    assert conf.broker_connection_retry and conf.broker_connection_retry_on_startup
    assert conf.broker_connection_max_retries is None
    assert conf.task_publish_retry is False  # nobody waits for a wake-up to get through; the sweep finds the row
    assert conf.broker_transport_options["socket_connect_timeout"] <= 1
    assert conf.broker_transport_options["socket_timeout"] <= 5
    for task in app.tasks.values():
        assert getattr(task, "expires", None) is None, task.name
    for job in conf.beat_schedule.values():
        assert "expires" not in job.get("options", {}), job
    found = [
        where(path, node)
        for path in files("**/*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in ("apply_async", "apply", "retry", "signature")
    ]
    assert not found, f"a wake-up is sent by `delay` alone, which no expiry, countdown or retry goes with: {found}"


def test_a_worker_tries_to_connect_for_as_long_as_it_takes() -> None:
    """N8. By the very call of worker and beat, with what our settings say: more often than a day has tries."""
    tried = 0

    class Enough(Exception):
        pass

    def count(_error: Exception, _interval: float) -> None:
        nonlocal tried
        tried += 1
        if tried > 3000:
            raise Enough

    with Connection("redis+socket:///nonexistent/valkey.sock") as nobody, pytest.raises(Enough):
        nobody.ensure_connection(count, app.conf.broker_connection_max_retries, 0, 0, 0)
