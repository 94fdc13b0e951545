"""The tables of docs/who-is-told.md, made true cell by cell (N1, N2)."""

from datetime import timedelta

import pytest
from django.conf import settings

from experts.actions import names
from notifications.actions import events
from notifications.models import Delivery, Watch
from notifications.models.delivery import Why
from tests.cast import first_name, make_member
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

DOCUMENT = (settings.BASE_DIR / "docs" / "who-is-told.md").read_text()
pytestmark = pytest.mark.django_db


def table(heading: str) -> list[tuple[str, str, str]]:
    """(row, column, cell) of the table whose first column has that heading."""
    lines = iter(DOCUMENT.splitlines())
    header = next(line for line in lines if line.startswith(f"| {heading} |"))
    columns = [cell.strip() for cell in header.strip("|").split("|")]
    next(lines)
    cells = []
    for line in lines:
        if not line.startswith("|"):
            break
        row = [cell.strip() for cell in line.strip("|").split("|")]
        cells += [(row[0], column, cell) for column, cell in zip(columns[1:], row[1:], strict=True)]
    return cells


LEVELS, RHYTHMS = table("level"), table("rhythm")


def test_the_tables_are_whole() -> None:
    assert len(LEVELS) == 16 and len(RHYTHMS) == 8
    assert {row for row, _c, _x in table("reason kept")} == {why.value for why in Why}


def happens(what: str, anna, bram, cas, space, thread) -> None:
    """Something that Bram does, seen from Cas."""
    if what == "mentioned":
        reply(bram, thread, "Wat vind jij, @cas?")
    elif what == "answered":
        mine = reply(cas, thread, "Van mij.", is_history=True)
        reply(bram, thread, "Voor jou.", parent=mine)
    elif what == "another post":
        reply(bram, thread)
    else:
        open_thread(bram, space, "Nieuw gesprek", "Tekst.", at=BEFORE)


@pytest.mark.parametrize(("level", "what", "told"), LEVELS)
@pytest.mark.parametrize("place", ["thread", "space"])
def test_each_level(anna, bram, cas, space, thread, level, what, told, place) -> None:
    """N1."""
    if place == "thread" and what == "new thread in the space":
        place = "space"  # a new thread has no level yet
    follows(wants(cas), thread if place == "thread" else space, level)
    happens(what, anna, bram, cas, space, thread)
    events.fan_out(now=BEFORE)
    found = {d.channel: d for d in Delivery.objects.filter(recipient=cas)}
    if told == "nothing":
        assert not found
    else:
        assert set(found) == {"inbox", "mail"}
        assert found["mail"].is_urgent == (told == "at once")


@pytest.mark.parametrize(("rhythm", "pace", "mail_comes"), RHYTHMS)
def test_each_rhythm(mail, bram, cas, thread, rhythm, pace, mail_comes) -> None:
    """N2. Asked just after ten minutes, on the next morning, and a week later."""
    follows(
        wants(cas, rhythm=rhythm.replace(" ", "_"), weekday=0),
        thread,
        "watching" if pace.endswith("once") else "following",
    )
    reply(bram, thread)
    moments = {
        "mail within ten minutes": BEFORE + timedelta(minutes=10),
        "mail of the day": MORNING,
        "mail of the week": MORNING + timedelta(days=5),  # Monday
    }
    sweep(BEFORE + timedelta(minutes=9))
    came = [name for name, moment in moments.items() if _comes(mail, moment)]
    assert came == ([] if mail_comes == "no mail" else [mail_comes])


def _comes(mail, moment) -> bool:
    before = len(mail.inbox)
    sweep(moment)
    return len(mail.inbox) > before


def test_a_reply_follows_the_thread_unless_it_is_muted(bram, cas, space, thread) -> None:
    """N1."""
    reply(cas, thread)
    assert Watch.objects.get(user=cas, thread=thread).level == "following"
    follows(cas, thread, "muted")
    reply(cas, thread)
    assert Watch.objects.get(user=cas, thread=thread).level == "muted"
    follows(bram, space, "watching")
    reply(bram, thread)
    assert not Watch.objects.filter(user=bram, thread=thread).exists()


def test_nobody_is_told_of_their_own_post_under_another_name(cas, bram, thread) -> None:
    """P7. Cas calls his own second name; nobody learns from a telling that they are one."""
    other = names.create(by=cas, holder=cas, display_name="Wolkenveld", handle="wolkenveld")
    follows(wants(cas), thread, "watching")
    from discussions.actions import posts

    posts.reply(by=cas, name=other, thread=thread, text="Zeg @cas, luister.", at=BEFORE)
    reply(cas, thread, "Ja @wolkenveld.")
    events.fan_out(now=BEFORE)
    assert not Delivery.objects.filter(recipient=cas).exists()


def test_a_second_name_is_told_like_a_first(cas, bram, thread) -> None:
    names.create(by=cas, holder=cas, display_name="Wolkenveld", handle="wolkenveld")
    reply(bram, thread, "Zeg @wolkenveld en @cas.")
    events.fan_out(now=BEFORE)
    assert Delivery.objects.filter(recipient=cas, channel="inbox").count() == 1
    assert first_name(cas).handle == "cas"


def test_who_cannot_see_it_is_not_told(cas, anna, bram, circle_space) -> None:
    """N12. Followed once, lost since."""
    ours = open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)
    Watch.objects.create(user=cas, thread=ours, level="watching")
    reply(bram, ours, "Dit hoort @cas niet.")
    events.fan_out(now=BEFORE)
    assert not Delivery.objects.filter(recipient=cas).exists()


def test_who_sees_agrees_with_the_rule_for_everybody(
    anna, bram, cas, coordinator, administrator, suspended, space, circle_space, thread
) -> None:
    """The set asked at once is the rule asked one by one, for every viewer and post."""
    from discussions.actions import posts
    from discussions.models import Post
    from notifications.audience import who_sees

    ours = open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)
    gone = reply(bram, ours, "Weg ermee.")
    posts.delete(by=bram, post=gone)
    members = [anna, bram, cas, coordinator, administrator, suspended]
    everything = set(Post.objects.values_list("pk", flat=True))
    one_by_one = {
        (member.pk, pk)
        for member in members
        for pk in Post.objects.visible_to(member).live().values_list("pk", flat=True)
    }
    assert who_sees((member, everything) for member in members) == one_by_one
    assert who_sees([]) == set()


def test_telling_fifty_members_takes_six_queries(anna, bram, thread, django_assert_max_num_queries) -> None:
    """N22. And as many for two hundred less the batches of a hundred."""
    for number in range(50):
        follows(wants(make_member(f"Lid {number}")), thread)
    reply(bram, thread)
    (event,) = events.Event.objects.waiting()
    with django_assert_max_num_queries(6 + 2):  # and a savepoint's two, since this test is itself a transaction
        events.tell(event.pk, now=BEFORE)
    assert Delivery.objects.filter(channel="mail").count() == 51  # Anna too: the opening is answered
