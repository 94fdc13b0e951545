"""Names come, are spelled anew and are retired. Each stands alone: nothing of one leads to another (P7)."""

import secrets
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.audiences import Audience
from accounts.models import Circle, User
from accounts.models.preferences import MailDetail
from experts.actions import facts
from experts.models import Name, Profile, TakenSpelling, Veil
from experts.permissions import may_edit, may_retire
from experts.signals import name_changed, name_created, name_retired
from experts.spelling import is_reserved, normal_name, skeleton

MOST_NAMES = 8
MOST_VEILS = 3  # questions as “a member” in a day
GROUPS = frozenset({"coordinatoren", "coordinators"})  # `@coordinatoren` calls all of them


@transaction.atomic
def create(
    *,
    by: User,
    holder: User,
    display_name: str,
    handle: str | None = None,
    is_first: bool = False,
    audience: str = Audience.MEMBERS,
    mail_detail: str = MailDetail.FULL,
    is_sample: bool = False,
    at: datetime | None = None,
) -> Name:
    """A name with an empty profile. Raises PermissionDenied, or ValidationError when it can't be written so."""
    if by.pk != holder.pk:
        raise PermissionDenied(_("Only you choose your names."))
    if holder.names.filter(retired_at=None).count() >= MOST_NAMES:
        raise ValidationError(_("You can have %(most)s names at a time.") % {"most": MOST_NAMES})
    spelling = free_name(display_name)
    at = at or timezone.now()
    name = Name.objects.create(
        holder=holder,
        display_name=spelling,
        skeleton=skeleton(spelling),
        handle=handle or free_handle(spelling),
        is_first=is_first,
        audience=audience,
        mail_detail=MailDetail(mail_detail),
        is_sample=is_sample,
        created_at=at,
    )
    facts.keep(Profile.objects.create(name=name, updated_at=at))
    if is_first:
        _call(holder, spelling)
    name_created.send(sender=Name, name=name)
    return name


@transaction.atomic
def change(*, by: User, name: Name, display_name: str, audience: str, mail_detail: str = "") -> Name:
    """Spells a name anew or shows it to others. The handle stays: links and mentions keep working."""
    if not may_edit(by, name):
        raise PermissionDenied(_("Only its holder changes a name."))
    name.display_name = free_name(display_name, but=name)
    name.skeleton = skeleton(name.display_name)
    name.audience = Audience(audience)
    if mail_detail:
        name.mail_detail = MailDetail(mail_detail)
    name.save(update_fields=["display_name", "skeleton", "audience", "mail_detail"])
    facts.keep(Profile.objects.select_for_update().get(name=name))
    if name.is_first:
        _call(by, name.display_name)
    name_changed.send(sender=Name, name=name)
    return name


@transaction.atomic
def retire(*, by: User, name: Name, at: datetime | None = None) -> None:
    """Nobody speaks under it any more and its profile is gone; what it said stays. Its spelling stays taken."""
    if not may_retire(by, name):
        raise PermissionDenied(_("Only its holder retires a name, and the first one stays."))
    name.retired_at = at or timezone.now()
    name.save(update_fields=["retired_at"])
    facts.keep(Profile.objects.select_for_update().get(name=name))
    name_retired.send(sender=Name, name=name)


@transaction.atomic
def veil(*, by: User, at: datetime | None = None) -> Name:
    """An anonymous name, for one discussion. It has no profile and nothing of its own, and isn't announced.

    Raises ValidationError, which only `by` reads, after `MOST_VEILS` in a day.
    """
    at = at or timezone.now()
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once are counted one by one
    if Veil.objects.visible_to(by).since(at - timedelta(days=1)).count() >= MOST_VEILS:
        raise ValidationError(
            _("You asked %(most)s questions as a member in one day. Wait until tomorrow, or ask under your name.")
            % {"most": MOST_VEILS},
            code="too_many_veils",
        )
    name = Name(display_name="Een lid", is_anonymous=True, colour=1, created_at=at)
    name.handle = f"lid-{name.key}"
    name.save(force_insert=True)
    Veil.objects.create(name=name, user=by)
    return name


def free_name(text: str, *, but: Name | None = None) -> str:
    """The spelling that is kept. Raises ValidationError when it can't be written so, or looks like another name."""
    name = normal_name(text)
    if is_reserved(name):
        raise ValidationError(_("That is what the site calls everybody. Choose a name of your own."))
    others = Name.objects.exclude(pk=but.pk) if but else Name.objects.all()
    is_taken = others.filter(skeleton=skeleton(name)).exists() or others.filter(display_name__iexact=name).exists()
    if is_taken or TakenSpelling.objects.is_taken(skeleton(name)):
        raise ValidationError(_("That name is taken, or looks too much like another one. Choose a different name."))
    return name


def free_handle(display_name: str) -> str:
    """Derived from the shown name alone; random digits behind it when it is taken."""
    stem = slugify(display_name)[:34].strip("-_") or "lid"
    handle = stem if len(stem) > 1 else f"{stem}{secrets.randbelow(900) + 100}"
    while Name.objects.by_handle(handle).exists() or is_of_a_group(handle):
        handle = f"{stem}{secrets.randbelow(9000) + 1000}"
    return handle


def is_of_a_group(handle: str) -> bool:
    """Nobody's name answers where a whole group is called."""
    return handle in GROUPS or Circle.objects.filter(slug=handle).exists()


def _call(holder: User, display_name: str) -> None:
    holder.called = display_name
    holder.save(update_fields=["called"])
