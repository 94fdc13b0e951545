"""The first step on a bare machine: make the environment from the lock file, then go on inside it.

Standard library only, and written so that an old Python reads it far enough to say that it is too old.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys

NEEDED = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "made-from")
COMMANDS = ("run", "test", "lint", "format", "bench", "services", "install", "manage")


def main(arguments):
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit("Say one of: " + ", ".join(COMMANDS))
    newest_python()
    os.chdir(ROOT)
    if not is_made():
        make()
    if arguments[0] == "install":
        return
    python = os.path.join(VENV, "bin", "python")
    os.environ["VIRTUAL_ENV"] = VENV
    os.environ["PATH"] = os.path.join(VENV, "bin") + os.pathsep + os.environ.get("PATH", os.defpath)
    os.execv(python, [python, "-m", "swexpertise.start." + arguments[0]] + arguments[1:])


def newest_python():
    """Go on in the Python that is new enough: this one, or one that stands on PATH under its own name."""
    if sys.version_info >= NEEDED:
        return
    for minor in range(NEEDED[1] + 4, NEEDED[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        works = found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0
        if works:
            os.execv(found, [found, os.path.abspath(__file__)] + sys.argv[1:])
    sys.exit(
        "Python %d.%d or newer is needed; this is %s. Install one (on Debian: apt install python3) "
        "and start again, or name it: make run PYTHON=/path/to/python3" % (NEEDED + (sys.version.split()[0],))
    )


def fingerprint():
    digest = hashlib.sha256(sys.version.encode())
    for name in ("uv.lock", "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def is_made():
    """The environment stands as the lock file says, for this Python. Then nothing is installed or asked of anyone."""
    try:
        with open(STAMP) as file:
            return file.read() == fingerprint() and os.access(os.path.join(VENV, "bin", "python"), os.X_OK)
    except OSError:
        return False


def make():
    say("Making the environment from the lock file; this happens once.")
    uv = find_uv()
    env = dict(os.environ, UV_PROJECT_ENVIRONMENT=VENV, UV_PYTHON_DOWNLOADS="never", UV_PYTHON=sys.executable)
    env.pop("VIRTUAL_ENV", None)
    if subprocess.call(uv + ["sync", "--frozen", "--quiet"], cwd=ROOT, env=env) != 0:
        sys.exit(why_not())
    with open(STAMP + ".new", "w") as file:
        file.write(fingerprint())
    os.replace(STAMP + ".new", STAMP)


def why_not():
    if shutil.disk_usage(ROOT).free < 300 * 1024 * 1024:
        return "The disk is full: the environment needs about 600 MB. Make room and start again."
    return (
        "The packages of uv.lock could not all be installed (the lines above say which, and why).\n"
        "- No network, a proxy or a mirror: the settings of pip and uv are honoured (HTTPS_PROXY, UV_DEFAULT_INDEX).\n"
        "- A package that wants a compiler: this machine has no ready-made wheel for it. Install one "
        "(on Debian: apt install build-essential python3-dev libpq-dev), or use Linux or macOS on x86-64 or arm64.\n"
        "Then start again."
    )


def find_uv():
    """The uv of this machine, else the one that pip puts in var/uv."""
    own = os.path.join(ROOT, "var", "uv")
    for command in ([shutil.which("uv") or ""], [os.path.join(own, "bin", "uv")]):
        if command[0] and works(command):
            return command
    say("Fetching uv, which installs the rest.")
    os.environ.setdefault("PIP_ROOT_USER_ACTION", "ignore")  # --target touches no package of the system
    install = ["install", "--quiet", "--disable-pip-version-check", "--upgrade", "--target", own, "uv>=0.9"]
    for pip in find_pip():
        # Debian's pip wants to hear that --target is meant.
        attempts = (install, install + ["--break-system-packages"])
        for attempt in attempts:
            if subprocess.call(pip + attempt) == 0 and works([os.path.join(own, "bin", "uv")]):
                return [os.path.join(own, "bin", "uv")]
    sys.exit(
        "Neither uv nor pip can be used here, and one of them is needed to install the packages of uv.lock. "
        "Install pip (on Debian: apt install python3-pip) and start again."
    )


def find_pip():
    """Ways to run a pip, the likeliest first; ensurepip brings its own when Python has none."""
    if works([sys.executable, "-m", "pip"]):
        yield [sys.executable, "-m", "pip"]
    for wheel in glob.glob("/usr/share/python-wheels/pip-*.whl"):
        yield [sys.executable, os.path.join(wheel, "pip")]
    apart = os.path.join(ROOT, "var", "pip")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if subprocess.call([sys.executable, "-m", "venv", apart], **quiet) == 0:
        yield [os.path.join(apart, "bin", "python"), "-m", "pip"]


def works(command):
    try:
        return subprocess.call(command + ["--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def say(sentence):
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
