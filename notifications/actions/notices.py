"""tell_of_decision, tell_of_appeal: who is concerned gets a notice, and a mail of constant words that says nothing of
it. read: it was opened (D13)."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from accounts.actions.preferences import preferences_of
from accounts.models import User
from accounts.models.preferences import Rhythm
from discussions.models import Appeal, Decision, Report
from discussions.models.decision import TOLD
from experts.veils import account_behind
from notifications.actions import notes
from notifications.models import MailKey, Notice
from notifications.models.notice import NoticeKind
from notifications.models.reachability import NoteKind


def tell_of_decision(decision: Decision) -> None:
    """Who wrote the post or opened the discussion, under whichever name, of what goes against them or puts it right;
    whoever reported it, of what came of that. Nobody is told of what they decided themselves."""
    at, told = decision.decided_at, set()
    if decision.act in TOLD:
        author = account_behind(decision.words_of)
        told |= {(author, NoticeKind.AUTHOR)} if author else set()
    reporters = Report.objects.filter(decision=decision).exclude(reporter=None).values_list("reporter", flat=True)
    told |= {(reporter, NoticeKind.REPORTER) for reporter in reporters}
    _tell([(user, kind) for user, kind in told if user != decision.by_id], decision, at)


def tell_of_appeal(appeal: Appeal) -> None:
    decision = appeal.decision
    author = account_behind(decision.words_of)
    if author is not None:
        _tell([(author, NoticeKind.APPEAL)], decision, appeal.settled_at or timezone.now())


def read(*, by: User, decisions: Iterable[int], at: datetime | None = None) -> None:
    """Safe to repeat."""
    Notice.objects.visible_to(by).unread().about(decisions).update(read_at=at or timezone.now())


def _tell(told: Iterable[tuple[int, NoticeKind]], decision: Decision, at: datetime) -> None:
    rows = [Notice(recipient_id=user, decision=decision, kind=kind, at=at) for user, kind in told]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    users = User.objects.active().filter(pk__in=[row.recipient_id for row in rows])
    for user in users:
        preferences = preferences_of(user)
        if preferences.rhythm == Rhythm.NEVER or preferences.keeps_steady:
            continue  # on the site only: a mail between the steady ones would say that something happened (N4)
        MailKey.objects.get_or_create(user=user)
        notes.leave(recipient=user, kind=NoteKind.DECIDED, at=at)
