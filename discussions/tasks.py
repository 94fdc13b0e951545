"""What happens by the clock in discussions (see swexpertise/schedule.py)."""

from celery import shared_task
from django.utils import timezone

from discussions.actions import drafts, import_jobs, polls, purging, undoing
from discussions.models import Import


@shared_task(name="discussions.purge")
def purge() -> None:
    """Safe to run twice: what is gone is gone."""
    purging.purge(now=timezone.now())


@shared_task(name="discussions.sweep_drafts")
def sweep_drafts() -> None:
    """Safe to run twice: what is gone is gone."""
    drafts.sweep(now=timezone.now())


@shared_task(name="discussions.let_go_of_tidyings")
def let_go_of_tidyings() -> None:
    """Safe to run twice: what is gone is gone."""
    undoing.let_go(now=timezone.now())


@shared_task(name="discussions.close_polls")
def close_polls() -> None:
    """Safe to run twice: a closed poll isn't closed again."""
    polls.close_due(now=timezone.now())


@shared_task(name="discussions.work_on_import")
def work_on_import(pk: int) -> None:
    import_jobs.work(pk=pk, now=timezone.now())


@shared_task(name="discussions.sweep_imports")
def sweep_imports() -> None:
    """Wakes the work that a lost wake-up or a killed worker left behind."""
    for pk in Import.objects.due(timezone.now()).values_list("pk", flat=True):
        work_on_import.delay(pk)


@shared_task(name="discussions.forget_imports")
def forget_imports() -> None:
    import_jobs.forget(now=timezone.now())
