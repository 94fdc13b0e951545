"""What someone may do in a discussion they can see. Asked by view, template, inbound mail and, again, by the action.

What they can see is asked of `visible_to`; here nothing is fetched: each answer comes from the rows at hand.
"""

from collections.abc import Iterable
from datetime import datetime

from accounts.audiences import Audience, Viewer, is_member
from discussions.models import Appeal, Decision, Poll, Post, Space, Thread
from discussions.models.decision import APPEALED
from discussions.models.post import RESTORABLE
from discussions.models.thread import Kind
from experts.models import Name
from experts.veils import is_behind


def may_open_thread(viewer: Viewer, space: Space) -> bool:
    """Every member who sees the space; a public space is read by everyone and written in by members."""
    return is_member(viewer)


def may_post(viewer: Viewer, thread: Thread) -> bool:
    return is_member(viewer) and not thread.is_locked and thread.removed_at is None


def may_reply_to(viewer: Viewer, post: Post) -> bool:
    return may_post(viewer, post.thread) and post.deleted_at is None


def may_ask_as_a_member(viewer: Viewer, space: Space) -> bool:
    """A question under no name (D12), where coordinators didn't switch that off."""
    return may_open_thread(viewer, space) and space.takes_anonymous_questions


def may_speak_as(viewer: Viewer, name: Name, thread: Thread | None = None) -> bool:
    """Under one's own names everywhere; as “a member” only in the one discussion in which one asked that way."""
    if name.is_anonymous:
        return thread is not None and is_behind(viewer, name) and thread.is_spoken_in_by(name)
    return is_member(viewer) and name.holder_id == viewer.pk and name.retired_at is None


def names_to_speak_as(viewer: Viewer, names: Iterable[Name]) -> list[Name]:
    """Those of `names` under which the viewer may speak, the first one first (as `Name.objects.held_by`)."""
    mine = [name for name in names if may_speak_as(viewer, name)]
    return sorted(mine, key=lambda name: (not name.is_first, name.display_name))


def is_author(viewer: Viewer, post: Post) -> bool:
    return is_behind(viewer, post.author)


def may_edit(viewer: Viewer, post: Post) -> bool:
    """The author, while the thread is open. Coordinators delete; they don't put words into somebody's mouth."""
    return is_author(viewer, post) and may_reply_to(viewer, post)


def may_delete(viewer: Viewer, post: Post) -> bool:
    """The author, in a locked thread too, and coordinators."""
    return post.deleted_at is None and (is_author(viewer, post) or may_coordinate(viewer))


def may_restore(viewer: Viewer, post: Post, *, now: datetime) -> bool:
    """For thirty days: the author what the author deleted, a coordinator what a coordinator hid; never what was hidden
    of their own, under whichever name (D13)."""
    if post.deleted_at is None or now - post.deleted_at > RESTORABLE:
        return False
    if post.deleted_by_author:
        return is_author(viewer, post)
    return may_judge(viewer, post)


def is_opener(viewer: Viewer, thread: Thread) -> bool:
    """Under whichever name."""
    return is_behind(viewer, thread.author)


def may_report(viewer: Viewer, post: Post) -> bool:
    """Every member who sees it and didn't write it; in a closed discussion too."""
    return is_member(viewer) and post.deleted_at is None and not is_author(viewer, post)


def may_judge(viewer: Viewer, post: Post) -> bool:
    """A coordinator, never about what they wrote themselves, under whichever name. That they didn't report it either
    is asked where the reports are at hand (see actions/reports.py)."""
    return may_coordinate(viewer) and not is_author(viewer, post)


def may_appeal(viewer: Viewer, decision: Decision, *, now: datetime) -> bool:
    """Whoever wrote the post or opened the discussion, once, within thirty days; not what they did themselves."""
    return (
        decision.act in APPEALED
        and not decision.is_appealed
        and now <= decision.appeal_until()
        and is_behind(viewer, decision.words_of)
        and decision.by_id != viewer.pk
    )


def may_settle(viewer: Viewer, appeal: Appeal) -> bool:
    """Another coordinator than who decided; not about their own words. Whoever reported it is asked apart."""
    decision = appeal.decision
    if not may_coordinate(viewer) or is_behind(viewer, decision.words_of):
        return False
    return appeal.outcome == "" and decision.by_id != viewer.pk


def may_summarise(viewer: Viewer, thread: Thread) -> bool:
    """Every member who may write in it: a summary shows whose it is."""
    return may_post(viewer, thread)


def may_set_topics(viewer: Viewer, thread: Thread) -> bool:
    return may_coordinate(viewer) or is_behind(viewer, thread.author)


def may_set_mail_detail(viewer: Viewer, thread: Thread) -> bool:
    """What may stand in mail about it (N3): as its topics."""
    return may_set_topics(viewer, thread)


def may_make_urgent(viewer: Viewer, post: Post) -> bool:
    return may_coordinate(viewer) and post.deleted_at is None and post.urgent_at is None


def may_coordinate(viewer: Viewer) -> bool:
    """Lock, pin, rename, move, open a space. A role opens no circle: what they can't see they can't touch."""
    return is_member(viewer) and viewer.is_coordinator  # type: ignore[union-attr]  # a member is a User


def may_move(viewer: Viewer, thread: Thread, space: Space) -> bool:
    """Only to readers it was written for: never from a circle to others, never to the public."""
    return may_coordinate(viewer) and thread.space_id != space.pk and is_for_its_readers(thread.space, space)


def is_for_its_readers(source: Space, space: Space) -> bool:
    """Whether nobody reads `space` who can't read `source`: what was written in one may then stand in the other."""
    if source.audience == Audience.CIRCLE:
        return space.circle_id == source.circle_id
    return space.audience != Audience.PUBLIC or source.audience == Audience.PUBLIC


def may_choose_answer(viewer: Viewer, thread: Thread) -> bool:
    """Who asked the question, and coordinators (D9)."""
    return thread.kind == Kind.QUESTION and may_set_topics(viewer, thread)


def may_vote(viewer: Viewer, poll: Poll, *, now: datetime) -> bool:
    """Every member who sees it, as long as it is open; a closed discussion doesn't close its polls."""
    return is_member(viewer) and poll.is_open(now)


def may_close_poll(viewer: Viewer, poll: Poll) -> bool:
    """Close it before its time, and write down what came of it: who opened it, and coordinators."""
    return may_coordinate(viewer) or is_behind(viewer, poll.author)
