"""`make run`: servers, web, worker, beat and a mail sink, until Ctrl-C. Everything it keeps is in `var/`."""

import ctypes
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import environ

from swexpertise.start import postgres, prepare, processes, valkey
from swexpertise.start.places import ROOT, VAR, Refusal

LOGS = VAR / "log"
PIDS = VAR / "run"
LONGEST_LOG = 5 * 1024 * 1024
STEADY = 60.0  # seconds after which a child counts as healthy again

DEMO_MEMBERS = ("coordinator", "nurse", "scientist", "activist", "member")


@dataclass
class Child:
    """One process of the platform, started again with growing pauses when it dies."""

    name: str
    command: list[str]
    env: dict[str, str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    pause: float = field(default=1.0)

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name}.log"

    def start(self) -> None:
        end_left_over(self.name)
        with open_log(self.log) as output:
            self.process = processes.start(self.command, env=self.env, output=output, cwd=ROOT, pass_fds=self.pass_fds)
        self.started_at = time.monotonic()
        remember(self.name, self.process.pid)

    def look_after(self) -> None:
        """Called every moment: notices a death, says so, and starts again when the pause is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due_at:
                self.start()
        elif self.process.poll() is not None:
            if now - self.started_at > STEADY:
                self.pause = 1.0
            say(f"{self.name} ended ({self.process.returncode}); again in {self.pause:.0f} s. See {shown(self.log)}")
            self.process, self.due_at, self.pause = None, now + self.pause, min(self.pause * 2, 30.0)


def main() -> None:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    end_with_make()
    environ.Env.read_env(ROOT / ".env") if (ROOT / ".env").exists() else None
    host, port = os.environ.get("HOST") or "127.0.0.1", port_number(os.environ.get("PORT") or "8000")
    for folder in (VAR, LOGS, PIDS):
        make_folder(folder)
    lock = only_one()
    if sentence := prepare.disk_sentence(VAR):
        raise Refusal(sentence)
    check_port(host, port)
    stops: list[Callable[[], None]] = []
    children: list[Child] = []
    try:
        env = environment(host, port, stops)
        mail_fd = mail_listener(env)
        if not ended.is_set():
            prepare.prepare(env, demo=is_on(env["DEMO"]))
        children = platform(env, host, port, mail_fd)
        start(children, ("mail", "web"), ended)  # the site first: whoever waits, waits for that
        if wait_for_web(host, port, children, ended):
            greet(env, port, host)
        start(children, ("worker", "beat"), ended)
        while not ended.wait(0.25):
            for child in children:
                child.look_after()
        say("\nStopping …")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stop_all(children)
        for stop in reversed(stops):
            stop()
        lock.close()
    say("Stopped. The data is kept in var/.")


def start(children: list[Child], names: tuple[str, ...], ended: threading.Event) -> None:
    for child in children:
        if child.name in names and not ended.is_set():
            child.start()


def environment(host: str, port: int, stops: list[Callable[[], None]]) -> dict[str, str]:
    """What the children are told. Servers are started for what the environment doesn't name."""
    env = dict(os.environ)
    if env.get("DATABASE_URL"):
        prepare.connect(env["DATABASE_URL"]).close()
    else:
        database = postgres.start(VAR / "postgres")
        stops.append(database.stop)
        env["DATABASE_URL"] = database.url
    if env.get("REDIS_URL"):
        prepare.check_redis(env["REDIS_URL"])
    else:
        cache = valkey.start(VAR / "valkey")
        stops.append(cache.stop)
        env["REDIS_URL"] = cache.url
    defaults = {
        "DJANGO_SETTINGS_MODULE": "swexpertise.settings.development",
        "DEMO": "1",
        "SECRET_KEY": secret_key(),
        "SITE_URL": f"http://localhost:{port}",
        "MAILBOX_DIR": str(VAR / "mailbox"),
        "PYTHONUNBUFFERED": "1",
    }
    for name, value in defaults.items():
        if not env.get(name):
            env[name] = value
    return env


def mail_listener(env: dict[str, str]) -> int | None:
    """Without EMAIL_HOST, mail goes to a sink of our own. We hold its socket: its port outlives its process."""
    if env.get("EMAIL_HOST"):
        return None
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    env["EMAIL_HOST"], env["EMAIL_PORT"] = "127.0.0.1", str(listener.getsockname()[1])
    env["EMAIL_USE_TLS"] = "0"
    make_folder(Path(env["MAILBOX_DIR"]))
    return listener.detach()


def platform(env: dict[str, str], host: str, port: int, mail_fd: int | None) -> list[Child]:
    # Celery warns of running as root, which a first trial in a container does.
    python = [sys.executable, "-W", "ignore::RuntimeWarning", "-m"]
    web = ["gunicorn", "swexpertise.wsgi", "--no-control-socket", "--preload", "--worker-class", "gthread"]
    web += ["--bind", f"{f'[{host}]' if ':' in host else host}:{port}"]
    web += ["--workers", env.get("WEB_WORKERS") or "2", "--threads", "4", "--graceful-timeout", "4"]
    celery = ["celery", "--app", "swexpertise", "--quiet"]
    children = [
        Child("web", [*python, *web], env),
        Child("worker", [*python, *celery, "worker", "--concurrency", "2", "--loglevel", "info"], env),
        Child("beat", [*python, *celery, "beat", "--loglevel", "info", "--pidfile", ""], env),
    ]
    if mail_fd is not None:
        sink = ["swexpertise.start.mailsink", "--fd", str(mail_fd), "--folder", env["MAILBOX_DIR"]]
        children.insert(0, Child("mail", [*python, *sink], env, pass_fds=(mail_fd,)))
    return children


def wait_for_web(host: str, port: int, children: list[Child], ended: threading.Event) -> bool:
    """Whether the site answers. A web process that dies at once is not started again: it would die again."""
    web = next(child for child in children if child.name == "web")
    near = "127.0.0.1" if host in ("0.0.0.0", "127.0.0.1") else "[::1]" if host == "::" else host
    limit = time.monotonic() + 60
    while time.monotonic() < limit and not ended.is_set():
        if web.process is not None and web.process.poll() is not None:
            raise Refusal(f"The site did not start. The end of {shown(web.log)}:\n{tail(web.log)}")
        try:
            request = urllib.request.Request(f"http://{near}:{port}/health/live", headers={"Host": "localhost"})
            with urllib.request.urlopen(request, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            ended.wait(0.1)
    if not ended.is_set():
        raise Refusal(f"The site does not answer after a minute. The end of {shown(web.log)}:\n{tail(web.log)}")
    return False


def greet(env: dict[str, str], port: int, host: str) -> None:
    site = f"http://localhost:{port}"
    lines = ["", f"  Swexpertise runs at {site}/"]
    if is_on(env["DEMO"]):
        lines += ["", f"  Demo members, all with the password {demo_password()}"]
        lines += [f"    {name}@demo.invalid" for name in DEMO_MEMBERS]
        lines += ["", f"  Sign in         {site}/accounts/login/", f"  Mail it sent    {site}/mailbox/"]
        if host not in ("127.0.0.1", "localhost", "::1"):
            lines += ["", "  Anyone who reaches this address can sign in with that password. Set DEMO=0 for real use."]
    lines += [f"  Logs            {shown(LOGS)}/", "", "  Ctrl-C stops it; the data stays in var/.", ""]
    say("\n".join(lines))


def demo_password() -> str:
    """Read from the settings' text: loading them would cost the start a second."""
    for line in (ROOT / "swexpertise" / "settings" / "base.py").read_text().splitlines():
        if line.startswith("DEMO_PASSWORD"):
            return line.split('"')[1]
    return "(see DEMO_PASSWORD in the settings)"


def stop_all(children: list[Child], *, within: float = 6.5) -> None:
    """Everyone is asked at once; who is late is killed with all it started."""
    running = [child.process for child in children if child.process is not None and child.process.poll() is None]
    for process in running:
        process.send_signal(signal.SIGTERM)
    processes.wait_until(lambda: all(process.poll() is not None for process in running), within=within)
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    for child in children:
        (PIDS / f"{child.name}.pid").unlink(missing_ok=True)


def secret_key() -> str:
    """Made at the first start; sessions survive the next."""
    path = VAR / "secret_key"
    if not path.exists():
        new = path.with_name("secret_key.new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        new.rename(path)
    return path.read_text().strip()


def check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except PermissionError:
            raise Refusal(f"Port {port} needs more rights than you have. Choose another: make run PORT=8001") from None
        except OSError as error:
            raise Refusal(
                f"Port {port} is taken by another program ({error.strerror}). "
                f"Choose another: make run PORT={port + 1 if port < 65000 else 8001}"
            ) from None


def port_number(text: str) -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise Refusal(f"PORT is a number from 1 to 65535, not {text!r}. For example: make run PORT=8001")


def only_one() -> IO[str]:
    """Two runs in one checkout would share a database folder; the lock goes with the process that holds it."""
    lock = (PIDS / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise Refusal(f"This checkout already runs (process {lock.read().strip()}). Stop that one first.") from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def remember(name: str, pid: int) -> None:
    (PIDS / f"{name}.pid").write_text(f"{pid} {processes.birth(pid)}")


def end_left_over(name: str) -> None:
    """End a child of a killed run, where the kernel did not: the same number with the same time of birth."""
    try:
        pid, _, birth = (PIDS / f"{name}.pid").read_text().partition(" ")
    except OSError:
        return
    if birth and processes.is_alive(int(pid)) and processes.birth(int(pid)) == birth:
        processes.end(int(pid), signal.SIGTERM)


def end_with_make() -> None:
    """When make itself is killed, end as after Ctrl-C. Another parent, such as a shell, may go its way."""
    if processes.LIBC is not None and processes.runs(os.getppid(), "make"):
        processes.LIBC.prctl(processes.PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGTERM), 0, 0, 0)


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(
            prepare.disk_sentence(ROOT) or f"The folder {folder} cannot be made ({error.strerror}). Check its rights."
        ) from None


def open_log(path: Path) -> IO[bytes]:
    if path.exists() and path.stat().st_size > LONGEST_LOG:
        path.replace(path.with_suffix(".log.old"))
    return path.open("ab")


def tail(path: Path) -> str:
    return path.read_text(errors="replace")[-2500:]


def shown(path: Path) -> str:
    return os.path.relpath(path, ROOT)


def is_on(value: str) -> bool:
    return value.lower() in ("1", "true", "yes", "on", "y", "ok")


def say(sentence: str) -> None:
    try:
        print(sentence, flush=True)
    except OSError:
        pass  # the terminal was closed; what must be stopped still is


if __name__ == "__main__":
    main()
