"""The archive of a mailing list that is large: what it takes doesn't grow with it."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from discussions.actions import threads as posting
from discussions.importing import mail
from discussions.importing.made_up import archive
from discussions.importing.threading import Threads
from discussions.models import Post, Space, Thread
from swexpertise.start.places import ROOT
from tests.cast import first_name
from tests.discussions.test_import import NOW, bring, made_up

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
    """D15. Real runs of the command on 1,000 and 4,000 mails, with threads of 250 in both."""
    few = peak_of(written(tmp_path / "few", 1000))
    many = peak_of(written(tmp_path / "many", 4000, seed=2))
    assert Post.objects.count() == 5000
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


@pytest.mark.django_db(transaction=True)
def test_one_huge_mail_is_not_held_in_memory(space: Space, tmp_path: Path, peak_of: Callable[..., int]) -> None:
    """D15, D20. A picture of 60 MB in one mail, and one line of 60 MB: named with their place, what they say first is
    kept, and the mails behind them come along."""
    plain = made_up(20)
    (tmp_path / "plain").write_bytes(plain)
    with (tmp_path / "huge").open("wb") as file:
        head, _gap, text = made_up(21)[len(plain) :].partition(b"\n\n")
        for number, line in enumerate((b"QUJDREVGR0hJSktMTU5PUFFS" * 3 + b"\n", b"x" * 73)):
            file.write(head.replace(b"m20@", b"huge%d@" % number) + b"\n\n" + text)
            for _piece in range(60):
                file.write(line * (1_000_000 // 73))
            file.write(b"\n\n")
        file.write(plain)
    few, much = peak_of(tmp_path / "plain"), peak_of(tmp_path / "huge")
    assert Post.objects.count() == 22 and Post.objects.filter(plain__contains="Bericht 20.").count() == 2
    assert much - few < 90, (few, much)


def test_statements_do_not_grow_with_the_people_who_wrote(
    space: Space, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    """D15, D17. 40 threads, written by 40 people and by 400: so many for a thread, and none for a person."""

    def written_by(people: int, first: int) -> bytes:
        data = made_up(400).replace(b"<m", b"<%d." % people)
        lines = data.split(b"\n")
        numbers = iter(range(first, first + 400))
        return b"\n".join(
            b"From: p%d@y.invalid" % (next(numbers) % people) if line.startswith(b"From: ") else line for line in lines
        )

    for people in (40, 400):
        data = written_by(people, 0)
        with django_assert_max_num_queries(40 * 20):
            bring(space, data)
    assert Post.objects.count() == 800


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_of_one_archive_add_it_once(space: Space, cas: User) -> None:
    """D15. And meanwhile a member goes on writing in the space."""
    data = made_up(300)

    def alone(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    def writing() -> int:
        for number in range(5):
            posting.open_thread(by=cas, name=first_name(cas), space=space, title=f"Nu {number}", text="Een vraag.")
        return 5

    with ThreadPoolExecutor(3) as pool:
        found = [
            pool.submit(alone, work) for work in (lambda: bring(space, data), lambda: bring(space, data), writing)
        ]
        [one, other, _written] = [future.result(timeout=120) for future in found]
    assert one[1].new + other[1].new == 300 and one[1].known + other[1].known == 300
    assert Post.objects.count() == 305 and Thread.objects.count() == 35
