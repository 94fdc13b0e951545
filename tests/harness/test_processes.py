from swexpertise.celery import app
from swexpertise.start.processes import wait_until


def test_a_real_worker_takes_a_task_and_dies_when_killed(workers):
    worker = workers.start()
    assert app.control.ping(timeout=5, limit=1)
    worker.kill()
    assert wait_until(lambda: worker.process.poll() is not None, within=5)
    assert not app.control.ping(timeout=0.5)
    assert workers.start() is not worker
