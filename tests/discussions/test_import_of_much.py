"""The archive of a mailing list that is large: what it takes doesn't grow with it."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from discussions.importing import mail
from discussions.importing.made_up import archive
from discussions.importing.threading import Threads
from discussions.models import Post, Space
from swexpertise.start.places import ROOT
from tests.discussions.test_import import NOW

# Runs manage.py and says at its end the most memory that it held, in KiB, as Linux counted it.
SAYING_PEAK = """
import atexit, re, runpy, sys
atexit.register(lambda: print("peak:", re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]))
sys.argv[0] = "manage.py"
runpy.run_path("manage.py", run_name="__main__")
"""


@pytest.fixture
def peak_of(child_env: dict[str, str]) -> Callable[..., int]:
    """Brings a file along in a process of its own, and gives its peak memory in MiB."""

    def run(*arguments: object) -> int:
        command = [sys.executable, "-c", SAYING_PEAK, "import_mbox", *map(str, arguments), "--space", "zorg"]
        done = subprocess.run(command, env=child_env, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return int(done.stdout.rpartition("peak:")[2]) // 1024

    return run


def written(path: Path, count: int, **more: Any) -> Path:
    with path.open("wb") as file:
        file.writelines(archive(count, **more))
    return path


@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_archive(space: Space, tmp_path: Path, peak_of: Callable[..., int]) -> None:
    """D15. Real runs of the command on 1,500 and 6,000 mails: the second file is 14 MB larger."""
    few = peak_of(written(tmp_path / "few", 1500))
    many = peak_of(written(tmp_path / "many", 6000, seed=2))
    assert Post.objects.count() == 7500
    assert many - few < 10, (few, many)


def test_the_index_of_an_archive_stands_on_disk() -> None:
    """D15. Of four times as many mails Python holds no more; the file in which they stand has no name."""
    few, _files = index_of(5000)
    many, files = index_of(20_000)
    assert many - few < 50_000
    assert files and all(name.endswith(" (deleted)") for name in files)


def index_of(count: int) -> tuple[int, list[str]]:
    """Bytes that Python holds for the index of `count` mails, and the files of SQLite that are open."""
    threads = Threads()
    tracemalloc.start()
    for number in range(count):
        head = mail.Head(f"m{number}", [f"m{number - 1}"], "Draad", True, f"p{number}@x.invalid", NOW, f"{number}")
        assert threads.add(head, key=head.key, keyed="ab" * 32, place=number, line=number, moment=NOW)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    files = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    threads.close()
    return held, [name for name in files if "etilqs" in name]
