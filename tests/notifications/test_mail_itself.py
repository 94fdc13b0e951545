"""The mail itself: discreet when it must be, refused by one and delivered to the rest, and easy to stop."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Preferences
from discussions.actions import reading
from discussions.models import Space
from notifications.actions import events, issues, sending
from notifications.models import Issue, Watch
from notifications.models.issue import State
from tests.cast import client_of, make_member
from tests.harness.mail import HANG_UP
from tests.notifications.conftest import MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_mail_is_discreet_until_the_member_chose(mail, bram, cas, thread) -> None:
    """N3, N4. No name, title, space, number or excerpt in any header or part."""
    follows(wants(cas, detail=None), thread)
    reply(bram, thread, "Kanariegeel, @cas.")
    sweep()
    (received,) = mail.to(cas.email)
    whole = received.message.as_string()
    for word in ("Kanariegeel", "Bram", "Prikken", "Zorg", "zorg", "Swexpertise <", str(thread.pk) + "/"):
        assert word not in whole
    assert received.message["From"] == "post@swexpertise.invalid"


def test_one_event_and_a_hundred_give_the_same_bytes(mail, anna, bram, cas, thread) -> None:
    """N4. But for the Message-ID, of fixed length; and the moment."""
    follows(wants(cas, detail="discreet"), thread)
    reply(bram, thread)
    sweep()
    for number in range(100):
        reply(anna, thread, f"Nummer {number} voor @cas.", at=MORNING + timedelta(seconds=number + 1))
    sweep(MORNING + DAY)
    one, hundred = (received.message.as_bytes() for received in mail.to(cas.email))
    assert len(one) == len(hundred)

    def constant(mail: bytes) -> bytes:
        return re.sub(rb"Message-ID: <[0-9a-f]{32}@|Date: .{31}", b"", mail)

    assert constant(one) == constant(hundred) and len(constant(one)) > 300


@pytest.mark.parametrize(
    ("member", "of_space", "title", "text"),
    [
        ("full", "full", True, True),
        ("full", "titles", True, False),
        ("titles", "full", True, False),
        ("full", "discreet", False, False),
        ("discreet", "full", False, False),
    ],
)
def test_the_strictest_wins(mail, bram, cas, thread, space, member, of_space, title, text) -> None:
    """N3."""
    Space.objects.filter(pk=space.pk).update(mail_detail=of_space)
    follows(wants(cas, detail=member), thread)
    reply(bram, thread, "Kanariegeel.")
    sweep()
    (received,) = mail.to(cas.email)
    whole = received.message.as_string() + received.text + received.html + str(received.message["Subject"])
    assert ("Prikken op locatie" in whole) == title and ("Kanariegeel" in whole) == text


def test_beside_what_may_be_named_the_discreet_is_only_hinted_at(mail, anna, bram, cas, thread, coordinator) -> None:
    """N3."""
    from discussions.actions import spaces

    quiet = spaces.open_space(by=coordinator, slug="stil", name="Stilte")
    Space.objects.filter(pk=quiet.pk).update(mail_detail="discreet")
    other = open_thread(anna, quiet, "Zwijgkanarie", "Tekst.", is_history=True)
    follows(follows(wants(cas), thread), other)
    reply(bram, thread, "Gewoon.")
    reply(bram, other, "Kanariegeel.")
    sweep()
    (received,) = mail.to(cas.email)
    whole = received.text + received.html + str(received.message["Subject"])
    assert "Gewoon." in whole and "Op de site staat nog iets voor je klaar" in received.text
    for word in ("Stilte", "Zwijgkanarie", "Kanariegeel"):
        assert word not in whole


def test_a_looser_choice_later_reveals_nothing_that_was_sent(mail, bram, cas, thread) -> None:
    """N3."""
    follows(wants(cas, detail="discreet"), thread)
    reply(bram, thread, "Kanariegeel.")
    sweep()
    Preferences.objects.filter(user=cas).update(mail_detail="full")
    sweep(MORNING + DAY)
    assert len(mail.to(cas.email)) == 1


def test_headers_show_only_the_configured_domain(mail, bram, cas, thread) -> None:
    """N14. Date in UTC, Message-ID and greeting neutral."""
    import socket

    follows(wants(cas), thread)
    reply(bram, thread)
    sweep()
    (received,) = mail.to(cas.email)
    assert received.message["Date"].endswith("+0000") and "07:00:0" in received.message["Date"]
    assert re.fullmatch(r"<[0-9a-f]{32}@swexpertise\.invalid>", received.message["Message-ID"])
    assert received.message["Auto-Submitted"] == "auto-generated"
    if socket.gethostname() not in ("localhost", "swexpertise.invalid"):
        assert socket.gethostname() not in received.message.as_string()


def four(thread) -> list:
    return [follows(wants(make_member(f"Lid {n}")), thread) for n in range(4)]


def test_one_refused_address_delays_nobody(mail, bram, thread) -> None:
    """N9. 5xx is parked with its code, and visible; 4xx is tried again after a pause."""
    readers = four(thread)
    mail.refused_recipients = {readers[0].email: "550 5.1.1 No such user", readers[1].email: "450 4.2.1 Busy"}
    reply(bram, thread)
    sweep()
    assert [len(mail.to(reader.email)) for reader in readers] == [0, 0, 1, 1]
    parked = Issue.objects.parked().get()
    assert parked.recipient == readers[0] and parked.why == "550 SMTPRecipientsRefused"
    mail.refused_recipients.clear()
    sweep(MORNING + timedelta(seconds=30))
    assert not mail.to(readers[1].email)
    sweep(MORNING + timedelta(minutes=2))
    assert [len(mail.to(reader.email)) for reader in readers] == [0, 1, 1, 1]


@pytest.mark.parametrize("trouble", ["451 4.3.0 Later", "421 4.3.2 Closing"])
def test_a_no_after_data_delays_nobody_and_is_tried_again(mail, settings, bram, thread, trouble) -> None:
    """N9."""
    settings.EMAIL_TIMEOUT = 1
    readers = four(thread)
    mail.answer(trouble)
    reply(bram, thread)
    sweep()
    assert [len(mail.to(reader.email)) for reader in readers] == [0, 1, 1, 1]
    sweep(MORNING + timedelta(minutes=2))
    assert [len(mail.to(reader.email)) for reader in readers] == [1, 1, 1, 1]
    first, second = (tried.message["Message-ID"] for tried in mail.attempts if readers[0].email in tried.recipients)
    assert first == second


def test_after_eight_times_not_now_it_is_parked(mail, bram, cas, thread) -> None:
    """N9."""
    mail.forever = "451 4.3.0 Later"
    follows(wants(cas), thread)
    reply(bram, thread)
    for day in range(12):
        sending_at = MORNING + day * timedelta(hours=25)
        events.fan_out(now=sending_at)
        if day == 0:
            issues.plan(now=MORNING)
        sending.send_all(now=sending_at)
    assert Issue.objects.get(recipient=cas).state == State.PARKED
    assert len(mail.attempts) == 8


def test_a_template_or_row_that_fails_holds_up_only_its_own(mail, bram, thread, monkeypatch) -> None:
    """N9."""
    readers = four(thread)
    reply(bram, thread)
    compose, gather = sending.message_for, sending.gather

    def fails_for_the_first(content, *, at):
        if content.issue.recipient_id == readers[0].pk:
            raise ValueError("template")
        return compose(content, at=at)

    def poisoned_by_the_second(rows, **more):
        if any(row.recipient_id == readers[1].pk for row in rows):
            raise ValueError("row")
        return gather(rows, **more)

    monkeypatch.setattr(sending, "message_for", fails_for_the_first)
    monkeypatch.setattr(sending, "gather", poisoned_by_the_second)
    sweep()
    assert [len(mail.to(reader.email)) for reader in readers] == [0, 0, 1, 1]
    monkeypatch.undo()
    sweep(MORNING + timedelta(minutes=2))
    assert mail.to(readers[0].email) and mail.to(readers[1].email)


def test_without_a_mail_server_everything_waits(mail, settings, bram, cas, thread) -> None:
    """N8, N16. Nor without TLS where TLS is asked for: nothing leaves in the clear."""
    follows(wants(cas), thread)
    reply(bram, thread)
    settings.EMAIL_USE_TLS = True
    sweep()
    assert not mail.attempts
    assert Issue.objects.get(recipient=cas).state == State.PLANNED
    settings.EMAIL_USE_TLS = False
    sweep(MORNING + timedelta(minutes=2))
    assert len(mail.to(cas.email)) == 1


def links_to_stop(mail, cas) -> tuple[str, str]:
    (received,) = mail.to(cas.email)
    web, post = re.fullmatch(r"<(https://[^>]+)>, <(mailto:[^>]+)>", received.message["List-Unsubscribe"]).groups()
    assert received.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return web.removeprefix("https://swexpertise.invalid"), post


def test_one_click_stops_the_mail_without_cookie_or_token(mail, bram, cas, thread) -> None:
    """N15. Twice is as once, and it holds for mail that is planned already."""
    follows(wants(cas), thread)
    reply(bram, thread)
    sweep()
    web, _post = links_to_stop(mail, cas)
    reply(bram, thread, at=MORNING + timedelta(hours=1))
    events.fan_out(now=MORNING + DAY)
    issues.plan(now=MORNING + DAY)
    assert Issue.objects.filter(recipient=cas, state=State.PLANNED).exists()
    scanner = Client(enforce_csrf_checks=True)
    for _time in range(2):
        answer = scanner.post(web, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200 and "sessionid" not in answer.cookies
    sweep(MORNING + DAY)
    assert len(mail.to(cas.email)) == 1
    assert Preferences.objects.get(user=cas).rhythm == "never"


def test_a_scanner_that_opens_every_link_changes_nothing(mail, bram, cas, thread) -> None:
    """N15. GET and HEAD of every address in the mail, in every part."""
    from discussions.models import Reading

    follows(wants(cas), thread)
    reply(bram, thread)
    sweep()
    (received,) = mail.to(cas.email)
    before = Preferences.objects.filter(user=cas).values().get()
    found = set(re.findall(r'https://swexpertise\.invalid([^\s">]*)', received.text + received.html))
    found.add(links_to_stop(mail, cas)[0])
    assert len(found) >= 4
    for path in found:
        for method in ("get", "head"):
            assert getattr(Client(), method)(path).status_code in (200, 302)
    assert Preferences.objects.filter(user=cas).values().get() == before
    assert not Reading.objects.filter(user=cas).exists()


def test_a_foreign_key_answers_like_a_right_one(mail, bram, cas, thread) -> None:
    """N15. Nothing can be found out by trying; a key signs nobody in."""
    follows(wants(cas), thread)
    reply(bram, thread)
    sweep()
    web, _post = links_to_stop(mail, cas)
    key = web.rstrip("/").rpartition("/")[2]
    client, answers = Client(), []
    for one in (key, "0" * 32):
        for method in ("get", "post"):
            for rest in ("", f"thread/{thread.pk}/", "thread/999999/", f"space/{thread.space_id}/"):
                answer = getattr(client, method)(f"/notifications/stop/{one}/{rest}")
                page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
                answers.append((one == key, method, rest.split("/")[0], answer.status_code, page.replace(one, "")))
    right = [answer[1:] for answer in answers if answer[0]]
    wrong = [answer[1:] for answer in answers if not answer[0]]
    assert right == wrong
    assert "_auth_user_id" not in client.session


def test_a_key_only_lowers(mail, bram, cas, anna, thread, circle_space) -> None:
    """N15. It mutes; it raises nothing, and touches nothing that its owner can't see."""
    follows(wants(cas), thread)
    reply(bram, thread)
    sweep()
    web, _post = links_to_stop(mail, cas)
    hidden = open_thread(anna, circle_space, "Zwijgkanarie", "Tekst.", is_history=True)
    Client().post(f"{web}thread/{thread.pk}/", {"level": "watching"})
    Client().post(f"{web}thread/{hidden.pk}/")
    assert list(Watch.objects.filter(user=cas).values_list("thread", "level")) == [(thread.pk, "muted")]
    Client().post(web)
    assert client_of(cas).get("/notifications/").status_code == 200


def run(bram, thread, now) -> list[str]:
    """The statements of one digest run, with three posts for each member."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(3):
        reply(bram, thread, f"Nummer {number}", at=now - timedelta(hours=1))
    events.fan_out(now=now)
    with CaptureQueriesContext(connection) as asked:
        issues.plan(now=now)
        sending.send_all(now=now)
    return [query["sql"] for query in asked]


def test_a_digest_run_costs_no_query_for_each_member(mail, bram, thread, monkeypatch) -> None:
    """N22. At most 12 and 2 for each batch of fifty, savepoints included; for five as many as for fifty.

    A member's first digest makes their key to stop it: that run is not counted. Nor how slow the machine is."""
    monkeypatch.setattr(sending, "UNMARKED", 60.0)
    asked = []
    for day, members in ((0, 5), (2, 45), (4, 150)):
        for number in range(members):
            follows(wants(make_member(f"Lid {day} {number}")), thread)
        run(bram, thread, MORNING + day * DAY)
        asked.append(run(bram, thread, MORNING + (day + 1) * DAY))
    assert len(mail.inbox) == 2 * (5 + 50 + 200)
    few, many, very_many = asked
    assert len(many) == len(few) <= 12 + 2, "\n".join(query[:200] for query in many)
    assert len(very_many) <= 12 + 2 * 4, "\n".join(query[:200] for query in very_many)


def test_an_overview_is_gathered_anew_when_the_mail_server_is_slow(mail, bram, thread, monkeypatch) -> None:
    """N12. What was read meanwhile stands in no mail that leaves after that; nobody is left out, or mailed twice."""
    readers = four(thread)
    monkeypatch.setattr(issues, "BATCH", 2)
    monkeypatch.setattr(sending, "FRESH", 0)
    post = reply(bram, thread)
    really = sending.gather

    def read_after(rows, **more):
        found = really(rows, **more)
        reading.mark_read(by=readers[3], thread=thread, numbers=[post.number])
        return found

    monkeypatch.setattr(sending, "gather", read_after)
    sweep()
    assert [len(mail.to(reader.email)) for reader in readers] == [1, 1, 1, 0]
    assert not Issue.objects.filter(state__in=[State.PLANNED, State.LEASED]).exists()


def test_a_mail_server_that_goes_away_meanwhile_costs_nobody_an_attempt(mail, bram, thread) -> None:
    """N9. The one that was on its way may have left; those behind it just wait."""
    four(thread)
    mail.answer(HANG_UP)
    mail.closes_for_good = True
    reply(bram, thread)
    sweep()
    assert not mail.inbox and len(mail.attempts) == 1
    tried = Issue.objects.values_list("attempts", "unanswered", "state")
    assert sorted(tried) == [*[(0, 0, "planned")] * 3, (0, 1, "uncertain")]
