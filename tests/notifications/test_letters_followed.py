"""Letters that somebody follows: told by the one ledger, as closely as they chose (N1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from experts.models import Organisation
from letters.actions import letters
from letters.models import Letter
from letters.models.letter import State
from letters.signals import letter_moved_on
from notifications.actions import events, issues, sending, watches
from notifications.models import Delivery, Event, Watch
from tests.cast import client_of
from tests.harness.mail import MailServer
from tests.notifications.conftest import BEFORE, MORNING, follows, reply, sweep, wants
from tests.notifications.test_who_is_told import table

pytestmark = pytest.mark.django_db
TABLE = table("letter")
DAY = timedelta(days=1)


@pytest.fixture
def letter(db: None) -> Letter:
    organisation = Organisation.objects.create(slug="proud", name="PROUD", kind="ngo")
    return Letter.objects.create(
        slug="wetsvoorstel",
        state=State.DRAFT,
        title_nl="Laat ons meepraten",
        title_en="Let us have our say",
        occasion_nl="Er komt een wet over ons werk.",
        occasion_en="There will be a law about our work.",
        initiator=organisation,
    )


def moves(letter: Letter, state: str, *, outcome: str = "", at: Any = BEFORE) -> None:
    """As loading does it: written, then announced."""
    was = letter.state
    letter.state, letter.outcome_nl, letter.outcome_en = state, outcome, outcome
    letter.save()
    letter_moved_on.send(sender=Letter, letter=letter, was=was, by=None, at=at)


HAPPENS: dict[str, Callable[[Letter], None]] = {
    "it opens": lambda letter: moves(letter, State.OPEN),
    "it closes": lambda letter: moves(letter, State.CLOSED),
    "it is handed over": lambda letter: moves(letter, State.DELIVERED),
    "something came of it": lambda letter: moves(letter, State.ANSWERED, outcome="De minister antwoordde."),
}


def is_followed(user: User, letter: Letter, level: str) -> None:
    """Also a draft, which only coordinators see yet."""
    if level != "nothing chosen":
        Watch.objects.create(user=user, letter=letter, level=level)


def test_the_table_is_whole() -> None:
    assert {column for _row, column, _cell in TABLE} == set(HAPPENS)
    assert {row for row, _column, _cell in TABLE} == {"watching", "following", "nothing chosen", "muted"}


@pytest.mark.parametrize(("level", "what", "told"), TABLE)
def test_each_cell(mail: MailServer, cas: User, letter: Letter, level: str, what: str, told: str) -> None:
    """N1."""
    is_followed(wants(cas), letter, level)
    HAPPENS[what](letter)
    events.fan_out(now=BEFORE)
    news = Delivery.objects.news_for(cas)
    assert news.exists() == (told in ("at once", "digest"))
    sweep(BEFORE + timedelta(minutes=10))
    at_once = len(mail.to(cas.email))
    sweep(MORNING)
    in_digest = len(mail.to(cas.email)) - at_once
    expected = {"at once": (1, 0), "digest": (0, 1), "digest, as new": (0, 1), "nothing": (0, 0)}
    assert (at_once, in_digest) == expected[told]


def test_what_the_mail_says(mail: MailServer, cas: User, letter: Letter) -> None:
    """N1, N14. The same in text and HTML, with what came of it and a link to stop."""
    is_followed(wants(cas), letter, "following")
    moves(letter, State.ANSWERED, outcome="De minister antwoordde.")
    sweep()
    (received,) = mail.to(cas.email)
    assert received.message["Subject"] == "Nieuws over de brief “Laat ons meepraten”"
    for said in (received.text, received.html):
        assert "Deze brief heeft iets opgeleverd." in said and "De minister antwoordde." in said
        assert f"https://swexpertise.invalid/notifications/letter/{letter.pk}/" in said
        assert "Geen mail meer over deze brief" in said


@pytest.mark.parametrize("detail", ["titles", "discreet", None])
def test_no_more_than_may_stand_in_mail(mail: MailServer, cas: User, letter: Letter, detail: str | None) -> None:
    """N3, N4."""
    is_followed(wants(cas, detail=detail), letter, "following")
    moves(letter, State.ANSWERED, outcome="De minister antwoordde.")
    sweep()
    (received,) = mail.to(cas.email)
    whole = str(received.message["Subject"]) + received.text + received.html
    assert "De minister" not in whole
    assert ("Laat ons meepraten" in whole) == (detail == "titles")
    assert ("brief" in whole.lower()) == (detail == "titles")


def withdrawn(cas: User, letter: Letter) -> None:
    letter.state = State.DRAFT
    letter.save()


def closed_to_members(cas: User, letter: Letter) -> None:
    letter.audience = "coordinators"
    letter.save()


def no_longer_followed(cas: User, letter: Letter) -> None:
    watches.watch(by=cas, thing=letter, level="muted")


def read_meanwhile(cas: User, letter: Letter) -> None:
    path = f"/notifications/letter/{letter.pk}/"
    for nobody in (Client().get(path), client_of(cas).head(path)):
        assert nobody["Location"] == "/letters/wetsvoorstel/"
        assert Delivery.objects.news_for(cas).unread().filter(event__letter=letter).exists()
    assert client_of(cas).get(path)["Location"] == "/letters/wetsvoorstel/"


def gone(cas: User, letter: Letter) -> None:
    letter.delete()


@pytest.mark.parametrize("cause", [withdrawn, closed_to_members, no_longer_followed, read_meanwhile, gone])
@pytest.mark.parametrize("rhythm", ["daily", "at_once"])
@pytest.mark.parametrize("moment", ["before planning", "after planning"])
def test_what_changed_meanwhile_is_absent_everywhere(
    mail: MailServer, anna: User, cas: User, thread: Any, letter: Letter, cause: Any, rhythm: str, moment: str
) -> None:
    """N5, N12. From text, title, subject and count, inbox and catching up; what remains is told."""
    follows(wants(cas, rhythm=rhythm), thread)
    is_followed(cas, letter, "following")
    moves(letter, State.OPEN)
    reply(anna, thread, "Dit blijft.", at=BEFORE)
    events.fan_out(now=BEFORE)
    assert Delivery.objects.news_for(cas).unread().count() == 2
    due = MORNING if rhythm == "daily" else BEFORE + timedelta(minutes=11)
    if moment == "after planning":
        issues.plan(now=due)
    cause(cas, letter)
    sending.send_all(now=due)
    sweep(due)
    (received,) = mail.to(cas.email)
    client = client_of(cas)
    unread = client.get("/notifications/").content.decode().partition("Eerder gelezen")[0]
    on_end = client.get("/notifications/catch-up/").content.decode()
    for said in (str(received.message["Subject"]), received.text, received.html, unread, on_end):
        assert "Laat ons meepraten" not in said
    assert "Dit blijft." in received.text and Delivery.objects.news_for(cas).unread().count() == 1


def test_it_stands_in_inbox_catching_up_and_feed(cas: User, letter: Letter) -> None:
    """N5. One list."""
    from notifications.feeds import feed_for

    is_followed(wants(cas), letter, "following")
    moves(letter, State.OPEN, at=timezone.now())
    events.fan_out(now=BEFORE)
    client = client_of(cas)
    inbox = client.get("/notifications/").content.decode()
    with translation.override("nl"):
        feed = feed_for(User.objects.get(pk=cas.pk))
    for said in (inbox, client.get("/notifications/catch-up/").content.decode(), feed):
        assert "Laat ons meepraten" in said and "Deze brief is nu open." in said
    assert ">1<span" in inbox.replace("\n", "")
    newest = Delivery.objects.get(recipient=cas, channel="inbox").event_id
    client.post("/notifications/read/", {"shown": str(newest)})
    assert not Delivery.objects.news_for(cas).unread().exists()
    assert not Delivery.objects.filter(recipient=cas, read_at=None).exists()  # nor mailed any more


def test_everything_is_read_up_to_here_with_the_letters(cas: User, letter: Letter) -> None:
    """N5. What came after the page was made stays unread."""
    is_followed(wants(cas), letter, "following")
    moves(letter, State.OPEN)
    events.fan_out(now=BEFORE)
    newest = Delivery.objects.get(recipient=cas, channel="inbox").event_id
    moves(letter, State.CLOSED)
    events.fan_out(now=BEFORE)
    client_of(cas).post("/notifications/read/", {"shown": str(newest)})
    (left,) = Delivery.objects.news_for(cas).unread()
    assert left.event.kind == "letter_closed"


def test_a_letter_is_followed_on_its_page_without_script(cas: User, letter: Letter) -> None:
    """N1."""
    letter.state = State.OPEN
    letter.save()
    client = client_of(wants(cas))
    page = client.get("/letters/wetsvoorstel/").content.decode()
    assert f'action="/notifications/watch/letter/{letter.pk}/"' in page and "Gedempt" not in page and "Niet" in page
    client.post(f"/notifications/watch/letter/{letter.pk}/", {"level": "following"})
    assert Watch.objects.get(user=cas).level == "following"
    settings = client.get("/notifications/settings/").content.decode()
    assert "Laat ons meepraten" in settings
    client.post(f"/notifications/watch/letter/{letter.pk}/", {"level": "muted"})
    assert Watch.objects.get(user=cas).level == "muted"
    assert "notifications/watch/letter" not in Client().get("/letters/wetsvoorstel/").content.decode()


def test_a_draft_is_followed_by_whoever_sees_it_only(cas: User, coordinator: User, letter: Letter) -> None:
    """N12. To a member it isn't there."""
    assert client_of(cas).post(f"/notifications/watch/letter/{letter.pk}/", {"level": "following"}).status_code == 404
    with pytest.raises(PermissionDenied):
        watches.watch(by=cas, thing=letter, level="following")
    watches.watch(by=coordinator, thing=letter, level="following")
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.create(user=cas, letter=letter, level="normal")


def test_the_link_in_the_mail_stops_that_letter(mail: MailServer, cas: User, letter: Letter) -> None:
    """N15. One click, no cookie; twice is harmless; a foreign key answers alike."""
    is_followed(wants(cas), letter, "following")
    moves(letter, State.OPEN)
    sweep()
    (received,) = mail.to(cas.email)
    path = next(word for word in received.text.split() if "/stop/" in word and "/letter/" in word).removeprefix(
        "https://swexpertise.invalid"
    )
    assert Client().get(path).status_code == 200 and Watch.objects.get(user=cas, letter=letter).level == "following"
    answers = [Client().post(path), Client().post(path), Client().post(f"/notifications/stop/{'0' * 32}/letter/1/")]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert Watch.objects.get(user=cas, letter=letter).level == "muted"
    moves(letter, State.CLOSED, at=MORNING + timedelta(hours=1))
    sweep(MORNING + DAY)
    assert len(mail.to(cas.email)) == 1


def test_loading_tells_of_what_went_on_and_of_nothing_else(db: None) -> None:
    """N1, L1. A letter that comes in is history; one that was here is news when it went on."""
    from experts.actions import organisations

    organisations.load()
    row = {
        "slug": "x", "state": "open", "title": {"nl": "X", "en": "X"}, "initiator": "proud",
        "recipients": [], "sources": [],
    }  # fmt: skip
    letters.load([row], at=BEFORE)
    letters.load([row | {"title": {"nl": "Y", "en": "Y"}}], at=BEFORE)
    assert not Event.objects.exists()
    letters.load([row | {"state": "closed"}], at=BEFORE)
    letters.load([row | {"state": "closed", "outcome": {"nl": "Ja.", "en": "Yes."}}], at=BEFORE)
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == ["letter_closed", "letter_answered"]
    letters.load([row | {"state": "draft"}], at=BEFORE)
    assert Event.objects.count() == 2


def test_a_new_letter_is_offered_once_to_whoever_chose_nothing(mail: MailServer, cas: User, letter: Letter) -> None:
    """N6, N11. In the overview of its window, and in no other; not to whoever keeps a discreet mailbox."""
    wants(cas)
    moves(letter, State.OPEN)
    sweep()
    sweep(MORNING + DAY)
    (received,) = mail.to(cas.email)
    assert received.message["Subject"] == "Nieuwe brief: “Laat ons meepraten”"
    assert "Er komt een wet over ons werk." in received.text


@pytest.mark.parametrize("cause", [withdrawn, closed_to_members, gone])
def test_a_new_letter_that_was_withdrawn_is_offered_to_nobody(
    mail: MailServer, cas: User, letter: Letter, cause: Any
) -> None:
    """N12. Then there is nothing to tell, and no mail."""
    wants(cas)
    moves(letter, State.OPEN)
    events.fan_out(now=BEFORE)
    issues.plan(now=MORNING)
    cause(cas, letter)
    sending.send_all(now=MORNING)
    assert not mail.inbox
