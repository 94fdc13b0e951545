"""A report that waits and two that were decided, so that queue, own reports and log show something."""

from datetime import timedelta

from accounts.models import User
from discussions.actions import reports
from discussions.models import Post
from discussions.models.decision import Act, Grounds
from swexpertise.demo.world import World


def play(world: World) -> None:
    nurse, member, coordinator = (world.users[key] for key in ("nurse", "member", "coordinator"))
    found = _posts_of_others(world, (nurse, member, coordinator))
    if len(found) < 3:
        return
    waiting, kept, to_change = found
    reports.report(
        by=member,
        post=waiting,
        grounds=Grounds.PRIVACY,
        words="Hier staat een straat bij. Wie daar werkt, is zo te vinden.",
        at=world.now - timedelta(hours=5),
    )
    reports.report(by=nurse, post=waiting, grounds=Grounds.PRIVACY, at=world.now - timedelta(hours=3))
    _decided(world, nurse, kept, Act.DISMISS, "Het is stevig gezegd, maar het valt niemand aan.", days=3)
    _decided(world, member, to_change, Act.ASK, "Laat weg waar het was; de rest helpt anderen juist.", days=9)


def _decided(world: World, by: User, post: Post, act: Act, reason: str, *, days: int) -> None:
    at = world.now - timedelta(days=days)
    grounds = Grounds.ATTACK if act == Act.DISMISS else Grounds.PRIVACY
    reports.report(by=by, post=post, grounds=grounds, at=at)
    coordinator = world.users["coordinator"]
    reports.decide(by=coordinator, post=post, act=act, grounds=grounds, reason=reason, at=at + timedelta(hours=4))


def _posts_of_others(world: World, parties: tuple[User, ...]) -> list[Post]:
    """Three replies, one a thread, that all of them see and none of them wrote; old enough to have been judged."""
    replies = Post.objects.live().exclude(number=1).filter(posted_at__lt=world.now - timedelta(days=10))
    for user in parties:
        replies = replies.filter(pk__in=Post.objects.visible_to(user).values("pk")).exclude(author__holder=user)
    firsts = replies.order_by("thread", "number").distinct("thread")
    return list(firsts.select_related("thread__space", "author")[:3])
