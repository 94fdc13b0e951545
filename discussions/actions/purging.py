"""purge: thirty days after deletion a text is really gone: from the post and its revisions, and from what others
quoted of it, in posts, earlier texts, summaries, drafts, outcomes, reports and appeals (D7).

A batch is one transaction. First everything that may quote it is looked through without a lock, then what changes is
locked, read again and rewritten. Safe to run twice: what is gone is found no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from discussions.actions import attachments
from discussions.models import (
    Appeal,
    Decision,
    Draft,
    GroupMention,
    Mention,
    Poll,
    Post,
    Report,
    Revision,
    StandRevision,
    Thread,
)
from discussions.passages import Passages
from discussions.rewriting import put, without_quotations
from discussions.signals import posts_purged, texts_forgotten
from swexpertise.writing import write
from swexpertise.writing.markdown import handles_in

BATCH = 25  # posts whose texts are forgotten together
AT_A_TIME = 500  # rows that are looked through


def purge(*, now: datetime) -> int:
    """How many kept texts went."""
    attachments.forget(now=now)
    Decision.objects.past_appeal(now).exclude(title_before="").update(title_before="")
    count = 0
    while posts := list(Post.objects.past_restoring(now).filter(revisions__isnull=False).distinct()[:BATCH]):
        gone = _Gone(posts)
        count += gone.forget(now)
        if not gone.count:  # an appeal was made a moment ago: the next night asks again
            break
    return count


class _Gone:
    """Posts whose texts are to be forgotten, and what these said."""

    def __init__(self, posts: Sequence[Post]) -> None:
        self.posts = posts
        self.ids = [post.pk for post in posts]
        self.since = min(post.posted_at for post in posts)
        self.count = 0
        self.passages = Passages()
        for text in Revision.objects.filter(post__in=posts).values_list("source", "plain", "title").iterator():
            for one in text:
                self.passages.add(one)

    @transaction.atomic
    def forget(self, now: datetime) -> int:
        later = self._may_quote(Post).filter(deleted_at=None, posted_at__gte=self.since)
        later = later.select_related("thread__space").only("source", "parent_id", "thread__space__language")
        quoting = [post.pk for post in self._look_through(later) if self._changed(post)]
        threads = Thread.objects.filter(Q(posts__in=[*self.ids, *quoting])).values("pk")
        list(Thread.objects.filter(pk__in=threads).order_by("pk").select_for_update(of=("self",), no_key=True))
        due = Revision.objects.past_restoring(now).filter(post__in=self.ids)
        if due.values("post").distinct().count() < len(self.ids):
            return 0
        self._posts(quoting)
        self._revisions()
        self._summaries()
        self._drafts()
        self._words()
        posts_purged.send(Post, posts=self.ids, passages=self.passages)
        self.count, _by_model = due.delete()
        return self.count

    def _may_quote(self, model: type[Model], **names: str) -> QuerySet[Any]:
        """Rows with a quotation, or with a link to one of the posts."""
        html, source = names.get("html", "html"), names.get("source", "source")
        link = f"/discussions/posts/({'|'.join(map(str, self.ids))})/"
        return model._default_manager.filter(
            Q(**{f"{html}__contains": "<blockquote"}) | Q(**{f"{source}__regex": link})
        )

    def _look_through(self, rows: QuerySet[Any]) -> Iterable[Any]:
        return rows.order_by("pk").iterator(chunk_size=AT_A_TIME)

    def _changed(self, post: Post) -> str:
        """Its text without the quotations; empty when nothing changes."""
        return self._without(post.source, post.thread.space.language, is_answer=post.parent_id in self.ids)

    def _without(self, source: str, language: str, *, is_answer: bool = False) -> str:
        with translation.override(language):
            mark = _("[deleted]")
        left = without_quotations(source, of=self.ids, passages=self.passages, mark=mark, is_answer=is_answer)
        return "" if left == source else left

    def _posts(self, ids: Sequence[int]) -> None:
        changed = []
        for post in Post.objects.live().filter(pk__in=ids).select_related("thread__space"):
            if left := self._changed(post):
                before = set(handles_in(post.html))
                put(post, left, key=post.pk)
                changed.append(post)
                if before - set(handles_in(post.html)):
                    self._call_no_more(post)
        Post.objects.bulk_update(changed, ["source", "html", "plain"], batch_size=AT_A_TIME)
        if changed:
            texts_forgotten.send(Post, posts=changed)

    def _call_no_more(self, post: Post) -> None:
        """Who was called in nothing but the quotation."""
        left = set(handles_in(post.html))
        rows = Mention.objects.filter(post=post).annotate(handle=F("name__handle"))
        Mention.objects.filter(pk__in=[row.pk for row in rows if row.handle.lower() not in left]).delete()
        groups = GroupMention.objects.filter(post=post, circle__isnull=False).exclude(circle__slug__in=left)
        groups.delete()

    def _revisions(self) -> None:
        rows = self._may_quote(Revision).exclude(post__in=self.ids).select_related("post__thread__space")
        changed = []
        for row in self._look_through(rows.select_related("post__thread__space").defer("post__source", "post__html")):
            is_answer = row.post.parent_id in self.ids
            if left := self._without(row.source, row.post.thread.space.language, is_answer=is_answer):
                put(row, left, key=row.post_id)
                changed.append(row)
        Revision.objects.bulk_update(changed, ["source", "html", "plain"], batch_size=AT_A_TIME)

    def _summaries(self) -> None:
        """ "Where we stand", now and before, and what came of polls."""
        for thread in self._may_quote(Thread, html="stand_html", source="stand_source").select_related("space"):
            if left := self._without(thread.stand_source, thread.space.language):
                written = write(left, note_prefix="k0")
                Thread.objects.filter(pk=thread.pk).update(stand_source=written.source, stand_html=written.html)
        for stand in self._may_quote(StandRevision).select_related("thread__space"):
            if left := self._without(stand.source, stand.thread.space.language):
                written = write(left, note_prefix="k0")
                StandRevision.objects.filter(pk=stand.pk).update(source=written.source, html=written.html)
        polls = self._may_quote(Poll, html="outcome_html", source="outcome_source")
        for poll in polls.select_related("thread__space"):
            if left := self._without(poll.outcome_source, poll.thread.space.language):
                written = write(left, note_prefix="k0")
                Poll.objects.filter(pk=poll.pk).update(outcome_source=written.source, outcome_html=written.html)

    def _drafts(self) -> None:
        """Another version, so that a form that is open somewhere doesn't put it back unseen."""
        for draft in self._look_through(
            Draft.objects.filter(text__contains=">").select_related("author__preferences")
        ):
            preferences = getattr(draft.author, "preferences", None)
            language = preferences.language if preferences else "nl"
            is_answer = draft.post_id in self.ids
            if left := self._without(draft.text, language, is_answer=is_answer):
                Draft.objects.filter(pk=draft.pk, version=draft.version).update(text=left, version=F("version") + 1)

    def _words(self) -> None:
        """What was said when these posts were reported and judged, where it repeats them."""
        places: list[tuple[QuerySet[Any], str]] = [
            (Report.objects.filter(post__in=self.ids), "words"),
            (Decision.objects.filter(post__in=self.ids), "reason"),
            (Appeal.objects.filter(decision__post__in=self.ids), "words"),
            (Appeal.objects.filter(decision__post__in=self.ids), "answer"),
        ]
        for rows, column in places:
            repeated = [pk for pk, said in rows.values_list("pk", column) if said and self.passages.repeated_in(said)]
            rows.filter(pk__in=repeated).update(**{column: "[…]"})
