"""Footnotes that were stored by the number of their post are stored by its key, as new ones are (migration 0009)."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from discussions.actions import posts
from discussions.models import Post, Revision, Thread
from tests.discussions.conftest import reply

pytestmark = pytest.mark.django_db


def migrate() -> None:
    (run,) = import_module("discussions.migrations.0009_notes_by_key").Migration.operations
    with connection.cursor() as cursor:
        cursor.execute(run.sql)


def test_the_migration_makes_of_old_rows_what_is_written_now(bram: User, thread: Thread) -> None:
    """D3, D8. Text and earlier texts; run a second time it changes nothing; words that look alike stay."""
    later = timezone.now() + timedelta(hours=1)
    reply(bram, thread, "Ertussen.")
    post = reply(bram, thread, "Een[^1] en twee[^2].\n\n[^1]: Noot\n[^2]: Nog een")
    posts.edit(by=bram, post=post, text="Drie[^1] en `fn-p3-1`.\n\n[^1]: Noot", at=later)
    plain = reply(bram, thread, "Zonder noot, maar met fn-p9-1.")
    wanted = [Post.objects.get(pk=post.pk).html, Revision.objects.get(post=post).html, plain.html]
    assert all(f"-k{post.pk}-" in html for html in wanted[:2])
    for model, key in ((Post, "pk"), (Revision, "post_id")):
        for row in model.objects.filter(html__contains=f"-k{post.pk}-"):
            assert getattr(row, key) == post.pk
            model.objects.filter(pk=row.pk).update(html=row.html.replace(f"-k{post.pk}-", f"-p{post.number}-"))
    assert Post.objects.get(pk=post.pk).html != wanted[0]
    for _run in range(2):
        migrate()
        now = [Post.objects.get(pk=post.pk).html, Revision.objects.get(post=post).html]
        assert [*now, Post.objects.get(pk=plain.pk).html] == wanted
