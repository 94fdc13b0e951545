"""What pages do when something happens: Wagtail published, moved or translated a page; somebody got a role."""

from typing import Any

from django.utils import timezone
from wagtail.models import Page, Revision
from wagtail.signals import (
    copy_for_translation_done,
    page_published,
    page_unpublished,
    post_page_move,
    pre_page_move,
)

from accounts.models import User
from accounts.signals import role_given
from cms.actions import editors
from cms.actions.audience import keep_closed, narrow_counterparts
from cms.actions.changes import record_change
from cms.actions.discussions import keep_away, keep_to_its_readers, open_discussion
from cms.actions.drafts import rename_topic_in_drafts
from cms.actions.uses import record_uses
from cms.models import KnowledgePage
from cms.signals import page_narrowed, page_went_live, page_withdrawn
from discussions.models import Thread
from discussions.signals import thread_restored
from experts.models import Topic
from experts.signals import topics_joined


def after_publication(instance: Page, revision: Revision | None = None, **_more: Any) -> None:
    """In the transaction of `KnowledgePage.publish`."""
    if not isinstance(instance, KnowledgePage):
        return
    by = revision.user if revision else None
    narrow_counterparts(by=by, page=instance)
    record_uses(page=instance)
    record_change(page=instance, at=instance.last_published_at or timezone.now())
    if by is not None:
        open_discussion(by=by, page=instance)
    keep_to_its_readers(page=instance, at=timezone.now())
    page_went_live.send(
        sender=type(instance),
        page=instance,
        by=by,
        is_first=instance.first_published_at == instance.last_published_at,
        is_history=by is None,
    )


def after_withdrawal(instance: Page, **_more: Any) -> None:
    if isinstance(instance, KnowledgePage):
        page_withdrawn.send(sender=type(instance), page=instance)


def before_a_move(instance: Page, parent_page_before: Page, parent_page_after: Page, **_more: Any) -> None:
    page = KnowledgePage.objects.filter(pk=instance.pk).first()
    if page is not None and parent_page_before != parent_page_after:
        keep_closed(by=None, page=page, parent=parent_page_after, before=parent_page_before)


def after_a_move(instance: Page, **_more: Any) -> None:
    page = KnowledgePage.objects.filter(pk=instance.pk).first()
    if page is not None:
        keep_to_its_readers(page=page, at=timezone.now())


def after_a_return(thread: Thread, **_more: Any) -> None:
    keep_away(thread=thread, at=timezone.now())


def after_closing(page: KnowledgePage, **_more: Any) -> None:
    """Also for what was closed without being published again."""
    keep_to_its_readers(page=page, at=timezone.now())


def after_translation(source_obj: Page, target_obj: Page, **_more: Any) -> None:
    """The draft in the other language stands under other pages; it takes along what closes the original."""
    if isinstance(source_obj, KnowledgePage):
        target = KnowledgePage.objects.get(pk=target_obj.pk)
        keep_closed(by=None, page=target, parent=target.get_parent(), before=source_obj.get_parent())


def after_a_role(user: User, **_more: Any) -> None:
    if user.is_coordinator:
        editors.admit(user=user)
    else:
        editors.dismiss(user=user)


def after_joining_topics(topic: Topic, gone: Topic, **_more: Any) -> None:
    """Drafts and earlier versions of pages name their topics too; published one day, they would lose one."""
    rename_topic_in_drafts(gone=gone.pk, stays=topic.pk)


page_published.connect(after_publication)
page_unpublished.connect(after_withdrawal)
pre_page_move.connect(before_a_move)
post_page_move.connect(after_a_move)
page_narrowed.connect(after_closing)
copy_for_translation_done.connect(after_translation)
topics_joined.connect(after_joining_topics)
thread_restored.connect(after_a_return)
role_given.connect(after_a_role)
