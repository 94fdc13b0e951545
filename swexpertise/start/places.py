"""Where things lie: the checkout, its `var/`, and a short folder for sockets."""

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"

# A socket's path has room for 107 bytes on Linux and 103 on macOS; the longest name put in such a folder is 16 long.
LONGEST_SOCKET_FOLDER = 84


class Refusal(SystemExit):
    """The start ends here, with a sentence that says what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(f"\n{sentence}\n")


def socket_folder(data: Path) -> Path:
    """Where the server of `data` puts its socket: beside its data, or in /tmp when that path is too long."""
    beside = data.parent / "sockets"
    if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER:
        beside.mkdir(parents=True, exist_ok=True, mode=0o755)
        return beside
    name = hashlib.sha256(os.fsencode(data.parent)).hexdigest()[:12]
    short = Path("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir()) / f"swexpertise-{os.getuid()}-{name}"
    short.mkdir(mode=0o755, exist_ok=True)
    if short.is_symlink() or short.stat().st_uid != os.getuid():
        raise Refusal(f"{short} belongs to somebody else. Remove it, or move this checkout to a shorter path.")
    return short
