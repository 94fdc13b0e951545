"""The overview: complete, on time, once, and silent about what it must not tell."""

from datetime import timedelta

import pytest

from accounts.actions import circles
from accounts.models import Preferences
from discussions.actions import posts, reading, threads
from notifications.models import Delivery, Event, Issue
from notifications.models.issue import State
from tests.cast import make_member
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_what_is_followed_comes_in_the_digest_of_the_morning(mail, anna, bram, cas, thread) -> None:
    """N2. Full: who, where, the beginning, a link; the same in text and HTML."""
    follows(wants(cas), thread)
    post = reply(bram, thread, "Begin bij de **koffie**.")
    sweep(MORNING - timedelta(minutes=1))
    assert not mail.inbox
    sweep()
    (received,) = mail.to(cas.email)
    for said in (received.text, received.html):
        assert "Bram" in said and "Prikken op locatie" in said and "Begin bij de koffie." in said and "Zorg" in said
        assert f"https://swexpertise.invalid{post.get_absolute_url()}" in said
    assert received.message["Subject"] == "Nieuw in “Prikken op locatie”"
    assert "<img" not in received.html


def test_it_comes_once_however_often_the_clock_ticks(mail, bram, cas, thread) -> None:
    """N8."""
    follows(wants(cas), thread)
    reply(bram, thread)
    for minute in range(3):
        sweep(MORNING + timedelta(minutes=minute))
    sweep(MORNING + DAY)
    assert len(mail.to(cas.email)) == 1


def test_weekly_comes_on_its_day(mail, bram, cas, thread) -> None:
    """N2. Wednesday is 2."""
    follows(wants(cas, rhythm="weekly", weekday=3), thread)
    sweep(MORNING - 6 * DAY)
    reply(bram, thread)
    sweep()
    assert not mail.inbox
    sweep(MORNING + DAY)
    assert len(mail.to(cas.email)) == 1


def test_never_is_never_and_changing_it_brings_nothing_old(mail, bram, cas, thread) -> None:
    """N2, N3."""
    follows(wants(cas, rhythm="never"), thread)
    reply(bram, thread)
    sweep()
    wants(cas)
    sweep(MORNING + DAY)
    assert not mail.inbox
    reply(bram, thread, at=MORNING + DAY)
    sweep(MORNING + 2 * DAY)
    assert len(mail.to(cas.email)) == 1


def test_at_once_is_batched_over_ten_minutes(mail, bram, cas, thread) -> None:
    """N2."""
    follows(wants(cas, rhythm="at_once"), thread)
    reply(bram, thread, "Een.", at=BEFORE)
    reply(bram, thread, "Twee.", at=BEFORE + timedelta(minutes=8))
    sweep(BEFORE + timedelta(minutes=9))
    assert not mail.inbox
    sweep(BEFORE + timedelta(minutes=10))
    (received,) = mail.to(cas.email)
    assert "Een." in received.text and "Twee." in received.text


def test_what_is_watched_comes_at_once_and_not_again_in_the_digest(mail, bram, cas, thread) -> None:
    """N1."""
    follows(wants(cas), thread, "watching")
    reply(bram, thread)
    sweep(BEFORE + timedelta(minutes=10))
    sweep(MORNING)
    assert len(mail.to(cas.email)) == 1


def test_it_speaks_the_language_and_the_hour_of_the_member(mail, bram, cas, thread) -> None:
    """N2, N14. Eight o'clock in Auckland, in English."""
    follows(wants(cas, language="en", time_zone="Pacific/Auckland"), thread)
    sweep(MORNING - 2 * DAY)
    reply(bram, thread, at=MORNING - timedelta(hours=14))
    sweep(MORNING - timedelta(hours=12, minutes=1))
    assert not mail.inbox
    sweep(MORNING - timedelta(hours=12))
    (received,) = mail.to(cas.email)
    assert received.message["Subject"] == "New in “Prikken op locatie”"


def test_what_was_missed_for_three_days_comes_in_one(mail, bram, cas, thread) -> None:
    """N6. Windows join: the next begins where this one ends."""
    follows(wants(cas), thread)
    sweep()
    for day in (0, 1, 2):
        reply(bram, thread, f"Dag {day}.", at=MORNING + day * DAY + timedelta(hours=1))
    sweep(MORNING + 3 * DAY + timedelta(hours=4))
    (received,) = mail.to(cas.email)
    assert all(f"Dag {day}." in received.text for day in (0, 1, 2))
    first, second = Issue.objects.filter(recipient=cas).order_by("window_from")
    assert first.window_to == second.window_from == MORNING and second.window_to == MORNING + 3 * DAY
    assert first.state == State.EMPTY and second.state == State.SENT


def test_nothing_new_no_mail_and_the_window_goes_on(mail, cas, thread) -> None:
    """N11."""
    follows(wants(cas), thread)
    sweep()
    assert not mail.inbox
    issue = Issue.objects.get(recipient=cas)
    assert issue.state == State.EMPTY and issue.window_to == MORNING


def test_more_than_fits_is_counted_and_not_repeated(mail, anna, bram, cas, space, thread) -> None:
    """N11. A long discussion shows its beginning, of many as many as there is room for; the rest is counted."""
    follows(wants(cas), space)
    for number in range(42):
        reply(bram, thread, f"Antwoord {number}.", at=BEFORE + timedelta(seconds=number))
    sweep()
    (first,) = mail.to(cas.email)
    for said in (first.text, first.html):
        assert said.count("Antwoord ") == 6 and "42 nieuwe berichten van Bram" in said
        assert "En nog 36 berichten" in said
    for number in range(24):
        topic = open_thread(anna, space, f"Gesprek {number}", "Opening.", is_history=True)
        for _n in range(3):
            reply(
                bram,
                topic,
                f"Kanarie {number}. " + "Zo doen wij het hier al jaren. " * 4,
                at=MORNING + timedelta(hours=1),
            )
    sweep(MORNING + DAY)
    _first, second = mail.to(cas.email)
    for said in (second.text, second.html):
        discussions = said.count("3 nieuwe berichten van Bram")
        assert discussions >= 5 and said.count("Kanarie") >= 5 and "Antwoord " not in said
        assert f"En nog {3 * (24 - discussions)} berichten" in said
    sweep(MORNING + 2 * DAY)
    assert len(mail.to(cas.email)) == 2
    assert set(Delivery.objects.filter(recipient=cas, channel="mail").values_list("state", flat=True)) == {"sent"}


def test_what_was_rolled_back_is_told_to_nobody(
    mail, bram, cas, thread, quiet, django_capture_on_commit_callbacks
) -> None:
    """N10. The outbox row goes with the post."""
    from django.db import transaction

    follows(wants(cas), thread)
    with django_capture_on_commit_callbacks(execute=True) as woken:
        with transaction.atomic():
            reply(bram, thread)
            transaction.set_rollback(True)
    assert not Event.objects.exists() and not woken and not quiet


def test_a_reply_writes_one_outbox_row_and_one_wake_up(
    bram, cas, thread, quiet, django_capture_on_commit_callbacks
) -> None:
    for member in (cas, *[make_member(f"Lid {n}") for n in range(4)]):
        follows(member, thread)
    with django_capture_on_commit_callbacks(execute=True):
        reply(bram, thread)
    assert Event.objects.count() == 1 and quiet == ["fan_out"]


def test_what_is_written_while_an_issue_is_made_stands_in_the_next(mail, bram, cas, thread, monkeypatch) -> None:
    """N10. Also when it carries a moment from before the window's end: it was committed late."""
    from notifications.actions import sending

    follows(wants(cas), thread)
    reply(bram, thread, "Op tijd.")
    really = sending.gather

    def late(rows, **more):
        monkeypatch.setattr(sending, "gather", really)
        reply(bram, thread, "Te laat.", at=BEFORE)
        return really(rows, **more)

    monkeypatch.setattr(sending, "gather", late)
    sweep()
    sweep(MORNING + DAY)
    first, second = mail.to(cas.email)
    assert "Op tijd." in first.text and "Te laat." not in first.text
    assert "Te laat." in second.text and "Op tijd." not in second.text


def leave_circle(bram, cas, post, thread):
    circles.remove(by=None, circle=thread.space.circle, user=cas)


def delete(bram, cas, post, thread):
    posts.delete(by=bram, post=post)


def remove_thread(bram, cas, post, thread):
    from accounts.models import User

    coordinator = User.objects.get(role="coordinator")
    circles.add(by=None, circle=thread.space.circle, user=coordinator)
    threads.remove(by=coordinator, thread=thread, reason="Daarom.")


def read(bram, cas, post, thread):
    reading.mark_read(by=cas, thread=thread, numbers=[post.number])


def mute(bram, cas, post, thread):
    follows(cas, thread, "muted")


def unfollow(bram, cas, post, thread):
    follows(cas, thread, "normal")


def suspend(bram, cas, post, thread):
    cas.is_active = False
    cas.save(update_fields=["is_active"])


def choose_never(bram, cas, post, thread):
    Preferences.objects.filter(user=cas).update(rhythm="never")


@pytest.mark.parametrize(
    "meanwhile", [leave_circle, delete, remove_thread, read, mute, unfollow, suspend, choose_never]
)
@pytest.mark.parametrize("moment", ["before planning", "after planning"])
def test_what_changed_meanwhile_is_absent(mail, anna, bram, cas, kerngroep, circle_space, meanwhile, moment) -> None:
    """N12, N15. From text and title, from the subject and from the count."""
    from notifications.actions import events, issues, sending

    circles.add(by=None, circle=kerngroep, user=cas)
    lost = open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)
    follows(wants(cas), lost)
    post = reply(bram, lost, "Kanariegeel.")
    events.fan_out(now=BEFORE)
    if moment == "before planning":
        meanwhile(bram, cas, post, lost)
        sweep()
    else:
        issues.plan(now=MORNING)
        meanwhile(bram, cas, post, lost)
        sending.send_all(now=MORNING)
        sweep()
    assert not mail.to(cas.email)
    told = Delivery.objects.get(recipient=cas, channel="mail")
    assert (told.state, bool(told.why)) == ("suppressed", True)


def test_what_is_lost_is_not_counted_among_the_rest(mail, anna, bram, cas, space, thread) -> None:
    """N12. Of forty answers twelve are deleted, and all of some discussions: nothing counts what isn't there."""
    follows(wants(cas), space)
    written = [
        reply(bram, thread, f"Antwoord {number}.", at=BEFORE + timedelta(seconds=number)) for number in range(40)
    ]
    others = [open_thread(anna, space, f"Gesprek {n}", "Opening.", is_history=True) for n in range(8)]
    lost = [reply(bram, other) for other in others]
    for post in [*written[:12], *lost[2:]]:
        posts.delete(by=bram, post=post)
    sweep()
    (received,) = mail.to(cas.email)
    assert "28 nieuwe berichten van Bram" in received.text
    assert received.text.count("Gesprek") == 2 and received.text.count("En nog") == 1
    assert received.message["Subject"] == "Nieuw in “Prikken op locatie” en in nog 2 gesprekken"


def test_the_newest_text_stands_in_the_mail(mail, bram, cas, thread) -> None:
    """N12."""
    follows(wants(cas), thread)
    post = reply(bram, thread, "Met een fout.")
    posts.edit(by=bram, post=post, text="Zonder fout.", at=BEFORE + timedelta(hours=1))
    sweep()
    (received,) = mail.to(cas.email)
    assert "Zonder fout." in received.text and "Met een fout." not in received.text


def test_a_mention_that_was_taken_back_tells_nobody(mail, bram, cas, thread) -> None:
    """N12."""
    wants(cas)
    post = reply(bram, thread, "Zeg eens, @cas")
    assert Delivery.objects.count() == 0
    from notifications.actions import events

    events.fan_out(now=BEFORE)
    assert Delivery.objects.filter(recipient=cas, reason="mention").count() == 2
    posts.edit(by=bram, post=post, text="Laat maar.", at=BEFORE + timedelta(hours=1))
    sweep()
    assert not mail.inbox


def test_who_is_called_later_is_told_then_and_others_are_not_told_again(mail, bram, cas, thread, anna) -> None:
    """N1."""
    wants(cas)
    follows(wants(anna), thread)
    post = reply(bram, thread, "Wie weet dit?")
    sweep()
    posts.edit(by=bram, post=post, text="Wie weet dit? @cas", at=MORNING + timedelta(hours=1))
    sweep(MORNING + DAY)
    assert len(mail.to(anna.email)) == 1
    (received,) = mail.to(cas.email)
    assert received.message["Subject"] == "Bram noemde je in “Prikken op locatie”"


def test_a_late_joiner_is_not_shown_what_was_said_before(mail, anna, bram, cas, kerngroep, circle_space) -> None:
    """N12."""
    ours = open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)
    wants(cas)
    reply(bram, ours, "Van voor zijn tijd.")
    from notifications.actions import events

    events.fan_out(now=BEFORE)
    circles.add(by=None, circle=kerngroep, user=cas)
    follows(cas, circle_space)
    sweep()
    assert not mail.to(cas.email)
