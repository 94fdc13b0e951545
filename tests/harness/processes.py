"""A real Celery worker beside the test, on the test's own database and Redis."""

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
import redis
from django.db import connection

from swexpertise.start import processes
from swexpertise.start.places import ROOT


@dataclass
class Worker:
    process: Popen[bytes]
    log: Path

    def kill(self) -> None:
        """As a power cut would: the worker and all its children, at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        processes.stop(self.process)

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")


@dataclass
class Workers:
    """Starts workers; `env` is what the next one is told."""

    env: dict[str, str]
    folder: Path
    started: list[Worker]

    def start(self, *, concurrency: int = 1, **env: str) -> Worker:
        """Returns once the worker takes tasks."""
        log = self.folder / f"worker-{len(self.started)}.log"
        command = [sys.executable, "-m", "celery", "--app", "swexpertise", "--quiet", "worker"]
        with log.open("wb") as output:
            process = processes.start(
                [*command, "--concurrency", str(concurrency), "--loglevel", "info", "--without-mingle"],
                env=self.env | env,
                output=output,
                cwd=ROOT,
            )
        worker = Worker(process, log)
        self.started.append(worker)
        if not processes.wait_until(lambda: " ready." in worker.said or process.poll() is not None, within=60):
            raise RuntimeError(f"The worker is not ready after a minute:\n{worker.said}")
        if process.poll() is not None:
            raise RuntimeError(f"The worker ended at once:\n{worker.said}")
        return worker


@pytest.fixture
def child_env(settings: Any, transactional_db: None) -> dict[str, str]:
    """What a process needs to work on this test's database, Redis and mail server."""
    params = connection.get_connection_params()
    host, name = params.get("host") or "localhost", params["dbname"]
    secret = f":{params['password']}" if params.get("password") else ""
    url = f"postgresql://{params.get('user', '')}{secret}@/{name}?host={host}"
    if params.get("port"):
        url += f"&port={params['port']}"
    return dict(os.environ) | {
        "DATABASE_URL": url,
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "EMAIL_HOST": str(settings.EMAIL_HOST),
        "EMAIL_PORT": str(settings.EMAIL_PORT),
    }


@pytest.fixture
def workers(child_env: dict[str, str], tmp_path: Path, clean_redis: redis.Redis) -> Iterator[Workers]:
    """For tests that start, kill and start again."""
    made = Workers(env=child_env, folder=tmp_path, started=[])
    yield made
    for worker in made.started:
        worker.kill()  # a worker that is asked to end takes seconds for it, and nobody is there to see


@pytest.fixture
def worker(workers: Workers) -> Worker:
    """One worker that takes tasks. Ask for `smtp_server` before it, and it mails there."""
    return workers.start()


@pytest.fixture
def clean_redis(settings: Any) -> Iterator[redis.Redis]:
    """This run's own Redis database, empty before and after."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
        yield client
        client.flushdb()
