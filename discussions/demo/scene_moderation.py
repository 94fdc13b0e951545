"""A report that waits and two that were decided, what was deleted and removed, so that each list shows something."""

from datetime import timedelta

from accounts.models import User
from discussions.actions import posts, reports, threads
from discussions.models import Post
from discussions.models.decision import Act, Grounds
from experts.models import Name
from swexpertise.demo.world import World


def play(world: World) -> None:
    _gone(world)
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


def _gone(world: World) -> None:
    """What the member deleted and can bring back, and a discussion of theirs that was removed."""
    member = world.users["member"]
    name = Name.objects.held_by(member)[0]
    thread = world.threads["vragen-zonder-oordeel"]
    at = world.now - timedelta(days=2)
    text = "Ik vraag het altijd aan het eind, als iemand al een beetje op gemak is."
    post = posts.reply(by=member, name=name, thread=thread, text=text, at=at, is_history=True)
    posts.delete(by=member, post=post, at=at + timedelta(hours=1))
    advertised = threads.open_thread(
        by=member,
        name=name,
        space=thread.space,
        title="Training bij mij in de buurt",
        text="Ik geef volgende maand een training. Wie komt?",
        at=world.now - timedelta(days=6),
        is_history=True,
    )
    threads.remove(
        by=world.users["coordinator"],
        thread=advertised,
        grounds=Grounds.SPAM,
        reason="Aankondigingen van betaalde trainingen staan niet in deze ruimte.",
        at=world.now - timedelta(days=5),
    )
