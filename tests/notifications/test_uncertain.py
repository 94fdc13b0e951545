"""The whole mail was handed over and no answer came: nobody knows whether it was taken (N9)."""

from datetime import timedelta

import pytest

from notifications import why
from notifications.actions import issues
from notifications.inbound.receiving import receive
from notifications.models import Delivery, Issue
from notifications.models.issue import State
from notifications.post_office import look
from tests.cast import client_of, make_member
from tests.harness.mail import HANG_UP, STALL
from tests.notifications.answering import DOMAIN
from tests.notifications.conftest import MORNING, follows, reply, sweep, wants

pytestmark = pytest.mark.django_db
FIRST, SECOND = timedelta(minutes=30), timedelta(hours=12)
A_MOMENT = timedelta(minutes=1)


@pytest.fixture
def hangs(mail, settings, bram, cas, thread):
    """The mail server takes Cas' overview, and says nothing."""
    settings.EMAIL_TIMEOUT = 1
    follows(wants(cas), thread)
    mail.answer(STALL)
    reply(bram, thread, "Kanariegeel.")
    sweep()
    return mail


@pytest.mark.parametrize("silence", [STALL, HANG_UP])
def test_a_silence_after_data_delays_nobody_and_is_tried_again_after_a_pause(
    mail, settings, bram, thread, silence
) -> None:
    """N9. With the same Message-ID, since it may have arrived."""
    settings.EMAIL_TIMEOUT = 1
    readers = [follows(wants(make_member(f"Lid {n}")), thread) for n in range(4)]
    mail.answer(silence)
    reply(bram, thread)
    sweep()
    assert [len(mail.to(reader.email)) for reader in readers] == [0, 1, 1, 1]
    uncertain = Issue.objects.get(recipient=readers[0])
    assert (uncertain.state, uncertain.unanswered, uncertain.attempts) == (State.UNCERTAIN, 1, 0)
    assert uncertain.not_before and MORNING + FIRST <= uncertain.not_before < MORNING + FIRST + A_MOMENT
    sweep(MORNING + FIRST - A_MOMENT)
    assert len(mail.attempts) == 4
    sweep(MORNING + FIRST + A_MOMENT)
    assert [len(mail.to(reader.email)) for reader in readers] == [1, 1, 1, 1]
    first, second = (tried.message["Message-ID"] for tried in mail.attempts if readers[0].email in tried.recipients)
    assert first == second == uncertain.message_id
    assert not Issue.objects.exclude(state=State.SENT).exists()


def test_it_is_tried_twice_more_and_then_set_aside(hangs, cas, coordinator) -> None:
    """N9. Three times handed over whole, never more; then a coordinator decides."""
    hangs.answer(STALL, STALL)
    at = MORNING + FIRST + A_MOMENT
    sweep(at)
    sweep(at + SECOND - 2 * A_MOMENT)
    assert len(hangs.attempts) == 2
    for day in range(1, 5):
        sweep(at + day * timedelta(days=1))
    assert len(hangs.attempts) == 3 and not hangs.inbox
    parked = Issue.objects.parked().get()
    page = client_of(coordinator).get("/notifications/delivery/").content.decode()
    assert parked.why == "no answer" and "no answer" in page
    assert issues.send_again(by=coordinator, pk=parked.pk)
    sweep(at + timedelta(days=6))
    (received,) = hangs.to(cas.email)
    assert received.message["Message-ID"] == parked.message_id


def test_coordinators_see_that_and_when_and_nobodys_name(hangs, cas, coordinator) -> None:
    """N9, P7."""
    said = client_of(coordinator).get("/notifications/delivery/").content.decode()
    assert "Misschien bezorgd, misschien niet" in said and "gaat opnieuw weg:" in said
    (row,) = look(now=MORNING).uncertain
    assert not look(now=MORNING).put_off and not look(now=MORNING).parked and look(now=MORNING).waiting == 1
    assert row.again_at is not None
    for word in ("Cas", "Kanariegeel", "Prikken", "Bram", "Zorg", cas.email, "@cast"):
        assert word not in said


def test_the_member_reads_that_they_may_have_it_already(hangs, cas) -> None:
    """N5."""
    post = Delivery.objects.filter(recipient=cas, channel="mail").get().event.post
    (answer,) = why.answers(cas, [post], now=MORNING)
    assert "misschien heb je hem al" in " ".join(answer.more)


def test_a_mail_server_that_is_away_makes_it_no_less_uncertain(hangs, settings, mail, cas) -> None:
    """N9. Whatever comes after it, the first may have arrived."""
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    at = MORNING + FIRST + A_MOMENT
    sweep(at)
    assert Issue.objects.get().state == State.UNCERTAIN
    settings.EMAIL_PORT = port
    mail.answer("451 4.3.0 Later")
    sweep(at + 2 * A_MOMENT)
    assert (Issue.objects.get().state, Issue.objects.get().attempts) == (State.UNCERTAIN, 1)
    sweep(at + timedelta(hours=1))
    assert Issue.objects.get().state == State.SENT and len(mail.to(cas.email)) == 1


def test_a_report_that_comes_back_says_that_it_had_left(mail, settings, bram, cas, thread) -> None:
    """N9, N21. Then no second copy goes; a report at an address that we didn't give changes nothing."""
    settings.EMAIL_TIMEOUT, settings.REPLY_DOMAIN = 1, DOMAIN
    follows(wants(cas), thread)
    mail.answer(STALL)
    reply(bram, thread)
    sweep()
    (tried,) = mail.attempts
    report = b"From: MAILER-DAEMON@cast.invalid\r\nMessage-ID: <1@x>\r\nSubject: Vertraagd\r\n\r\nNog niet."
    proof = tried.sender.partition(".")[2].partition("@")[0]
    receive(report, envelope_to=tried.sender.replace(proof, "0" * 16), envelope_from="", now=MORNING)
    assert Issue.objects.get().state == State.UNCERTAIN
    receive(report.replace(b"<1@x>", b"<2@x>"), envelope_to=tried.sender, envelope_from="", now=MORNING)
    assert Issue.objects.get().state == State.SENT
    assert Delivery.objects.get(recipient=cas, channel="mail").state == "sent"
    sweep(MORNING + timedelta(hours=2))
    assert len(mail.attempts) == 1


def test_what_was_read_meanwhile_is_not_sent_again(hangs, cas, thread) -> None:
    """N12."""
    follows(cas, thread, "muted")
    sweep(MORNING + FIRST + A_MOMENT)
    assert Issue.objects.get().state == State.SUPPRESSED and len(hangs.attempts) == 1
