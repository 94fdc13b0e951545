"""Votes, reactions and an answer on the demo's threads, through the actions."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from discussions.actions import answers, polls, reactions
from discussions.models import Post, Thread
from discussions.models.poll import Consent
from discussions.models.reaction import Kind
from experts.models import Name

if TYPE_CHECKING:
    from accounts.models import User
    from swexpertise.demo.world import World

CONSENT, SECRET, ANSWERED = "concept-consultatiereactie", "noords-model-uitleggen", "aangifte-zonder-adres"
ROUND = {
    "marit": (Consent.CONSENT, ""),
    "lieke": (Consent.CONSENT, ""),
    "brenda": (Consent.RESERVATIONS, "Haal de derde alinea naar voren: die lezen ze, de rest misschien niet."),
    "kim": (Consent.ABSTAIN, ""),
    "els": (Consent.CONSENT, "Goed zo. Versturen."),
}
IN_SECRET = ("marit", "dewi", "daan", "meral", "pieter", "aisha", "femke", "luuk", "karin")
TOUCHING = ("nurse", "scientist", "activist", "member", "marit", "noor", "tess", "anouk")


def play(world: World) -> None:
    _consent(world, world.threads[CONSENT])
    _secret(world, world.threads[SECRET])
    _answer(world.threads[ANSWERED])
    dice = random.Random("reactions")
    posts = Post.objects.filter(thread__in=[thread.pk for thread in world.threads.values()], number__lte=4)
    for post in posts.live().select_related("thread").order_by("pk"):
        _touch(post, [world.users[key] for key in TOUCHING if dice.random() < 0.3], dice)


def _name(user: User) -> Name:
    return Name.objects.get(holder=user, is_first=True)


def _consent(world: World, thread: Thread) -> None:
    asking = world.users["marit"]
    poll = polls.open_poll(
        by=asking,
        name=_name(asking),
        thread=thread,
        kind="consent",
        question="Versturen we deze reactie zoals hij er nu staat?",
        closes_at=world.now + timedelta(hours=40),
        at=world.now - timedelta(days=1),
        is_history=True,
    )
    for key, (choice, reason) in ROUND.items():
        user = world.users[key]
        polls.vote(by=user, name=_name(user), poll=poll, choices=[choice], reason=reason, at=world.now)


def _secret(world: World, thread: Thread) -> None:
    asking = world.users["femke"]
    poll = polls.open_poll(
        by=asking,
        name=_name(asking),
        thread=thread,
        question="Gaan we hierover het gesprek aan met een partij die voor het Noordse model is?",
        options=["Ja, nu", "Ja, maar eerst de cijfers op een rij", "Nee"],
        is_secret=True,
        closes_at=world.now + timedelta(days=6),
        at=world.now - timedelta(days=1),
        is_history=True,
    )
    for place, key in enumerate(IN_SECRET):
        polls.cast_secretly(by=world.users[key], poll=poll, choices=[(0, 1, 1, 2)[place % 4]], at=world.now)


def _answer(thread: Thread) -> None:
    asking = Name.objects.select_related("holder").get(pk=thread.author_id).holder
    reply = Post.objects.of(thread).live().filter(depth=1).exclude(author=thread.author_id).in_time().first()
    if asking is not None and reply is not None:
        answers.choose(by=asking, post=reply)


def _touch(post: Post, users: Iterable[User], dice: random.Random) -> None:
    for user in users:
        if Thread.objects.visible_to(user).filter(pk=post.thread_id).exists():
            reactions.toggle(by=user, name=_name(user), post=post, kind=dice.choice(Kind.values))
