"""No overview is longer than three screens of a phone, whatever it holds; what doesn't fit is counted (N11).

As a reader has it: the mail that left over SMTP, in Chromium, 360 px wide. The room in it is given out by an estimate
(notifications/room.py), which is held against Chromium here as well.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import escape, unescape
from math import ceil
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, ViewportSize

from accounts.models import Preferences, User
from cms.models import ArticlePage
from discussions.actions import polls, threads
from discussions.models import Space, Thread
from experts.models import Name, Organisation
from letters.models import Letter
from letters.signals import letter_moved_on
from notifications import room
from notifications.beside import LetterNews, Vote
from notifications.beside import Page as News
from notifications.filling import Told, fill
from notifications.items import Conversation, Item
from notifications.models import Delivery, Event
from swexpertise.start.places import ROOT
from tests.cast import first_name, make_member
from tests.cms.conftest import Tree, plant, tree
from tests.harness.browser import fits_width
from tests.harness.mail import MailServer, Received
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

__all__ = ["tree"]  # a fixture
PHONE, DESK = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=800)
THREE_SCREENS, THREE_ON_A_DESK = 2220, 2400  # pixels
LINES, COLUMNS = 3 * 45, 72  # of a program that shows plain text
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SAYS = "Bij ons kan het op dinsdagmiddag, als je van tevoren belt en zegt waarvoor je komt. "
# What people write, as wide and as long as it may be.
TITLES = {
    "as people write": "Hoe vraag ik naar werk zonder dat het een oordeel wordt, en wat doe ik met het antwoord",
    "without a space": "W" * 200,
    "of pictures": "👩🏽‍⚕️" * 40,
    "in capitals": "OMGANG MET MEDEWERKERS VAN GEMEENTEN " * 5,
}


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=PHONE)
    yield page
    page.close()


def height(page: Page, html: str, *, at: ViewportSize = PHONE) -> int:
    """Of the whole mail; fails where something sticks out sideways."""
    page.set_viewport_size(at)
    page.set_content(html)
    assert fits_width(page)
    return int(page.evaluate("document.documentElement.scrollHeight"))


def texts(received: Received) -> tuple[str, str]:
    """Of the plain part and of the other, as they are read."""
    words = re.sub(r"<[^>]+>", "", received.html.partition("</head>")[2])
    return received.text, unescape(words)


def left_out(received: Received, what: str) -> int:
    """How many more there are of something, as plain text and HTML both say."""
    words = {
        "calls": r"(?:En nog (\d+) berichten? voor jou|And (\d+) more posts? for you)",
        "votes": r"(?:En nog (\d+) stemming|And (\d+) more votes?)",
        "posts": r"(?:En nog (\d+) berichten?\b(?! voor| in)|And (\d+) more posts?\b(?! for| in))",
        "letters": r"(?:En nog (\d+) brie|And (\d+) more letter)",
        "pages": r"(?:En nog (\d+) pagina|And (\d+) more page)",
    }[what]
    one, other = (["".join(found) for found in re.findall(words, said)] for said in texts(received))
    assert one == other and len(one) <= 1
    return int(one[0]) if one else 0


def shown(received: Received, mark: str) -> list[int]:
    """The numbers behind `mark` that stand in it, the same in both parts."""
    one, other = ([int(n) for n in dict.fromkeys(re.findall(rf"{mark}-(\d+)", said))] for said in texts(received))
    assert one == other
    return one


CALLS, VOTES, FOLLOWED, LETTERS, PAGES = 24, 6, 10, 4, 4


@pytest.fixture
def readers(cas: User, coordinator: User) -> list[User]:
    """In Dutch, with something beside it that can't be named; in English; and titles only."""
    elly, tess = make_member("Elly"), make_member("Tess")
    return [wants(cas), wants(elly, language="en"), wants(tess, detail="titles")]


@pytest.fixture
def crowd(anna: User, bram: User, coordinator: User, space: Space, tree: Tree, readers: list[User]) -> Any:
    """Makes a week in which there was too much of everything, all of it with such titles and names."""

    def make(title: str) -> None:
        for place, user in enumerate((anna, bram)):
            name = f"{place} {title}"[:80]
            Name.objects.filter(pk=first_name(user).pk).update(display_name=name)
        asked = [open_thread(anna, space, f"{n} {title}"[:200], "Tekst.", is_history=True) for n in range(3)]
        for number in range(CALLS):
            text = f"Roep-{number} {SAYS * 4} @cas @elly @tess"
            reply(bram, asked[number % 3], text, at=BEFORE + timedelta(seconds=number))
        for number in range(VOTES):
            polls.open_poll(
                by=anna, name=first_name(anna), thread=asked[0], question=f"Stem-{number} {title}"[:300],
                options=["Ja", "Nee"], closes_at=MORNING + (number + 1) * HOUR, at=BEFORE,
            )  # fmt: skip
        for number in range(FOLLOWED):
            topics = [f"{number % 4} {'W' * 36}"] if number % 2 else []
            other = open_thread(
                anna, space, f"Gesprek-{number} {title}"[:200], "Tekst.", is_history=True, topics=topics
            )
            threads.set_stand(by=anna, name=first_name(anna), thread=other, text=SAYS * 5)
            for reader in readers:
                follows(reader, other)
            for user in (bram, anna):
                reply(user, other, SAYS * 4)
        hidden = open_thread(anna, space, "Zwijgkanarie", "Tekst.", is_history=True)
        Thread.objects.filter(pk=hidden.pk).update(mail_detail="discreet")
        reply(bram, follow_all(readers[:1], hidden))
        initiator = Organisation.objects.create(slug="proud", name="PROUD", kind="ngo")
        for number in range(LETTERS):
            named = {"title_nl": f"Brief-{number} {title}"[:200], "title_en": f"Brief-{number} {title}"[:200]}
            letter = Letter.objects.create(
                slug=f"brief-{number}", state="open", initiator=initiator, occasion_nl=SAYS * 5, occasion_en=SAYS * 5,
                **named,
            )  # fmt: skip
            letter_moved_on.send(sender=Letter, letter=letter, was="draft", by=None, at=BEFORE)
        for number in range(PAGES):
            plant(
                tree.hub,
                ArticlePage,
                f"Pagina-{number} {title}"[:200],
                by=coordinator,
                summary=SAYS * 4,
                slug=f"pagina-{number}",
            )
        Event.objects.filter(page__isnull=False).update(at=BEFORE)

    return make


def follow_all(users: list[User], thread: Thread) -> Thread:
    for user in users:
        follows(user, thread)
    return thread


@pytest.mark.django_db
@pytest.mark.parametrize("title", TITLES)
def test_with_too_much_of_everything_it_is_three_screens(
    mail: MailServer, phone: Page, crowd: Any, readers: list[User], title: str
) -> None:
    """N11, N14. In Dutch and English, in full and by titles only. Something of each kind stands in it, of what calls
    for the reader the most, and the rest is counted; nothing of it comes again, and all of it waits on the site."""
    crowd(TITLES[title])
    sweep()
    assert len(mail.inbox) == len(readers)
    for reader in readers:
        (received,) = mail.to(reader.email)
        taken, is_ordinary = height(phone, received.html), title == "as people write"
        assert (THREE_SCREENS - 220 if is_ordinary else 0) < taken <= THREE_SCREENS
        assert height(phone, received.html, at=DESK) <= THREE_ON_A_DESK
        assert sum(ceil(max(len(line), 1) / COLUMNS) for line in received.text.strip().splitlines()) <= LINES
        calls = CALLS - left_out(received, "calls")
        told = received.text.partition(" —")[0]
        assert calls >= (5 if is_ordinary else 2) and calls == told.count("discussions/posts/")
        assert len(shown(received, "Stem")) == VOTES - left_out(received, "votes") >= (4 if is_ordinary else 1)
        discussions = shown(received, "Gesprek")
        assert 2 * (FOLLOWED - len(discussions)) == left_out(received, "posts") and discussions
        assert len(shown(received, "Brief")) == LETTERS - left_out(received, "letters") > 0
        assert len(shown(received, "Pagina")) == PAGES - left_out(received, "pages") > 0
        assert "Zwijgkanarie" not in received.text + received.html
        waiting = Delivery.objects.news_for(reader).unread()
        assert waiting.count() == CALLS + 2 * FOLLOWED + (1 if reader is readers[0] else 0)
    sweep(MORNING + DAY)
    assert len(mail.inbox) == len(readers)
    assert set(Delivery.objects.filter(channel="mail", recipient__in=readers).values_list("state", flat=True)) == {
        "sent"
    }


@pytest.mark.django_db
def test_a_discreet_one_says_no_more_when_there_is_more(mail: MailServer, crowd: Any, readers: list[User]) -> None:
    """N4, N11. Of a week with too much of everything it says what it always says, on less than a screen."""
    for reader in readers:
        Preferences.objects.filter(user=reader).update(mail_detail="discreet")
    crowd(TITLES["as people write"])
    sweep()
    assert len(mail.inbox) == len(readers)
    for received in mail.inbox:
        assert not received.html and len(received.text.splitlines()) < 10


@pytest.mark.django_db
def test_all_that_calls_stands_in_it_before_a_beginning_of_what_is_followed(
    mail: MailServer, phone: Page, anna: User, bram: User, cas: User, thread: Thread, space: Space
) -> None:
    """Ten calls of one discussion, and three discussions beside them: all ten stand in it, the discussion named once,
    and each of the others as well."""
    wants(cas)
    for number in range(10):
        reply(bram, thread, f"Roep-{number} @cas {SAYS}", at=BEFORE + timedelta(seconds=number))
    for number in range(3):
        other = open_thread(anna, space, f"Gesprek-{number}", "Tekst.", is_history=True)
        follows(cas, other)
        reply(bram, other, SAYS)
    sweep()
    (received,) = mail.to(cas.email)
    assert (
        received.text.count("noemde je in “Prikken op locatie”") == 1
        and received.text.count("noemde je daar ook") == 9
    )
    assert len(shown(received, "Gesprek")) == 3 and "En nog" not in received.text
    assert len(shown(received, "Roep")) >= 4
    assert height(phone, received.html) <= THREE_SCREENS


# The estimate.

ODD = [
    "W" * 120, "i" * 300, "👩🏽‍⚕️" * 30, "Дом " * 20, "中文字" * 30, "a" * 34 + " " + "b" * 200, "M m " * 40,
    "“" + "W" * 99 + "…”", "Titel: “" + "m" * 60 + "…” ja",
    "e-mail/adres—of–niet " * 8, ("a" * 20 + "-") * 9, "https://example.invalid/nl/kennis/veiligheid/?vraag=" * 3,
    "Ünïcödé ŁŽğ " * 12, ". " * 90,
]  # fmt: skip

WORDS = st.one_of(
    st.text(alphabet=st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=30),
    st.text(alphabet="WMwm@%ilj.", min_size=1, max_size=120),
    st.sampled_from(SAYS.split()),
)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)


@given(text=TEXTS, more=WORDS, font=st.sampled_from([room.TEXT, room.BOLD, room.HEADING, room.SMALL]))
def test_more_words_take_no_fewer_lines(text: str, more: str, font: room.Font) -> None:
    """And bold ones no fewer than others; nothing takes less than a line."""
    one = room.lines((text, font))
    assert 1 <= one <= room.lines((text, font), (more, font)) <= one + room.lines((more, font)) + 1
    assert room.lines((text, room.TEXT)) <= room.lines((text, room.BOLD))


@pytest.mark.parametrize("scheme", ["words", "odd"])
def test_the_estimate_is_never_less_than_what_chromium_takes(phone: Page, scheme: str) -> None:
    """Nor much more, of what people write: or a third screen would stand empty."""
    style = (ROOT / "swexpertise/templates/mail/style.css").read_text()
    texts = [(SAYS * 3)[length % 9 : length % 9 + length].strip() for length in range(5, 200, 7)]
    if scheme == "odd":
        texts = [
            *ODD,
            *("".join(chr(33 + (number * 7 * place) % 94) for place in range(number)) for number in (9, 70, 160)),
        ]
    taken = 0.0
    with translation.override("nl"):
        for text in texts:
            safe = escape(text)
            for estimate, html, box in (
                (room.heading(text) - 20, f"<h2>{safe}</h2>", "h2"),
                (room.title(text) - 12, f"<h3>{safe}</h3>", "h3"),
                (room.said(text) - 3, f'<p class="said">{safe}</p>', "p"),
                (room.facts(text) - 1, f'<p class="facts">{safe}</p>', "p"),
                (
                    room.stand(text) - 9,
                    f"<blockquote><strong>Waar we staan:</strong> {safe}</blockquote>",
                    "blockquote",
                ),
            ):
                phone.set_content(f'<style>{style}</style><div class="middle">{html}</div>')
                real = phone.locator(box).bounding_box()["height"]  # type: ignore[index]  # it is there
                assert real <= estimate, (text, html)
                taken += real / estimate
    assert scheme == "odd" or taken / (5 * len(texts)) > 0.9


def told_of(calls: list[str], counts: list[int], votes: list[str], letters: list[str], pages: list[str]) -> Told:
    def post(place: int, nth: int = 0) -> Item:
        return Item("following", f"Naam {place}", f"Titel {place}", BEFORE, f"/{place}/{nth}", SAYS)

    return Told(
        calls=len(calls),
        call=lambda place: Item("mention", "Bram", calls[place][:100], BEFORE, f"/{place}/", SAYS),
        counts=counts,
        heading=lambda place: (0, 0, f"Onderwerp {place // 2}"),
        conversation=lambda place: Conversation(f"Titel {place}", "", "/", BEFORE, SAYS, counts[place], ("Bram",), ()),
        post=post,
        votes=[Vote(title, title, MORNING, "/", False, True) for title in votes],
        letters=[LetterNews(title, "/", BEFORE, "letter_opened", SAYS, True) for title in letters],
        pages=[News(title, "/", SAYS, True) for title in pages],
    )


MANY = st.lists(TEXTS, max_size=30)


@settings(max_examples=60, deadline=None)
@given(calls=MANY, counts=st.lists(st.integers(1, 12), max_size=40), votes=MANY, letters=MANY, pages=MANY)
def test_what_is_shown_and_what_is_counted_is_all_there_is(
    calls: list[str], counts: list[int], votes: list[str], letters: list[str], pages: list[str]
) -> None:
    """N11. Of each kind something, the first of it, and how many the others are."""
    with translation.override("nl"):
        filled = fill(told_of(calls, counts, votes, letters, pages))
    for some, given_ in (
        (filled.calls, calls),
        (filled.votes, votes),
        (filled.letters, letters),
        (filled.pages, pages),
    ):
        assert len(some.shown) + some.more == len(given_) and bool(some.shown) == bool(given_)
    assert [item.path for item in filled.calls.shown] == [f"/{place}/" for place in range(len(filled.calls.shown))]
    conversations = [one for place in filled.places for one in place.conversations]
    assert [one.count for one in conversations] == counts[: len(conversations)] and bool(conversations) == bool(counts)
    assert sum(one.count for one in conversations) + filled.more == sum(counts)
    for place, one in enumerate(conversations):
        assert [item.path for item in one.items] == [f"/{place}/{nth}" for nth in range(len(one.items))]
        assert one.more == one.count - len(one.items) >= 0


def test_with_little_to_tell_all_of_it_is_told() -> None:
    """Nothing is shortened or counted where there is room."""
    with translation.override("nl"):
        filled = fill(told_of(["Titel"] * 2, [3, 1], ["Stem"], ["Brief"], ["Pagina"]))
    assert all(item.excerpt for item in filled.calls.shown) and not filled.more
    assert [len(one.items) for place in filled.places for one in place.conversations] == [3, 1]
    assert filled.letters.shown[0].excerpt and filled.pages.shown[0].teaser
