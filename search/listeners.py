"""What is heard from below. Each listener changes the index inside the transaction of what happened (Q4)."""

from typing import Any

from cms.models import KnowledgePage
from cms.signals import page_went_live, page_withdrawn
from discussions.models import Post, Thread
from discussions.signals import (
    post_deleted,
    post_edited,
    post_published,
    post_restored,
    posts_imported,
    posts_withdrawn,
    texts_forgotten,
    thread_merged,
    thread_moved,
    thread_opened,
    thread_renamed,
    thread_split,
)
from experts.models import Name, Organisation
from experts.signals import name_lapsed, organisation_loaded
from letters.models import Letter
from letters.signals import letter_published
from search.actions import entries
from search.models import Kind


def on_thread_opened(*, thread: Thread, post: Post, **_: Any) -> None:
    post.thread = thread
    entries.keep_post(post)


def on_post_changed(*, post: Post, **_: Any) -> None:
    entries.keep_post(post)


def on_thread_changed(*, thread: Thread, **_: Any) -> None:
    """Its replies are found by its own rule; only the language of another space could make them differ."""
    entries.keep_thread(thread)


def on_posts_rewritten(*, posts: list[Post], **_: Any) -> None:
    entries.keep_posts(posts)


def on_posts_withdrawn(*, posts: list[int], threads: list[int], **_: Any) -> None:
    entries.forget(Kind.POST, posts)
    entries.forget(Kind.THREAD, threads)


def on_thread_split(*, new: Thread, **_: Any) -> None:
    entries.stand_with_posts(new)
    entries.keep_thread(new)


def on_thread_merged(*, thread: Thread, gone: Thread, **_: Any) -> None:
    entries.forget(Kind.THREAD, [gone.pk])
    entries.stand_with_posts(thread)


def on_page_went_live(*, page: KnowledgePage, **_: Any) -> None:
    entries.keep_page(page)


def on_page_withdrawn(*, page: KnowledgePage, **_: Any) -> None:
    entries.forget_page(page)


def on_letter_published(*, letter: Letter, **_: Any) -> None:
    entries.keep_letter(letter)


def on_organisation_loaded(*, organisation: Organisation, **_: Any) -> None:
    entries.keep_organisation(organisation)


def on_name_lapsed(*, name: Name, nobody: Name, **_: Any) -> None:
    entries.hand_over(name, nobody)


def listen() -> None:
    name_lapsed.connect(on_name_lapsed, dispatch_uid="search.name_lapsed")
    thread_opened.connect(on_thread_opened, dispatch_uid="search.thread_opened")
    thread_split.connect(on_thread_split, dispatch_uid="search.thread_split")
    thread_merged.connect(on_thread_merged, dispatch_uid="search.thread_merged")
    thread_moved.connect(on_thread_changed, dispatch_uid="search.thread_moved")
    for number, signal in enumerate((post_published, post_edited, post_deleted, post_restored)):
        signal.connect(on_post_changed, dispatch_uid=f"search.post_{number}")
    texts_forgotten.connect(on_posts_rewritten, dispatch_uid="search.texts_forgotten")
    posts_imported.connect(on_posts_rewritten, dispatch_uid="search.posts_imported")
    posts_withdrawn.connect(on_posts_withdrawn, dispatch_uid="search.posts_withdrawn")
    page_went_live.connect(on_page_went_live, dispatch_uid="search.page_went_live")
    thread_renamed.connect(on_thread_changed, dispatch_uid="search.thread_renamed")
    letter_published.connect(on_letter_published, dispatch_uid="search.letter_published")
    organisation_loaded.connect(on_organisation_loaded, dispatch_uid="search.organisation_loaded")
    page_withdrawn.connect(on_page_withdrawn, dispatch_uid="search.page_withdrawn")
