"""In one world Anna asked and holds the second name, in the other Bram; nobody but those two can tell which it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings

from accounts.actions import circles, erasing, members
from accounts.models import User
from discussions import rows
from discussions.actions import (
    answers,
    appeals,
    attachments,
    drafts,
    polls,
    posts,
    reactions,
    reading,
    reports,
    spaces,
    telling,
    threads,
    tidying,
)
from discussions.models import Decision, Post, Space, Thread
from discussions.models.draft import Kind, Place
from experts import faces
from experts.actions import names, profiles
from experts.faces import Face
from experts.models import Name, Organisation
from experts.veils import account_behind
from notifications import mails
from notifications.actions import feeds, replies, watches
from notifications.addresses import LENGTH
from notifications.inbound.receiving import receive
from notifications.models import ParkedReply, ReplyAddress
from notifications.models.inbound import hash_of
from swexpertise.files.pictures import clean_picture
from swexpertise.safety import middleware
from tests.cast import first_name, make_member
from tests.cms.conftest import Tree, tree  # noqa: F401  the fixture is found by its name here
from tests.harness.files import pdf, photo
from tests.visibility.two_worlds import NOW, Built, columns_apart, differences, kept, refused_mail, world

BEFORE = NOW - timedelta(days=60)
BOTH = ("anna", "bram")
# An account that goes takes its mails along, so their number of that week is another; told in docs/adr/0012.
GOES_ALONG = "('dora, 3', '/notifications/delivery/')"
LATER = ("cas", "evi", "dora")


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


ROLES = {"dora": "coordinator", "aad": "administrator"}


class Stage:
    """Everybody, and rooms of each kind, in which Anna and Bram do the very same things under their names. People
    joined before, between and after the two, so that an order of accounts would show.

    `unlike`: Bram coordinates and is in no circle, Anna is in one and coordinates nothing.
    """

    def __init__(self, *, unlike: bool = False) -> None:
        settings = {"at": BEFORE, "mail_detail": "full", "rhythm": "daily", "time_zone": "Europe/Amsterdam"}
        roles = ROLES | ({"bram": "coordinator"} if unlike else {})
        joined = ("cas", "anna", "evi", "fee", "bram", "dora", "aad", "sep")
        self.people = {key: make_member(key.capitalize(), role=roles.get(key, "member"), **settings) for key in joined}
        dora = self.people["dora"]
        members.suspend(by=dora, user=self.people["sep"])
        kern = circles.create(by=None, slug="kern", name="Kern")
        inside = {"anna", "evi", "fee"} | (set() if unlike else {"bram"})
        for key in joined:
            if key in inside:
                circles.add(by=None, circle=kern, user=self.people[key])
        self.rooms = [
            spaces.open_space(by=dora, slug="open", name="Voor iedereen", audience="public", at=BEFORE),
            spaces.open_space(by=dora, slug="kring", name="Voor de kring", circle=kern, at=BEFORE),
        ]
        for key, user in self.people.items():
            if key not in ("sep", "dora", "aad"):
                for room in self.rooms[: 2 if key in inside else 1]:
                    watches.watch(by=user, thing=room, level="following")
                if key not in ("evi", "fee"):
                    watches.watch(by=user, thing=self.rooms[0], level="watching")
        for number, key in enumerate(BOTH):
            self.open(key, self.rooms[0], f"Gesprek van {key}", at=ago(90 - number))

    def open(self, key: str, room: Space, title: str, **more: Any) -> Thread:
        user = self.people[key]
        text = f"Wat {key} zegt."
        return threads.open_thread(by=user, name=first_name(user), space=room, title=title, text=text, **more)

    def answer(self, key: str, thread: Thread, text: str, **more: Any) -> Post:
        user = self.people[key]
        return posts.reply(by=user, name=first_name(user), thread=thread, text=text, **more)

    def built(self, thread: Thread, *look_at: str, do: tuple[Callable[[], Any], ...] = ()) -> Built:
        viewers: dict[str, Any] = {key: user for key, user in self.people.items() if key not in BOTH}
        secret = {self.people[key].email for key in BOTH}
        del viewers["fee"]  # sees what Evi sees
        offered = [
            ("/discussions/writing/names/", {place: str(pk), "q": words})
            for place, pk in (("space", self.rooms[0].pk), ("space", self.rooms[1].pk), ("thread", thread.pk))
            for words in ("an", "bram", "lid", "een", "vlinder")
        ]
        everybody = {"visitor": AnonymousUser(), **viewers}
        return Built(everybody, tuple(dict.fromkeys([*look_at, *self.feeds()])), offered, secret, do, LATER, ("aad",))

    def feeds(self) -> list[str]:
        """Cas and Evi read the rooms in a feed reader, and what they are told (D18)."""
        made = [(key, room) for key in ("cas", "evi") for room in (self.rooms[0], None)] + [("evi", self.rooms[1])]
        tokens = [feeds.open_feed(by=self.people[key], space=room, at=BEFORE) for key, room in made]
        return [f"/notifications/feed/{token}/" for token in tokens]


def speak(stage: Stage, asker: User, voice: Name, thread: Thread, opening: Post) -> list[str]:
    """What somebody does under a name that isn't theirs to be known by, in a thread; the others join in."""
    posts.edit(by=asker, post=opening, text="Anders gezegd, en @cas weet het.", at=ago(28))
    for hours, key in ((27, "evi"), (26, "anna"), (25.5, "bram")):
        stage.answer(key, thread, f"Hoi @anna, @bram en @dora, zegt {key}.", at=ago(hours))
    own = posts.reply(by=asker, name=voice, thread=thread, text="Dank @anna, @bram en @evi.", at=ago(25))
    gone = posts.reply(by=asker, name=voice, thread=thread, text="Dit gaat weg.", at=ago(24.5))
    posts.delete(by=asker, post=gone, at=ago(24))
    posts.edit(by=asker, post=own, text="Dank @anna, @bram, @evi en @aad.", at=ago(20))
    answers.choose(by=asker, post=Post.objects.get(thread=thread, number=2))
    threads.set_stand(by=asker, name=voice, thread=thread, text="Zo staan we ervoor, @anna.", at=ago(19))
    poll = polls.open_poll(
        by=asker,
        name=voice,
        thread=thread,
        question="Doen?",
        options=["Ja", "Nee"],
        closes_at=NOW + timedelta(days=2),
        at=ago(18),
    )
    for key in ("evi", *BOTH):
        user = stage.people[key]
        polls.vote(by=user, name=first_name(user), poll=poll, choices=[0], at=ago(17))
        reactions.toggle(by=user, name=first_name(user), post=opening, kind="thanks")
        reactions.keep(by=user, post=opening, note=f"Van {key}", at=ago(16))
    reading.mark_all_read(by=asker, thread=thread, at=ago(15))
    return [
        thread.get_absolute_url(),
        f"{thread.get_absolute_url()}?view=time",
        f"/discussions/posts/{opening.pk}/history/",
        f"/discussions/posts/{own.pk}/history/",
        f"/discussions/posts/{opening.pk}/edit/",
        f"/discussions/threads/{thread.pk}/topics/",
        f"/discussions/polls/{poll.pk}/outcome/",
        f"/experts/{voice.key}/",
        f"/experts/members/{voice.key}/",
        f"/experts/{voice.key}/portrait/",
        *(
            f"/search/?q={word}"
            for word in ("Anders", "Dank", "lid", "van:anna", "van:bram", "van:lid", "van:vlinder")
        ),
    ]


def dealt_with(stage: Stage, asker: User, voice: Name, thread: Thread) -> list[str]:
    """What else becomes of it: files, a text taken back, a secret ballot, an answer by mail, groups that are called,
    names that are muted, reports; and, where coordinators see it, decisions, appeals, parts put elsewhere."""
    aad, evi, cas = (stage.people[key] for key in ("aad", "evi", "cas"))
    handed_in = [
        attachments.hand_in(by=asker, file=BytesIO(data), at=ago(13)).key for data in (photo(), pdf(), photo("PNG"))
    ]
    attachments.describe(by=asker, words={handed_in[0]: "Een rode vlek"})
    said = partial(posts.reply, by=asker, name=voice, thread=thread)
    shown = said(text="Kijk eens.", attached=handed_in[::-2], at=ago(13))  # one waits, two in another order
    said(text="@kern @coordinatoren, help.", content_note="geweld", at=ago(12.9))
    back = said(text="Dit gaat weg, en komt terug.", at=ago(12.8))
    posts.delete(by=asker, post=back, at=ago(12.7))
    posts.restore(by=asker, post=back, at=ago(12.6))
    heard_first = stage.answer("evi", thread, "Wat vind jij?", at=ago(12.5))
    parked = ParkedReply.objects.create(
        recipient=asker, post=heard_first, reason="signature", text="Per mail.", received_at=ago(12.4)
    )
    replies.publish(by=asker, parked=parked, name=voice, text="Per mail.", at=ago(12.3))
    _mailed(asker, heard_first, "Nog iets per mail.", at=ago(12.2))
    for muted, by in (("anna", cas), ("bram", evi), ("anna", aad)):
        watches.mute(by=by, name=first_name(stage.people[muted]))
    ends = {"closes_at": ago(1), "at": ago(12)}
    ballot = polls.open_poll(
        by=asker, name=voice, thread=thread, question="Stil?", options=["Ja", "Nee"], is_secret=True, **ends
    )
    for user in (stage.people[key] for key in ("evi", "fee", *BOTH)):
        polls.cast_secretly(by=user, poll=ballot, choices=[int(user.pk % 2)], at=ago(11.9))
    polls.close_due(now=ago(1))
    polls.set_outcome(by=asker, name=voice, poll=ballot, text="Zo doen we het.", at=ago(0.9))
    reports.report(by=evi, post=shown, grounds="privacy", words="Dat zegt te veel.", at=ago(11))
    looked = [f"/discussions/posts/{shown.pk}/judge/", "/discussions/reports/", "/discussions/log/"]
    looked += [file.get_absolute_url() for file in shown.attachments.order_by("pk")]
    if thread.space.circle is None:
        looked += _decided(stage, asker, voice, thread, shown)
    return looked


def _mailed(user: User, post: Post, text: str, *, at: datetime) -> None:
    """They answer the mail about `post`; their mail program names them."""
    token, server, domain = "z" * LENGTH, "mx.antwoord.invalid", "antwoord.invalid"
    ReplyAddress.objects.update_or_create(
        token_hash=hash_of(token),
        defaults={
            "recipient": user,
            "post": post,
            "sent_to_hash": hash_of(user.email),
            "expires_at": NOW,
        },
    )
    proof = f"{server}; dmarc=pass header.from=cast.invalid"
    head = f"Authentication-Results: {proof}\nFrom: {user.called} <{user.email}>\nMessage-ID: <{post.pk}@x.invalid>"
    to = f"reply+{token}@{domain}"
    before = Post.objects.count()
    with override_settings(REPLY_DOMAIN=domain, TRUSTED_AUTHSERV_ID=server):
        receive(f"{head}\nSubject: Re\n\n{text}\n".encode(), envelope_to=to, envelope_from=user.email, now=at)
        replies.work_off(now=at)
    assert Post.objects.count() == before + 1, ParkedReply.objects.values_list("reason", flat=True)


def _decided(stage: Stage, asker: User, voice: Name, thread: Thread, shown: Post) -> list[str]:
    dora, aad = stage.people["dora"], stage.people["aad"]
    said = partial(posts.reply, by=asker, name=voice, thread=thread)
    asked = reports.decide(by=dora, post=shown, act="ask", grounds="privacy", reason="Laat de plek weg.", at=ago(10))
    plea = appeals.appeal(by=asker, decision=asked, words="Er staat geen plek.", at=ago(9.9))
    appeals.settle(by=aad, appeal=plea, outcome="reversed", answer="Dat klopt.", at=ago(9.8))
    hidden = said(text="Dit is te veel.", at=ago(9.7))
    posts.delete(by=dora, post=hidden, reason="Te veel.", grounds="privacy", at=ago(9.6))
    removal = Decision.objects.get(post=hidden)
    waits = appeals.appeal(by=asker, decision=removal, words="Nee hoor.", at=ago(9.5))
    telling.make_urgent(by=dora, post=shown, reason="Nu nodig.", at=ago(9.4))
    there = stage.open("evi", thread.space, "Gesprek van evi", at=ago(80))
    apart = tidying.split(by=dora, thread=thread, trees=[shown.pk], title="Apart", at=ago(9.3), reason="Bijeen.")
    posts.reply(by=asker, name=voice, thread=apart, text="Hier ook.", at=ago(9.2))
    again = posts.reply(by=asker, name=voice, thread=apart, text="En dit.", at=ago(9.1))
    onwards = tidying.split(by=dora, thread=apart, posts=[again.pk], title="Verder", at=ago(9), reason="Bijeen.")
    tidying.merge(by=aad, thread=onwards, into=there, at=ago(8.9), reason="Bijeen.")
    return [
        f"/discussions/decisions/{asked.pk}/",
        f"/discussions/posts/{hidden.pk}/judge/",
        f"/discussions/appeals/{waits.pk}/",
        *(one.get_absolute_url() for one in (apart, there)),
        f"/discussions/t/{onwards.pk}/",
        f"/discussions/t/{apart.pk}/tidy/",
    ]


def question(which: str, *, unlike: bool = False) -> Built:
    """D12. `which` asks twice as “a member”, once in each room. When the two are `unlike`: in the open one, and much
    more becomes of it; a walk through all of that would take too long, so what it touches is looked at by name."""
    stage = Stage(unlike=unlike)
    asker = stage.people[which]
    look_at: list[str] = []
    made: list[Thread] = []
    for number, room in enumerate(stage.rooms[: 1 if unlike else 2]):
        thread = threads.open_thread(
            by=asker,
            name=first_name(asker),
            space=room,
            title=f"Mag dit {number}?",
            text="Ik durf het niet. @anna @bram",
            topics=["vragen"],
            anonymously=True,
            at=ago(30),
        )
        made.append(thread)
        opening = Post.objects.get(thread=thread, number=1)
        look_at += speak(stage, asker, thread.author, thread, opening)
        look_at += dealt_with(stage, asker, thread.author, thread) if unlike else []
        begun = {"title": "Nog een vraag", "kind": "question", "anonymously": "on"}
        drafts.keep(by=asker, place=Place(Kind.THREAD, room.pk), text="Half af.", filled=begun, at=ago(12))
        drafts.keep(by=asker, place=Place(Kind.EDIT, opening.pk), text="Toch anders.", filled={}, at=ago(11))
        answered = {"name": thread.author.key}
        drafts.keep(by=asker, place=Place(Kind.REPLY, opening.pk), text="En ook.", filled=answered, at=ago(10))
    dora, anna = stage.people["dora"], stage.people["anna"]
    return stage.built(
        made[0],
        "/discussions/",
        "/notifications/delivery/",
        *look_at,
        do=(
            lambda: _strand(asker, made[0].author, made[0]),
            lambda: members.suspend(by=dora, user=anna),
            lambda: _erase(anna),
        ),
    )


def _strand(user: User, voice: Name, thread: Thread) -> None:
    """Everybody who is told of this is told in vain: a list of them must not say who is missing in it."""
    posts.reply(by=user, name=voice, thread=thread, text="Nog één ding.", at=NOW + timedelta(hours=47))
    refused_mail(now=NOW + timedelta(hours=47, minutes=30))


def _erase(user: User) -> None:
    """The account goes at once, with the first name; a name that isn't known to be theirs looks as before (P13)."""
    erasing.erase(by=user, user=user)


def second_name(which: str, *, unlike: bool = False) -> Built:
    """P7. `which` holds “Vlinder” beside their first name."""
    stage = Stage(unlike=unlike)
    holder = stage.people[which]
    voice = names.create(by=holder, holder=holder, display_name="Vlinder", at=ago(200))
    Organisation.objects.create(slug="o", name="Ons huis", kind="ngo")
    profiles.update(
        by=holder,
        profile=voice.profile,
        at=ago(199),
        headline="Kent de straat",
        introduction="Voor coördinatoren.",
        introduction_audience="coordinators",
        region="Alleen ik",
        region_audience="only_me",
        knows=["straatwerk"],
        organisations=["o"],
        portrait=clean_picture(BytesIO(photo())),
    )
    look_at: list[str] = ["/notifications/delivery/", "/experts/?q=vlinder", "/experts/?q=straatwerk"]
    made: list[Thread] = []
    for room in stage.rooms[: 1 if unlike else 2]:
        thread = threads.open_thread(
            by=holder, name=voice, space=room, title="Wie kent dit?", text="@anna @bram", kind="question", at=ago(30)
        )
        made.append(thread)
        opening = Post.objects.get(thread=thread, number=1)
        look_at += speak(stage, holder, voice, thread, opening)
        look_at += dealt_with(stage, holder, voice, thread) if unlike else []
        stage.answer("cas" if room.circle_id is None else "evi", thread, "Dag @vlinder.", at=ago(14))
    dora, anna = stage.people["dora"], stage.people["anna"]
    return stage.built(
        made[0],
        *look_at,
        do=(
            lambda: _strand(holder, voice, made[0]),
            lambda: members.suspend(by=dora, user=anna),
            lambda: _erase(anna),
        ),
    )


# Tables that belong to each account alone, and that nobody else is shown: the columns that say whose a row is, or how
# it came to be theirs. All their other columns hold the same values in both worlds.
OWN = {
    "experts_veil": {"user_id"},
    "experts_name": {"holder_id"},
    "discussions_draft": {"author_id"},
    "discussions_attachment": {"waits_for_id"},
    "discussions_reading": {"id", "user_id", "read", "read_at"},
    "notifications_delivery": {"recipient_id", "reason", "issue_id", "is_counted"},
    "notifications_note": {"recipient_id"},
    "notifications_notice": {"recipient_id"},
    "notifications_replyaddress": {"recipient_id", "sent_to_hash"},
    # Thrown anew for each row, by the database or by us.
    "discussions_ballot": {"id"},
    "discussions_turnout": {"id"},
    "notifications_issue": {"message_id"},
    "notifications_mailkey": {"key"},
}


def told_apart(build: Callable[[str], Built], **how: Any) -> list[str]:
    return differences(world(build, "anna", **how), world(build, "bram", **how))


@pytest.mark.parametrize("build", [question, second_name])
def test_nobody_can_tell_them_apart_however_unlike_they_are(tree: Tree, build: Callable[..., Built]) -> None:  # noqa: F811  as above
    """P7, D12. One coordinates and is in no circle, the other is in one: neither shows in what they write."""
    assert told_apart(partial(build, unlike=True), walkers=["visitor", "cas", "evi", "aad"], brief=True) == []


@pytest.mark.parametrize("build", [question, second_name])
def test_what_is_kept_differs_in_what_is_ones_own_alone(tree: Tree, build: Callable[..., Built]) -> None:  # noqa: F811  as above
    """P7, D12. Every other table is the same in both worlds, every row, key and moment: no page that reads those tells
    them apart, one that is yet to be written neither. The two are unlike."""
    one, other = (kept(partial(build, unlike=True), which) for which in BOTH)
    apart = columns_apart(one, other)
    assert {
        table: found - OWN.get(table, set()) for table, found in apart.items() if not found <= OWN.get(table, set())
    } == {}
    assert set(apart) <= set(OWN) and apart.keys() & {"experts_veil", "experts_name"}


@pytest.mark.parametrize("build", [question, second_name])
def test_nobody_can_tell_who_it_was(tree: Tree, build: Callable[[str], Built]) -> None:  # noqa: F811  as above
    """P7, D12. Not a visitor, member, one of the circle, coordinator, administrator or suspended member; not by pages,
    feeds, headers, cookies, redirects, queries or mails; not when Anna is suspended or gone, either."""
    seen = world(build, "anna")
    assert [found for found in differences(seen, world(build, "bram")) if not found.startswith(GOES_ALONG)] == []
    for who in ("visitor", "cas", "evi", "dora", "aad", "sep"):
        assert sum(place[0] == f"{who}, 0" for place in seen) > 20, who


def test_the_walk_comes_by_what_it_is_to_keep(tree: Tree) -> None:  # noqa: F811  as above
    """A walk that gets nowhere proves nothing: the words are there, in pages, in the search and in mail."""
    seen = world(question, "anna", walkers=["cas", "dora"])
    everything = b"".join(seen.values())
    for words in (b"Een lid", b"Anders gezegd", b"Zo staan we ervoor", b"Dit gesprek", b"Evi", b"X-Queries: "):
        assert words in everything, words
    assert any(place[0] == "mail, 0" and b"Mag dit" in letter for place, letter in seen.items())
    assert any(place[1].startswith("/search/?q=Anders") and b"Mag dit" in page for place, page in seen.items())


def _leak_colour(patch: pytest.MonkeyPatch) -> None:
    """A colour that comes from the account."""
    honest = faces.face_of

    def leaking(name: Name | None, viewer: Any) -> Face:
        face = honest(name, viewer)
        if name is None or not name.is_anonymous:
            return face
        return replace(face, colour=(account_behind(name) or 0) % 8 + 1)

    patch.setattr("discussions.pages.face_of", leaking)


def _leak_order(patch: pytest.MonkeyPatch) -> None:
    """Threads of a list in the order of who is behind them."""
    honest = rows.rows_of

    def leaking(found: Any, viewer: Any) -> Any:
        def behind(row: Any) -> int:
            name = row.thread.author
            return account_behind(name) or 0

        return sorted(honest(found, viewer), key=behind)

    patch.setattr(rows, "rows_of", leaking)


def _leak_time(patch: pytest.MonkeyPatch) -> None:
    """One query more where Anna is behind it: that is what takes longer."""
    honest = faces.face_of

    def leaking(name: Name | None, viewer: Any) -> Face:
        if name is not None and name.is_anonymous and account_behind(name) == User.objects.get(called="Anna").pk:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        return honest(name, viewer)

    patch.setattr("discussions.pages.face_of", leaking)


def _leak_header(patch: pytest.MonkeyPatch) -> None:
    """A header that says how many names an account has."""
    honest = middleware.SafetyHeaders.__call__

    def leaking(self: Any, request: HttpRequest) -> HttpResponse:
        answer = honest(self, request)
        answer["X-Members"] = str(User.objects.filter(veils__isnull=False).values_list("pk", flat=True).first())
        return answer

    patch.setattr(middleware.SafetyHeaders, "__call__", leaking)


def _leak_mail(patch: pytest.MonkeyPatch) -> None:
    """A header of a mail."""
    honest = mails.headers

    def leaking(key: str) -> dict[str, str]:
        account = User.objects.filter(veils__isnull=False).values_list("pk", flat=True).first()
        return {**honest(key), "X-By": str(account)}

    patch.setattr(mails, "headers", leaking)


@pytest.mark.parametrize("leak", [_leak_colour, _leak_order, _leak_time, _leak_header, _leak_mail])
def test_each_leak_is_found(
    tree: Tree,  # noqa: F811  as above
    monkeypatch: pytest.MonkeyPatch,
    leak: Callable[[pytest.MonkeyPatch], None],
) -> None:
    """The proof can fail: the least of what could give somebody away is seen."""
    leak(monkeypatch)
    assert told_apart(question, walkers=["cas"], brief=True)


def test_two_looks_at_one_world_are_the_same(tree: Tree) -> None:  # noqa: F811  as above
    """What differs between two worlds differs because of who is behind it, and not by chance."""
    again = {"walkers": ["cas"], "brief": True}
    assert not differences(world(question, "bram", **again), world(question, "bram", **again))
