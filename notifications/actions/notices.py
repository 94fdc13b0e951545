"""tell_of_decision, tell_of_tidying, tell_of_appeal: who is concerned gets a notice, and a mail of constant words
that says nothing of it. read: it was opened (D13)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from accounts.models import Preferences, User
from accounts.models.preferences import Rhythm
from discussions.models import Appeal, Decision, Report
from discussions.models.decision import TOLD
from experts.veils import account_behind, accounts_behind
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


def tell_of_tidying(decisions: Sequence[Decision]) -> None:
    """Whoever opened the discussion that goes on and whoever wrote what went, each once: of what is about their
    discussion, else of what is about the first of their posts, under whichever name."""
    behind = accounts_behind(decision.words_of_key for decision in decisions)
    told: dict[int, tuple[User, Decision]] = {}
    for decision in decisions:
        account = behind.get(decision.words_of_key)
        if account is not None and account.pk != decision.by_id:
            told.setdefault(account.pk, (account, decision))
    notices = [_notice(user.pk, decision, NoticeKind.AUTHOR, decision.decided_at) for user, decision in told.values()]
    _give(notices, [user for user, _decision in told.values()])


def tell_of_appeal(appeal: Appeal) -> None:
    decision = appeal.decision
    author = account_behind(decision.words_of)
    if author is not None:
        _tell([(author, NoticeKind.APPEAL)], decision, appeal.settled_at or timezone.now())


def read(*, by: User, decisions: Iterable[int], at: datetime | None = None) -> None:
    """Safe to repeat."""
    Notice.objects.visible_to(by).unread().about(decisions).update(read_at=at or timezone.now())


def _tell(told: Iterable[tuple[int, NoticeKind]], decision: Decision, at: datetime) -> None:
    notices = [_notice(user, decision, kind, at) for user, kind in told]
    users = User.objects.filter(pk__in=[notice.recipient_id for notice in notices]).select_related("preferences")
    _give(notices, users)


def _notice(user: int, decision: Decision, kind: NoticeKind, at: datetime) -> Notice:
    return Notice(recipient_id=user, decision=decision, kind=kind, at=at)


def _give(notices: Sequence[Notice], users: Iterable[User]) -> None:
    """All of one moment, to `users`. As many queries for one as for many."""
    if not notices:
        return
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    mailed = [user for user in users if user.is_active and _is_mailed(user)]
    if mailed:
        MailKey.objects.bulk_create([MailKey(user=user) for user in mailed], ignore_conflicts=True)
        notes.leave_all(recipients=mailed, kind=NoteKind.DECIDED, at=notices[0].at)


def _is_mailed(user: User) -> bool:
    """The others read it on the site only: a mail between steady ones would say that something happened (N4)."""
    preferences = getattr(user, "preferences", None) or Preferences(user=user)
    return not (preferences.rhythm == Rhythm.NEVER or preferences.keeps_steady)
