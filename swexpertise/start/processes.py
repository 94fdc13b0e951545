"""Child processes that never outlive us, and that an unprivileged user may run from any folder."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 28, 47, 2
NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522

LINUX = sys.platform.startswith("linux")
LIBC = ctypes.CDLL(None, use_errno=True) if LINUX else None


def start(
    command: Sequence[str | os.PathLike[str]],
    *,
    env: Mapping[str, str] | None = None,
    output: IO[Any] | int | None = None,
    user: pwd.struct_passwd | None = None,
    reach: bool = False,
    dies_with_us: signal.Signals | None = signal.SIGTERM,
    cwd: Path | None = None,
    text: str = "",
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches only us and we stop it in order.

    `dies_with_us` is what the kernel sends it when we are killed; None lets it live on. `text` is what it reads.
    `user` drops root's rights; `reach` then keeps the one right to walk through closed folders (see `may_reach`).
    """
    child = subprocess.Popen(
        [os.fspath(part) for part in command],
        env=None if env is None else dict(env),
        stdin=subprocess.PIPE if text else subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        cwd=cwd,
        pass_fds=pass_fds,
        start_new_session=True,
        preexec_fn=_before_exec(user=user, reach=reach, dies_with_us=dies_with_us, parent=os.getpid()),
    )
    if child.stdin is not None:
        child.stdin.write(text.encode())
        child.stdin.close()
    return child


def stop(child: subprocess.Popen[bytes], *, by: signal.Signals = signal.SIGTERM, within: float = 8.0) -> None:
    """Ask a child to end; kill its whole session when it has not within `within` seconds."""
    if child.poll() is not None:
        return
    child.send_signal(by)
    try:
        child.wait(within)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def end(pid: int, by: signal.Signals, *, within: float = 10.0) -> None:
    """Ask a process that is no child of ours to end, and see it off."""
    os.kill(pid, by)
    wait_until(lambda: not is_alive(pid), within=within)


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie that nobody has waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not LINUX


def runs(pid: int, name: str) -> bool:
    """Whether that process is a `name`, and not a stranger that was given the number of a dead one."""
    try:
        command = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True).stdout
    except OSError:
        command = ""
    if not command and LINUX:
        try:
            command = Path(f"/proc/{pid}/comm").read_text()
        except OSError:
            return False
    return name[:15] in command


def birth(pid: int) -> str:
    """When that process began; with its number this names it for good, as numbers are given out again."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        pass
    try:
        return subprocess.run(["ps", "-p", str(pid), "-o", "lstart="], capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def wait_until(condition: Callable[[], bool], *, within: float) -> bool:
    """Ask every 20 ms until it is so or `within` seconds are over."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def unprivileged_user(owned: Path) -> pwd.struct_passwd | None:
    """Who runs the database when we are root, which PostgreSQL refuses: its owner, else an existing account."""
    if os.geteuid() != 0:
        return None
    if owned.exists() and owned.stat().st_uid != 0:
        return pwd.getpwuid(owned.stat().st_uid)
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def may_reach(path: Path) -> bool:
    """Whether any user may walk to `path`. A checkout under /root or in a private temporary folder is closed."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def _before_exec(
    *, user: pwd.struct_passwd | None, reach: bool, dies_with_us: signal.Signals | None, parent: int
) -> Callable[[], None]:
    def prepare() -> None:
        if user is not None:
            _become(user, reach=reach)
        if LIBC is not None and dies_with_us is not None:  # after setuid, which forgets it
            LIBC.prctl(PR_SET_PDEATHSIG, int(dies_with_us), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def _become(user: pwd.struct_passwd, *, reach: bool) -> None:
    """Become `user` for good. With `reach`, keep one ambient capability: to read and enter folders closed to others.

    The data stays in `var/` that way, wherever root has put the checkout, and no folder's mode is changed.
    """
    if LIBC is not None and reach:
        LIBC.prctl(PR_SET_SECUREBITS, NO_SETUID_FIXUP, 0, 0, 0)  # else access(2), which initdb asks, forgets the right
        LIBC.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    if LIBC is not None and reach:
        for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):  # a container often has the second only
            if _keep_only(LIBC, capability):
                break
    os.umask(0o077)


def _keep_only(libc: ctypes.CDLL, capability: int) -> bool:
    mask = 1 << capability
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)  # effective, permitted, inheritable; low and high words
    if libc.capset(header, data) != 0:
        return False
    return bool(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0)
