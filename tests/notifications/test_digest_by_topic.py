"""The overview in its order: what needs me, then by topic with where we stand; never longer than three screens."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.actions import circles
from discussions.actions import polls, threads
from experts.models import Topic
from notifications.models import Delivery
from tests.cast import first_name
from tests.harness.mail import MailServer
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db


def test_by_the_first_topic_then_by_space(mail: MailServer, anna, bram, cas, space, thread) -> None:
    """Two threads of one topic stand together, each with its space; what has no topic stands under its space."""
    follows(wants(cas), space)
    for title, topics in (("Over testen", ["Prikken", "Aangifte"]), ("Nog meer testen", ["Prikken"])):
        reply(bram, open_thread(anna, space, title, "Tekst.", is_history=True, topics=topics))
    reply(bram, thread)
    sweep()
    (received,) = mail.to(cas.email)
    lines = [line for line in received.text.splitlines() if line.startswith(("—", "*"))]
    assert lines == ["— Prikken —", "* Over testen", "* Nog meer testen", "— Zorg —", "* Prikken op locatie"]
    assert received.html.index(">Prikken</h2>") < received.html.index(">Zorg</h2>")
    assert received.text.count("  Zorg · Bram") == 2  # said once above what stands under the space itself


def test_where_we_stand_is_told_with_the_thread(mail: MailServer, anna, bram, cas, thread) -> None:
    """In full only, and as it is now."""
    follows(wants(cas), thread)
    follows(wants(anna, detail="titles"), thread)
    threads.set_stand(by=anna, name=first_name(anna), thread=thread, text="We kiezen de **bus**.")
    reply(bram, thread)
    sweep()
    (full,), (titles,) = mail.to(cas.email), mail.to(anna.email)
    for said in (full.text, full.html):
        assert "Waar we staan" in said and "We kiezen de bus." in said
    assert "We kiezen" not in titles.text + titles.html


def test_what_needs_me_comes_first_and_all_of_it_fits_on_three_screens(
    mail: MailServer, anna, bram, cas, space, thread
) -> None:
    """N11. With much of everything: what isn't shown is counted, and nothing of it comes again."""
    follows(wants(cas), space)
    for number in range(6):
        reply(bram, thread, f"Zeg @cas, vraag-{number}?", at=BEFORE + timedelta(seconds=number))
    for number in range(5):
        polls.open_poll(
            by=anna, name=first_name(anna), thread=thread, question=f"Stemvraag-{number}?", options=["Ja", "Nee"],
            closes_at=MORNING + timedelta(hours=number + 1), at=BEFORE,
        )  # fmt: skip
    for number in range(9):
        other = open_thread(anna, space, f"Gesprek-{number}", "Tekst.", is_history=True)
        for _n in range(2):
            reply(bram, other, "Een antwoord van gewone lengte. " * 20)
    sweep()
    (received,) = mail.to(cas.email)
    text = received.text
    assert text.index("vraag-3") < text.index("Stemvraag-0") < text.index("Gesprek-0")
    assert text.count("noemde je daar ook") == 5  # all that asks for Cas
    assert len({word for word in text.split() if word.startswith("“Stemvraag-")}) == 5
    told = [f"* Gesprek-{n}" in text for n in range(9)]
    assert told == sorted(told, reverse=True) and told.count(True) >= 3
    assert f"En nog {2 * told.count(False)} berichten" in text
    assert len(text.splitlines()) < 3 * 45
    assert set(Delivery.objects.filter(recipient=cas, channel="mail").values_list("state", flat=True)) == {"sent"}


def test_the_topic_of_a_thread_that_was_lost_is_not_named(
    mail: MailServer, anna, bram, cas, kerngroep, circle_space, thread
) -> None:
    """N12."""
    circles.add(by=None, circle=kerngroep, user=cas)
    ours: Any = open_thread(anna, circle_space, "Zwijg", "Onder ons.", is_history=True, topics=["Kanariegeel"])
    follows(follows(wants(cas), thread), ours)
    reply(bram, ours)
    reply(bram, thread, "Dit blijft.")
    circles.remove(by=None, circle=kerngroep, user=cas)
    sweep()
    (received,) = mail.to(cas.email)
    assert Topic.objects.filter(name="Kanariegeel").exists()
    assert "Dit blijft." in received.text and "Kanariegeel" not in received.text + received.html
