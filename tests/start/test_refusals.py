"""Each thing that is in the way gets a sentence that says what to do."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from swexpertise.start import prepare, run
from swexpertise.start.places import ROOT, Refusal


def test_a_taken_port_says_how_to_choose_another():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refusal, match=f"Port {port} is taken.*make run PORT="):
            run.check_port("127.0.0.1", port)


@pytest.mark.parametrize("port", ["", "acht", "0", "70000"])
def test_a_port_that_is_none_says_so(port):
    with pytest.raises(Refusal, match="PORT is a number"):
        run.port_number(port)


def test_a_full_disk_says_so(tmp_path):
    assert "The disk is full" in prepare.disk_sentence(tmp_path, needed=1 << 62)
    assert prepare.disk_sentence(tmp_path, needed=1) == ""


def test_a_database_that_does_not_answer_is_named():
    with pytest.raises(Refusal, match="Check DATABASE_URL"):
        prepare.connect("postgresql://nobody@127.0.0.1:1/none")


def test_a_redis_that_does_not_answer_is_named():
    with pytest.raises(Refusal, match="Check REDIS_URL"):
        prepare.check_redis("redis://127.0.0.1:1/0")


@pytest.mark.parametrize("name", ["python3.9", "python3.10"])
def test_an_old_python_is_told_what_it_needs(name):
    old = next((path for path in _all(name) if _works(path)), None)
    if old is None:
        pytest.skip("no such Python on this machine")  # the text below is also compiled for 3.9 in the next test
    done = subprocess.run(
        [old, "swexpertise/start/bootstrap.py", "run"],
        cwd=ROOT,
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr


def test_the_first_step_is_readable_by_an_old_python():
    import ast

    ast.parse((ROOT / "swexpertise/start/bootstrap.py").read_text(), feature_version=(3, 7))


def test_the_first_step_leans_on_nothing_that_must_be_installed():
    code = "import sys; sys.path.insert(0, 'swexpertise/start'); import bootstrap"
    done = subprocess.run([sys.executable, "-S", "-I", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _all(name):
    on_path = shutil.which(name)
    yield from [on_path] if on_path else []
    yield from sorted(Path("~/.pyenv/versions").expanduser().glob(f"*/bin/{name}"))


def _works(path):
    return subprocess.run([path, "-c", ""], capture_output=True).returncode == 0
