"""open_poll, vote, cast_secretly, close, close_due, set_outcome: each locks the poll, so none counts twice (D10)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from discussions import permissions
from discussions.actions.posts import check_text, locked, written_text
from discussions.models import Ballot, Poll, Thread, Turnout, Vote
from discussions.models.poll import Consent, Kind
from discussions.signals import poll_closed, poll_opened
from experts.models import Name

MOST_OPTIONS = 20
LONGEST_TIME = timedelta(days=366)


@transaction.atomic
def open_poll(
    *,
    by: User,
    name: Name,
    thread: Thread,
    question: str,
    closes_at: datetime,
    kind: str = Kind.POLL,
    options: Iterable[str] = (),
    is_secret: bool = False,
    most_choices: int = 1,
    at: datetime | None = None,
    is_history: bool = False,
) -> Poll:
    """A poll with `options`, or a consent round, whose four choices are given and which is always open and single."""
    at = at or timezone.now()
    thread = locked(thread, by=by)
    if not permissions.may_post(by, thread) or not permissions.may_speak_as(by, name, thread):
        raise PermissionDenied(_("You can't ask this here."))
    question = " ".join(question.split())
    if not question or len(question) > 300:
        raise ValidationError({"question": _("Ask one question, of at most 300 characters.")}, code="question")
    if not at < closes_at <= at + LONGEST_TIME:
        raise ValidationError({"closes_at": _("Choose a moment of closing in the coming year.")}, code="closes_at")
    if kind == Kind.CONSENT:
        words, is_secret, most_choices = [choice.name.lower() for choice in Consent], False, 1
    else:
        words = clean_options(options)
    if not 1 <= most_choices <= len(words):
        raise ValidationError({"most_choices": _("That is more than there is to choose from.")}, code="most_choices")
    poll = Poll.objects.create(
        thread=thread,
        author=name,
        kind=kind,
        question=question,
        options=words,
        is_secret=is_secret,
        most_choices=most_choices,
        opens_at=at,
        closes_at=closes_at,
    )
    poll_opened.send(Poll, poll=poll, by=by, is_history=is_history)
    return poll


def clean_options(options: Iterable[str]) -> list[str]:
    """Two to twenty different options, each on one line."""
    tidy = [" ".join(line.split()) for line in options]
    words = list({option.casefold(): option for option in tidy if option}.values())
    if not 2 <= len(words) <= MOST_OPTIONS:
        raise ValidationError({"options": _("Give two to twenty different options, each on a line.")}, code="options")
    if any(len(word) > 200 for word in words):
        raise ValidationError({"options": _("An option has at most 200 characters.")}, code="options")
    return words


@transaction.atomic
def vote(
    *, by: User, name: Name, poll: Poll, choices: Sequence[int], reason: str = "", at: datetime | None = None
) -> Poll:
    """In an open ballot; voting again takes the place of what was chosen before. Under another name it is refused: one
    vote that goes when another comes would tell everybody whose both names are (P7). “A member” doesn't vote: whoever
    then votes under a name would be known not to have asked, until one is left (D12)."""
    at = at or timezone.now()
    poll = _to_vote_in(poll, by, choices, at)
    if poll.is_secret or not permissions.may_speak_as(by, name):
        raise PermissionDenied(_("You can't vote under this name."))
    reason = reason.strip()
    if len(reason) > 1000:
        raise ValidationError({"reason": _("A reason has at most 1,000 characters.")}, code="reason")
    if poll.kind == Kind.CONSENT and Consent.BLOCK in choices and not reason:
        words = _("Say why you block it: the others need to know what to solve.")
        raise ValidationError({"reason": words}, code="reason")
    if Vote.objects.cast_by(by).filter(poll=poll).exclude(name=name).exists():
        words = _("You voted here under another name already. Change that vote, under that name.")
        raise ValidationError({"name": words}, code="other_name")
    Vote.objects.filter(poll=poll, name=name).delete()
    Vote.objects.bulk_create(
        [Vote(poll=poll, name=name, choice=choice, reason=reason, voted_at=at) for choice in sorted(set(choices))]
    )
    return poll


@transaction.atomic
def cast_secretly(*, by: User, poll: Poll, choices: Sequence[int], at: datetime | None = None) -> Poll:
    """Once and for good: nobody can find a ballot back to change it, the platform neither."""
    poll = _to_vote_in(poll, by, choices, at or timezone.now())
    if not poll.is_secret:
        raise PermissionDenied(_("This ballot is open."))
    if Turnout.objects.filter(poll=poll, user=by).exists():
        raise ValidationError(_("You voted already. A secret vote can't be found back, so it can't be changed."))
    Ballot.objects.cast(poll, by, sorted(set(choices)))
    return poll


@transaction.atomic
def close(*, by: User, poll: Poll, at: datetime | None = None) -> Poll:
    """Before its time, by whoever opened it or a coordinator."""
    poll = _locked(poll, by)
    if not permissions.may_close_poll(by, poll):
        raise PermissionDenied(_("You can't close this poll."))
    return _close(poll, at or timezone.now(), by)


def close_due(*, now: datetime) -> int:
    """Those whose time came; safe to run twice and by two at once."""
    count = 0
    for pk in Poll.objects.past_closing(now).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            poll = Poll.objects.past_closing(now).filter(pk=pk).select_for_update(skip_locked=True).first()
            if poll is not None:
                _close(poll, poll.closes_at, None)
                count += 1
    return count


@transaction.atomic
def set_outcome(*, by: User, name: Name, poll: Poll, text: str, at: datetime | None = None) -> Poll:
    """What follows from it, in words, once it is closed: by whoever opened it or a coordinator."""
    check_text(text)
    poll = _locked(poll, by)
    if not permissions.may_close_poll(by, poll) or not permissions.may_speak_as(by, name, poll.thread):
        raise PermissionDenied(_("You can't write the outcome of this poll."))
    at = at or timezone.now()
    if poll.is_open(at):
        raise ValidationError(_("Close the poll first."), code="open")
    written = written_text(text, 0, by=by)
    poll.outcome_source, poll.outcome_html = written.source, written.html
    poll.outcome_by, poll.outcome_at = name, at
    poll.save(update_fields=["outcome_source", "outcome_html", "outcome_by", "outcome_at"])
    return poll


def _locked(poll: Poll, by: User) -> Poll:
    rows = Poll.objects.visible_to(by).select_related("thread", "author").select_for_update(of=("self",))
    found = rows.filter(pk=poll.pk).first()
    if found is None:
        raise PermissionDenied(_("This discussion isn't open to you."))
    return found


def _to_vote_in(poll: Poll, by: User, choices: Sequence[int], at: datetime) -> Poll:
    poll = _locked(poll, by)
    if not permissions.may_vote(by, poll, now=at):
        raise PermissionDenied(_("This poll is closed."))
    if not choices:
        raise ValidationError({"choices": _("Choose something first.")}, code="choices")
    if len(set(choices)) > poll.most_choices:
        raise ValidationError({"choices": _("Choose at most %(most)d.") % {"most": poll.most_choices}}, code="choices")
    if not set(choices) <= set(range(len(poll.options))):
        raise ValidationError({"choices": _("That is not among the options.")}, code="choices")
    return poll


def _close(poll: Poll, at: datetime, by: User | None) -> Poll:
    if poll.closed_at is None:
        poll.closed_at = at
        poll.save(update_fields=["closed_at"])
        poll_closed.send(Poll, poll=poll, by=by)
    return poll
