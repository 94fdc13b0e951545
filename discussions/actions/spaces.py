"""open_space: a coordinator makes room for a subject, for all members or for one circle (D1).
take_anonymous_questions: whether one may ask there as “a member” (D12)."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audiences import Audience
from accounts.models import Circle, User
from accounts.models.preferences import MailDetail
from discussions import permissions
from discussions.models import Space
from swexpertise.writing import write


def open_space(
    *,
    by: User,
    slug: str,
    name: str,
    purpose: str = "",
    house_rules: str = "",
    language: str = "nl",
    circle: Circle | None = None,
    audience: str | None = None,
    mail_detail: str = MailDetail.FULL,
    position: int = 100,
    at: datetime | None = None,
) -> Space:
    """With a circle the space is that circle's; without one it is open to all members. "public" is asked for by name.

    A refused value raises ValidationError, as a form shows it.
    """
    if not permissions.may_coordinate(by):
        raise PermissionDenied(_("Only coordinators open a space."))
    rules = write(house_rules, by=by)
    space = Space(
        slug=slug,
        name=name,
        purpose=purpose,
        house_rules_source=rules.source,
        house_rules_html=rules.html,
        language=language,
        circle=circle,
        audience=audience or (Audience.CIRCLE if circle else Audience.MEMBERS),
        mail_detail=mail_detail,
        position=position,
        opened_at=at or timezone.now(),
    )
    space.full_clean()
    space.save()
    return space


def take_anonymous_questions(*, by: User, space: Space, take: bool) -> None:
    """From now on; questions that were asked stay, and whoever asked them goes on as “a member” there."""
    if not permissions.may_coordinate(by) or not Space.objects.visible_to(by).filter(pk=space.pk).exists():
        raise PermissionDenied(_("Only coordinators can do this."))
    space.takes_anonymous_questions = take
    space.save(update_fields=["takes_anonymous_questions"])
