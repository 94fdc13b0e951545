"""What a coordinator decided reaches author and reporter: on the site in words, by mail as one that says nothing; and
a call that was taken back is told no more (D13, D6)."""

from datetime import timedelta

import pytest

from accounts.models import User
from discussions.actions import appeals, posts, reports, threads
from discussions.models import Decision, Space, Thread
from discussions.models.decision import Act, Grounds
from notifications.actions import notices
from notifications.models import Delivery, Note, Notice
from tests.cast import client_of, make_member
from tests.discussions.conftest import opening_of
from tests.harness.mail import MailServer
from tests.notifications.conftest import MORNING, follows, reply, sweep, wants

WHY = "Redenkanarie"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def decision(bram: User, cas: User, coordinator: User, thread: Thread) -> Decision:
    """Bram's post is hidden after Cas reported it."""
    post = reply(bram, thread, "Postkanarie")
    reports.report(by=cas, post=post, grounds=Grounds.HARM, words="Meldkanarie", at=MORNING)
    return reports.decide(by=coordinator, post=post, act=Act.REMOVE_POST, grounds=Grounds.HARM, reason=WHY, at=MORNING)


def inbox(user: User) -> str:
    page = client_of(user).get("/notifications/").content.decode()
    return page[page.index("<main") : page.index("</main")]


def test_author_and_reporter_find_it_in_their_inbox_until_they_open_it(
    anna: User, bram: User, cas: User, coordinator: User, decision: Decision, quiet: list[str]
) -> None:
    """D13. The author with the reason, the reporter without; nobody else anything; no name anywhere."""
    assert "Je bericht is verborgen" in inbox(bram) and WHY in inbox(bram)
    assert "Er is gekeken naar wat je meldde" in inbox(cas) and WHY not in inbox(cas)
    assert not [name for name in ("Cas", "Dora") if name in inbox(bram)] and "Dora" not in inbox(cas)
    for other in (anna, coordinator):
        assert "Van de coördinatoren" not in inbox(other)
    client_of(bram).get(f"/discussions/decisions/{decision.pk}/")
    client_of(cas).get("/discussions/reports/mine/")
    assert not Notice.objects.unread().exists() and "Van de coördinatoren" not in inbox(bram)


def test_what_comes_of_an_appeal_is_told_too(bram: User, decision: Decision, quiet: list[str]) -> None:
    """D13."""
    plea = appeals.appeal(by=bram, decision=decision, words="Nee.", at=MORNING + timedelta(hours=1))
    eva = make_member("Eva", role="coordinator")
    appeals.settle(by=eva, appeal=plea, outcome="reversed", answer="Klopt.", at=MORNING + timedelta(hours=2))
    assert "Er is gekeken naar je bezwaar" in inbox(bram)


@pytest.mark.parametrize("detail", ["full", "titles", "discreet"])
def test_mail_of_a_decision_is_the_mail_of_any_news_and_says_nothing(
    bram: User, cas: User, decision: Decision, mail: MailServer, detail: str
) -> None:
    """D13, N3, S4. At every level: no reason, title, word or name; the sender is the neutral one."""
    for user in (bram, cas):
        wants(user, detail=detail)
    sweep(MORNING + timedelta(minutes=1))
    for user in (bram, cas):
        (letter,) = mail.to(user.email)
        text = (bytes(letter.message) + letter.text.encode()).decode().replace(user.email, "")
        said = ("kanarie", "Prikken", "Bram", "Cas", "Dora", "verborgen", "meld", "besluit", "coördinator")
        assert not [word for word in said if word.lower() in text.lower().replace("meld je aan", "")], text
        assert "/notifications/" in letter.text and letter.message["List-Unsubscribe-Post"]
    sweep(MORNING + timedelta(minutes=2))
    assert len(mail.to(bram.email)) == 1


def test_who_wants_no_mail_or_a_steady_one_or_quiet_is_not_mailed_now(
    bram: User, cas: User, coordinator: User, thread: Thread, mail: MailServer
) -> None:
    """N2, N4. On the site it stands at once."""
    wants(bram, rhythm="never")
    wants(cas, detail="discreet", is_steady=True)
    quiet = wants(make_member("Gijs"), quiet_from=7, quiet_to=9)  # it is eight in the morning
    post = reply(bram, thread)
    for reporter in (cas, quiet):
        reports.report(by=reporter, post=post, grounds=Grounds.HARM, at=MORNING)
    posts.delete(by=coordinator, post=post, reason=WHY, at=MORNING)
    assert Notice.objects.count() == 3 and Note.objects.get().recipient == quiet
    sweep(MORNING + timedelta(minutes=1))
    assert not mail.to(quiet.email)
    sweep(MORNING + timedelta(hours=2))
    assert len(mail.to(quiet.email)) == 1 and not mail.to(bram.email)


def test_whoever_asked_as_a_member_is_told_and_stays_unknown(
    bram: User, cas: User, coordinator: User, space: Space, quiet: list[str]
) -> None:
    """D12, D13."""
    veiled = threads.open_thread(by=bram, space=space, title="Vraag", text="Wie?", anonymously=True, at=MORNING)
    posts.delete(by=coordinator, post=opening_of(veiled), reason=WHY, at=MORNING)
    assert WHY in inbox(bram) and "Bram" not in inbox(coordinator)
    assert not Notice.objects.visible_to(coordinator).exists()


def test_telling_twice_is_telling_once(bram: User, decision: Decision, quiet: list[str]) -> None:
    """R1."""
    notices.tell_of_decision(decision)
    assert Notice.objects.count() == 2 and Note.objects.count() == 2


def test_a_call_that_was_taken_out_is_told_no_more(
    anna: User, bram: User, cas: User, thread: Thread, mail: MailServer
) -> None:
    """D6, N12. Gone for whoever was only called; whoever follows it anyway is told of it as of any post."""
    wants(bram)
    wants(cas)
    follows(cas, thread)
    post = reply(anna, thread, "Vraag het @bram of @cas.")
    sweep(MORNING - timedelta(hours=2))
    assert set(Delivery.objects.values_list("recipient", "reason")) == {(bram.pk, "mention"), (cas.pk, "mention")}
    assert "noemde je" in inbox(cas)
    posts.edit(by=anna, post=post, text="Laat maar.", at=MORNING - timedelta(hours=1))
    told = Delivery.objects.exclude(state="suppressed").values_list("recipient", "reason")
    assert set(told) == {(cas.pk, "following")}
    assert "Prikken op locatie" not in inbox(bram) and "noemde je" not in inbox(cas)
    sweep(MORNING)
    assert not mail.to(bram.email) and len(mail.to(cas.email)) == 1
