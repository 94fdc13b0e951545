"""choose: rhythm, hour and what may stand in mail. stop: no digest any more, from a link in a mail."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Preferences, User
from accounts.models.preferences import Rhythm
from discussions.models import Space, Thread
from letters.models import Letter
from notifications.levels import Level
from notifications.models import MailKey, Watch

CHOSEN = [
    "rhythm", "hour", "weekday", "mail_detail", "quiet_from", "quiet_to", "is_steady",
    "rhythm_changed_at", "detail_changed_at",
]  # fmt: skip


def choose(
    *,
    by: User,
    rhythm: str,
    hour: int,
    weekday: int,
    mail_detail: str,
    quiet_from: int | None = None,
    quiet_to: int | None = None,
    is_steady: bool = False,
    at: datetime | None = None,
) -> Preferences:
    """Windows join whatever changes here, since each begins where the last one ended (N6). A looser choice of what may
    stand in mail counts for what happens from now on (N3)."""
    at = at or timezone.now()
    mine, _made = Preferences.objects.get_or_create(user=by)
    if mine.rhythm != rhythm:
        mine.rhythm_changed_at = at
    if mine.detail != mail_detail:
        mine.detail_changed_at = at
    mine.rhythm, mine.hour, mine.weekday, mine.mail_detail = rhythm, hour, weekday, mail_detail
    mine.quiet_from, mine.quiet_to, mine.is_steady = quiet_from, quiet_to, is_steady
    mine.full_clean()
    mine.save(update_fields=CHOSEN)
    return mine


def stop_mail(*, key: str, at: datetime | None = None) -> None:
    """Whoever's key it is gets no overview and nothing at once any more; a key of nobody changes nothing (N15).

    Safe to repeat, and holds for mail that is planned already: the rhythm is asked again when it is sent.
    """
    mine = Preferences.objects.filter(user__mail_key__key=key).exclude(rhythm=Rhythm.NEVER)
    mine.update(rhythm=Rhythm.NEVER, rhythm_changed_at=at or timezone.now())


def mute(*, key: str, thing: type[Thread] | type[Space] | type[Letter], pk: int) -> None:
    """Whoever's key it is hears no more of that thread, space or letter, if they can see it. A key only lowers."""
    owner = MailKey.objects.filter(key=key).select_related("user").first()
    if owner is not None and thing.objects.visible_to(owner.user).filter(pk=pk).exists():
        row: dict[str, Any] = {f"{thing._meta.model_name}_id": pk}
        Watch.objects.update_or_create(
            user=owner.user, defaults={"level": Level.MUTED, "chosen_at": timezone.now()}, **row
        )
