"""What somebody may not see answers like what never was: on every address with a key, looked at and sent to, and
wherever a key stands in what is sent. The same status, words, headers and number of queries (S2, P6, N12).

Tried by a visitor, a member from outside the circle, one who was thrown out of it, and a curious coordinator.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from io import BytesIO
from itertools import product
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import transaction
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.actions import circles, invitations
from accounts.audiences import Viewer
from accounts.models import Circle, User
from cms.models import ArticlePage, TopicHubPage
from discussions.actions import appeals, attachments, drafts, polls, posts, reports, spaces, threads, tidying
from discussions.models import Decision, Draft, Import, Post, Tidying
from discussions.models.draft import Kind, Place
from experts.actions import names
from experts.models import Organisation
from letters.models import Letter
from notifications.actions import feeds
from notifications.models import Issue, ParkedReply
from tests.cast import first_name, make_member
from tests.cms.conftest import Tree, close, plant, tree  # noqa: F401  the fixture is found by its name here
from tests.harness.files import photo
from tests.visibility.crawl import whole
from tests.visibility.two_worlds import NONCES, Watching, as_if_new, first_difference, standing_still

# Addresses whose key hides nothing from those who try, each with its reason.
NOTHING_HIDDEN = {
    "account_confirm_email": "closed",
    "account_reset_password_from_key": "a secret that was mailed; allauth answers alike for any",
    "cms:picture": "a random name; tests/cms/test_files.py asks who gets one",
    "cms:document": "a random key; tests/cms/test_files.py asks who gets one",
    "cms:feed": "a language",
    "experts:topic": "topics are for everyone",
    "experts:topic_edit": "topics are for everyone",
    "experts:organisation": "organisations are for everyone",
    "notifications:watch_topic": "topics are for everyone",
    "notifications:address_confirm": "a secret that was mailed to one address",
}
# Which kind of key an address takes, by its name.
KINDS = {
    r"discussions:(thread|thread_(?!new)\w+|first_new|reply|stand_\w+|topics_edit|poll_new)": "thread",
    r"discussions:post\w*": "post",
    r"discussions:poll(_close|_outcome)?": "poll",
    r"discussions:draft\w*": "draft",
    r"discussions:decision": "decision",
    r"discussions:appeal": "appeal",
    r"discussions:attachment": "file",
    r"discussions:import\w*": "import",
    r"discussions:(space|space_(?!short)\w+|thread_new)": "space slug",
    r"discussions:space_short": "space",
    r"notifications:(read_thread|watch_thread|unsubscribe_from)": "thread",
    r"notifications:(feed_open|feed_close|watch_space)": "space",
    r"notifications:why": "post",
    r"notifications:reply\w*": "parked",
    r"notifications:mute_name": "name",
    r"notifications:(feed|unsubscribe)": "feed",
    r"notifications:delivery_again": "issue",
    r"notifications:(letter|watch_letter)": "letter",
    r"discussions:tidying_undo": "tidying",
    r"experts:(detail|portrait|member\w*|profile\w*|name\w*)": "name",
    r"experts:invitation_withdraw": "invitation",
    r"experts:join": "secret",
    r"cms:(exact_page|share)": "page",
    r"cms:page": "page key",
    r"letters:number": "letter",
    r"letters:detail": "letter slug",
}
# The other parts of an address.
NEVER = 7_000_000  # added to a key: one that nothing has
PARTS = {"slug": "x", "act": "lock", "kind": "thread", "seen_by": "member"}
SENT = {
    "text": "Dag.",
    "title": "Een titel",
    "reason": "Daarom.",
    "grounds": "other",
    "words": "Zo.",
    "question": "Wie?",
    "options": "a\nb",
    "closes_at": "2030-01-01T12:00",
    "choices": "0",
    "level": "watching",
    "topics": "zorg",
    "act": "dismiss",
    "outcome": "upheld",
    "answer": "Nee.",
    "mail_detail": "discreet",
}
# Where a key stands in what is sent: the address, and the field or query that holds it, with {} for the key.
FIELDS = [
    ("post", "/discussions/t/{open}/tidy/", "post", "post", "{}"),
    ("post", "/discussions/threads/{open}/split/", "post", "post", "{}"),
    ("post", "/discussions/threads/{open}/split/", "post", "tree", "{}"),
    ("thread", "/discussions/threads/{open}/merge/", "get", "into", "{}"),
    ("thread", "/discussions/threads/{open}/merge/", "get", "q", "/discussions/t/{}/x/"),
    ("post", "/discussions/threads/{open}/merge/", "get", "q", "/discussions/posts/{}/"),
    ("thread", "/discussions/threads/{open}/merge/?into={}", "post", "x", ""),
    ("space", "/discussions/threads/{open}/move/", "post", "space", "{}"),
    ("post", "/discussions/threads/{open}/reply/", "get", "post", "{}"),
    ("post", "/discussions/threads/{open}/reply/?post={}&quote=1", "post", "x", ""),
    ("thread", "/discussions/writing/names/", "post", "thread", "{}"),
    ("space", "/discussions/writing/names/", "post", "space", "{}"),
    ("thread", "/discussions/writing/preview/", "post", "text", "[[/discussions/t/{}/]] en /discussions/t/{}/x/"),
    ("post", "/discussions/writing/preview/", "post", "text", "[[/discussions/posts/{}/]]"),
    ("page", "/discussions/writing/preview/", "post", "text", "[[/p/{}/]]"),
    ("name", "/discussions/writing/preview/", "post", "text", "@lid-{} [[/experts/{}/]]"),
    ("thread", "/discussions/writing/links/", "post", "q", "/discussions/t/{}/"),
    ("post", "/discussions/drafts/keep/", "post", "place", "reply.{}"),
    ("post", "/discussions/drafts/keep/", "post", "place", "edit.{}"),
    ("space", "/discussions/drafts/keep/", "post", "place", "thread.{}"),
    ("thread", "/discussions/drafts/keep/", "post", "place", "stand.{}"),
    ("name", "/discussions/threads/{open}/reply/", "post", "name", "{}"),
    ("space slug", "/search/", "get", "q", "in:{}"),
    ("name", "/search/", "get", "q", "van:lid-{}"),
    ("space", "/discussions/imports/new/", "post", "space", "{}"),
]
OURS = ("accounts", "experts", "discussions", "letters", "notifications", "search", "cms")
_KEY_PARTS = ("pk", "key", "secret", "token", "slug")
# The keys of forms, and what a visitor sent, encrypted, on its way through sign-in.
_THROWN = re.compile(rb'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=name="carried" value=")[^"]+')
# One query more where the address lived once: whoever has it was given it, and knows that.
ONE_MORE = {"notifications:feed"}
_QUERIES = re.compile(rb"X-Queries: \d+")
_SEEN = {("dora", "letter"), ("dora", "letter slug")}  # drafts of letters are for coordinators


class Cage:
    """Something of every kind that Cas, Eva and Dora may not see, made by Anna in the circle, by key."""

    def __init__(self, hub: TopicHubPage) -> None:
        now = timezone.now()
        self.cas, self.eva, anna = make_member("Cas"), make_member("Eva"), make_member("Anna")
        self.dora, fee = make_member("Dora", role="coordinator"), make_member("Fee", role="coordinator")
        circle: Circle = circles.create(by=None, slug="kern", name="Kern")
        for user in (anna, fee, self.eva):
            circles.add(by=None, circle=circle, user=user)
        name = first_name(anna)
        open_space = spaces.open_space(by=self.dora, slug="open", name="Open")
        space = spaces.open_space(by=fee, slug="dicht", name="Dicht", circle=circle)
        self.open_thread = threads.open_thread(
            by=self.cas, name=first_name(self.cas), space=open_space, title="Open gesprek", text="Dag."
        )
        posts.reply(by=self.eva, name=first_name(self.eva), thread=self.open_thread, text="Hoi.")
        thread = threads.open_thread(by=anna, name=name, space=space, title="Dicht gesprek", text="Stil.")
        self.post = Post.objects.get(thread=thread)
        answer = posts.reply(by=self.eva, name=first_name(self.eva), thread=thread, text="Van Eva.")
        poll = polls.open_poll(
            by=anna, name=name, thread=thread, question="Ja?", options=["a", "b"], closes_at=now + timedelta(days=1)
        )
        file = attachments.hand_in(by=anna, file=BytesIO(photo()), at=now)
        waits = attachments.hand_in(by=anna, file=BytesIO(photo()), at=now)
        posts.reply(by=anna, name=name, thread=thread, text="Kijk.", attached=[file.key])
        drafts.keep(by=anna, place=Place(Kind.REPLY, self.post.pk), text="Half.", filled={})
        reports.report(by=anna, post=answer, grounds="attack", words="Zie.")
        gone = threads.open_thread(by=anna, name=name, space=space, title="Weg gesprek", text="Weg.")
        tidying.merge(by=fee, thread=gone, into=thread, reason="Bijeen.")
        removed = threads.open_thread(by=anna, name=name, space=open_space, title="Verwijderd", text="Weg.")
        threads.remove(by=fee, thread=removed, reason="Proef")
        hidden = posts.reply(by=anna, name=name, thread=thread, text="Te veel.")
        posts.delete(by=fee, post=hidden, reason="Te veel.")
        decision = Decision.objects.get(post=hidden)
        appeal = appeals.appeal(by=anna, decision=decision, words="Nee hoor.")
        asked = threads.open_thread(by=anna, name=name, space=open_space, title="Vraag", text="Wie?", anonymously=True)
        retired = names.create(by=anna, holder=anna, display_name="Vlinder")
        names.retire(by=anna, name=retired)
        parked = ParkedReply.objects.create(
            recipient=anna, post=self.post, reason="signature", text="Per mail.", received_at=now
        )
        invitation, secret = invitations.invite(by=self.dora, email="nieuw@cast.invalid")
        invitations.withdraw(by=self.dora, invitation=invitation)
        page = plant(hub, ArticlePage, "Gesloten", slug="gesloten", by=fee)
        close(page, "circle", by=fee, circle=circle)
        ours = Organisation.objects.create(slug="o", name="Ons huis", kind="ngo")
        letter = Letter.objects.create(slug="klad", title_nl="Klad", title_en="Draft", initiator=ours)
        batch = Import.objects.create(space=space, by=fee)
        issue = Issue.objects.create(
            recipient=anna, kind="digest", window_from=now - timedelta(days=1), window_to=now, planned_at=now
        )
        token = feeds.open_feed(by=self.eva, space=space, at=now)
        circles.remove(by=None, circle=circle, user=self.eva)
        self.keys: dict[str, list[Any]] = {
            "thread": [thread.pk, gone.pk, removed.pk],
            "post": [self.post.pk, answer.pk, hidden.pk],
            "poll": [poll.pk],
            "space": [space.pk],
            "space slug": [space.slug],
            "draft": [Draft.objects.get(author=anna).pk],
            "decision": [decision.pk],
            "appeal": [appeal.pk],
            "tidying": [Tidying.objects.get(other=gone).pk],
            "import": [batch.pk],
            "issue": [issue.pk],
            "file": [file.key, waits.key],
            "name": [retired.key, asked.author.key],
            "parked": [parked.pk],
            "invitation": [invitation.pk],
            "secret": [secret],
            "page": [page.pk],
            "page key": [page.translation_key],
            "letter": [letter.pk],
            "letter slug": [letter.slug],
            "feed": [token],
        }
        self.viewers: dict[str, Viewer] = {
            "visitor": AnonymousUser(),
            "cas": self.cas,
            "eva": self.eva,
            "dora": self.dora,
        }
        self.insiders = (anna, fee)


def addresses() -> dict[str, list[str]]:
    """Our addresses that take a key: the name of each, and how its parts are called. Wagtail's own side asks Wagtail's
    own permissions (tests/cms/test_editors.py)."""
    found = dict(_named(get_resolver(), ""))
    return {name: parts for name, parts in found.items() if parts and not name.startswith(("wagtail", "mfa_"))}


def _named(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, list[str]]]:
    for name in resolver.reverse_dict:
        if isinstance(name, str):
            yield prefix + name, resolver.reverse_dict.getlist(name)[0][0][0][1]
    for space, (_start, inner) in resolver.namespace_dict.items():
        if space in OURS:
            yield from _named(inner, f"{prefix}{space}:")


def kind_of(name: str) -> str | None:
    return next((kind for pattern, kind in KINDS.items() if re.fullmatch(pattern, name)), None)


def never(key: Any) -> Any:
    """A key that nothing has, of the same looks."""
    if isinstance(key, int):
        return key + NEVER
    text = str(key)
    return UUID(text[-12:] + text[12:24] + text[:12]) if isinstance(key, UUID) else text[::-1]


def address_of(name: str, parts: list[str], key: Any) -> str:
    holds = next(part for part in _KEY_PARTS if part in parts)
    return reverse(name, kwargs={part: key if part == holds else PARTS.get(part, "x") for part in parts})


def entered(viewer: Viewer) -> SimpleCookie:
    """The cookies of `viewer`, who signed in just now."""
    browser = Watching()
    if isinstance(viewer, User):
        browser.force_login(viewer)
    return browser.cookies


def answered(cookies: SimpleCookie, how: str, address: str, sent: dict[str, str], key: Any) -> bytes:
    """All that comes back to who has `cookies`, with the key taken out; as if nothing had been asked before."""
    cache.clear()
    with transaction.atomic():
        browser = Watching()
        browser.cookies = SimpleCookie({name: morsel.value for name, morsel in cookies.items()})
        answer = browser.post(address, sent) if how == "post" else browser.get(address, sent)
        transaction.set_rollback(True)
    answer.headers.pop("Content-Length", None)
    plain = _THROWN.sub(b"", NONCES.sub(rb"\1", whole(answer).replace(str(key).encode(), b"KEY")))
    return plain.replace(quote(str(key), safe="").encode(), b"KEY")


@pytest.fixture
def cage(tree: Tree) -> Iterator[Cage]:  # noqa: F811  as above
    """Keys begin at a number that stands nowhere else in a page."""
    with as_if_new(), standing_still():
        yield Cage(tree.hub)


def test_every_address_with_a_key_is_tried_or_hides_nothing() -> None:
    """S2. A new address that takes a key is said here what it takes."""
    unknown = {name for name in addresses() if kind_of(name) is None and name not in NOTHING_HIDDEN}
    assert not unknown
    assert not set(NOTHING_HIDDEN) - set(addresses()) - {"account_confirm_email"}
    assert len(addresses()) > 70


def test_what_one_may_not_see_answers_like_what_never_was(cage: Cage) -> None:
    """S2, P6. By every address that takes a key, looked at and sent to."""
    told = []
    viewers = {who: entered(viewer) for who, viewer in cage.viewers.items()}
    for (who, viewer), (name, parts) in product(viewers.items(), addresses().items()):
        kind = kind_of(name)
        if kind is None or (who, kind) in _SEEN:
            continue
        for number, key in enumerate(cage.keys[kind]):
            for how in ("get", "post") if number == 0 else ("get",):
                sent = SENT if how == "post" else {}
                hidden, nothing = (
                    answered(viewer, how, address_of(name, parts, one), sent, one) for one in (key, never(key))
                )
                if name in ONE_MORE:
                    hidden, nothing = (_QUERIES.sub(b"", answer) for answer in (hidden, nothing))
                if hidden != nothing:
                    told.append((who, name, how, number, first_difference(hidden, nothing)))
    assert told == []


def test_a_key_in_what_is_sent_tells_nothing_either(cage: Cage) -> None:
    """S2, P6, D3, D8. Where posts go, what is joined, what a draft belongs to, whom a text calls, what it links to."""
    told = []
    viewers = {who: entered(viewer) for who, viewer in cage.viewers.items()}
    for (who, viewer), (kind, address, how, field, value) in product(viewers.items(), FIELDS):
        for number, key in enumerate(cage.keys[kind]):
            hidden, nothing = (
                answered(
                    viewer,
                    how,
                    address.replace("{open}", str(cage.open_thread.pk)).replace("{}", str(one)),
                    (SENT if how == "post" else {}) | {field: value.replace("{}", str(one))},
                    one,
                )
                for one in (key, never(key))
            )
            if hidden != nothing:
                told.append((who, address, field, kind, number, first_difference(hidden, nothing)))
    assert told == []


def test_whoever_may_see_it_does(cage: Cage) -> None:
    """A walk that gets nowhere proves nothing."""
    opened = set()
    for viewer, (name, parts) in product(map(entered, cage.insiders), addresses().items()):
        kind = kind_of(name)
        for key in cage.keys[kind] if kind else ():
            if answered(viewer, "get", address_of(name, parts, key), {}, key)[:3] in (b"200", b"302"):
                opened.add(kind)
    assert opened >= {"thread", "post", "poll", "space slug", "draft", "decision", "file", "import", "parked"}
    assert opened >= {"page", "letter", "letter slug"}
