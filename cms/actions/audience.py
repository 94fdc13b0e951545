"""Narrowing who may read. Nothing here ever widens (K2, K8)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from accounts.audiences import Audience
from accounts.models import User
from cms.models import KnowledgePage
from cms.signals import page_narrowed

WIDTH = {Audience.PUBLIC: 0, Audience.MEMBERS: 1, Audience.CIRCLE: 2, Audience.COORDINATORS: 2}
Rule = tuple[str, int | None]


@transaction.atomic
def close(*, by: User | None, page: KnowledgePage, audience: str, circle_id: int | None = None) -> None:
    """The live page, its draft and what is scheduled get this audience. A draft stays a draft."""
    KnowledgePage.objects.filter(pk=page.pk).update(audience=audience, circle=circle_id)
    for scheduled in page.revisions.filter(approved_go_live_at__isnull=False):
        scheduled.content |= {"audience": audience, "circle": circle_id}
        scheduled.save(update_fields=["content"])
    draft = page.get_latest_revision_as_object()
    draft.audience, draft.circle_id = audience, circle_id
    is_draft = page.has_unpublished_changes or not page.live
    revision = draft.save_revision(user=by, log_action=True)
    if not is_draft:
        revision.publish(user=by, skip_permission_checks=True)
    page_narrowed.send(sender=KnowledgePage, page=page, by=by)


def narrow_counterparts(*, by: User | None, page: KnowledgePage) -> None:
    """A twin that more people may read than `page` is closed as `page` is."""
    for twin in KnowledgePage.objects.counterparts_of(page).select_related("latest_revision"):
        draft = twin.get_latest_revision_as_object()
        if any(WIDTH[Audience(version.audience)] < WIDTH[Audience(page.audience)] for version in (twin, draft)):
            close(by=by, page=twin, audience=page.audience, circle_id=page.circle_id)


def lost_by_standing_under(page: KnowledgePage, parent: Page, *, before: Page | None = None) -> set[Rule]:
    """The restrictions of the pages above that `page` would no longer have under `parent`, nor has by itself."""
    kept = _rules(parent) | ({(page.audience, page.circle_id)} - {(Audience.PUBLIC, None)})
    lost = _rules(before or page.get_parent()) - kept
    return {rule for rule in lost if not (rule[0] == Audience.MEMBERS and kept)}


def keep_closed(*, by: User | None, page: KnowledgePage, parent: Page, before: Page | None = None) -> None:
    """Before `page` comes to stand under `parent`: it takes along what closed it where it stood.

    Raises PermissionDenied when that cannot be said in the one audience of a page.
    """
    lost = lost_by_standing_under(page, parent, before=before)
    if not lost:
        return
    if len(lost) > 1 or page.audience in (Audience.CIRCLE, Audience.COORDINATORS):
        raise PermissionDenied(_("There more people could read this page. First say on the page itself who may."))
    ((audience, circle_id),) = lost
    close(by=by, page=page, audience=audience, circle_id=circle_id)


def _rules(page: Page) -> set[Rule]:
    """What closes whatever stands under `page`."""
    pages = KnowledgePage.objects.ancestor_of(page, inclusive=True).exclude(audience=Audience.PUBLIC)
    return set(pages.values_list("audience", "circle_id"))
