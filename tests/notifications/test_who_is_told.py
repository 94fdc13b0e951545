"""The tables of docs/who-is-told.md, made true cell by cell (N1, N2)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.actions import circles
from accounts.models import Circle
from discussions.actions import posts, telling, threads
from discussions.models import GroupMention
from experts.actions import names
from experts.models import Topic
from notifications.actions import events, watches
from notifications.models import Delivery, Watch
from notifications.models.delivery import Why
from notifications.models.watch import level_among
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


LEVELS, RHYTHMS, QUIET = table("level"), table("rhythm"), table("what would come")
DETAILS = table("strictest choice")


def wide_table(heading: str) -> list[list[str]]:
    """The rows of the table whose first column has that heading."""
    lines = DOCUMENT.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")])
    return found


WHAT_COUNTS = wide_table("chosen for the thread")


def test_the_tables_are_whole() -> None:
    assert len(LEVELS) == 24 and len(RHYTHMS) == 8 and len(WHAT_COUNTS) == 14
    assert len(QUIET) == 6 and len(DETAILS) == 6
    assert {row for row, _c, _x in table("reason kept")} == {why.value for why in Why}


def happens(what: str, anna, bram, cas, space, thread) -> None:
    """Something that Bram does, seen from Cas."""
    if what == "mentioned":
        reply(bram, thread, "Wat vind jij, @cas?")
    elif what == "answered":
        mine = reply(cas, thread, "Van mij.", is_history=True)
        reply(bram, thread, "Voor jou.", parent=mine)
    elif what == "group called":
        circles.add(by=None, circle=Circle.objects.get(slug="kerngroep"), user=cas)
        reply(bram, thread, "Wie van @kerngroep weet dit?")
    elif what == "another post":
        reply(bram, thread)
    elif what == "written under a muted name":
        mine = reply(cas, thread, "Van mij.", is_history=True)
        watches.mute(by=cas, name=first_name(bram))
        reply(bram, thread, "Zeg @cas en @kerngroep.", parent=mine)
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


@pytest.mark.parametrize(("of_thread", "of_space", "of_topic", "counts"), WHAT_COUNTS)
def test_which_level_counts(cas, anna, bram, space, of_thread, of_space, of_topic, counts) -> None:
    """N1. Asked in the database, of rows at hand, and of what is told."""
    thread = open_thread(anna, space, "Prikken op locatie", "Tekst.", is_history=True, topics=["Prikken"])
    wants(cas)
    topic = Topic.objects.get(name="Prikken")
    for thing, level in ((thread, of_thread), (space, of_space), (topic, of_topic)):
        if level:
            watches.watch(by=cas, thing=thing, level=level)
    assert watches.level_of(cas, thread) == counts
    assert level_among(of_thread or None, of_space or None, ["", of_topic]) == counts
    reply(bram, thread)
    events.fan_out(now=BEFORE)
    told = Delivery.objects.filter(recipient=cas, channel="mail").values_list("reason", flat=True).first()
    assert told == (counts if counts in ("watching", "following") else None)


def test_a_topic_that_a_thread_got_later_counts_from_then_on(cas, anna, bram, thread) -> None:
    """N1."""
    other = open_thread(anna, thread.space, "Ander gesprek", "Tekst.", is_history=True, topics=["Prikken"])
    watches.watch(by=wants(cas), thing=Topic.objects.get(name="Prikken"), level="following")
    reply(bram, thread)
    threads.set_topics(by=anna, thread=thread, topics=["Prikken", "Utrecht"])
    reply(bram, thread)
    reply(bram, other)
    events.fan_out(now=BEFORE)
    assert Delivery.objects.filter(recipient=cas, channel="mail").count() == 3  # asked when telling, not when written
    watches.watch(by=cas, thing=Topic.objects.get(name="Prikken"), level="normal")
    assert not Watch.objects.filter(user=cas).exists()


def test_a_group_is_called_by_whoever_may_know_of_it(anna, bram, cas, coordinator, kerngroep, thread) -> None:
    """N1, D1. From a stranger to the circle the word stays a word, and tells them nothing."""
    wants(anna)
    reply(cas, thread, "Is hier iemand van @kerngroep?")
    events.fan_out(now=BEFORE)
    assert not Delivery.objects.filter(reason="group").exists() and not GroupMention.objects.exists()
    reply(coordinator, thread, "Wie van @kerngroep?")
    events.fan_out(now=BEFORE)
    told = set(Delivery.objects.filter(reason="group").values_list("recipient__called", flat=True))
    assert "Bram" in told and "Cas" not in told  # Anna is answered: that is nearer to her than her group
    assert Delivery.objects.filter(recipient=anna, reason="reply").exists()


def test_a_name_that_leads_nowhere_calls_a_circle_only_where_everybody_is_of_it(
    anna, bram, space, circle_space, kerngroep
) -> None:
    """P7, D12. Whoever is told that their circle is called learns that the writer knows of it."""
    second = names.create(by=anna, holder=anna, display_name="Vlinder")
    calls = {"by": anna, "text": "Wie van @kerngroep weet dit? @coordinatoren"}
    threads.open_thread(space=space, name=second, title="Onder een andere naam", **calls)
    threads.open_thread(space=space, title="Als lid", anonymously=True, **calls)
    assert set(GroupMention.objects.values_list("circle", flat=True)) == {None}
    threads.open_thread(space=circle_space, title="In de kring", anonymously=True, **calls)
    threads.open_thread(space=circle_space, name=second, title="Ook", **calls)
    assert GroupMention.objects.filter(circle=kerngroep).count() == 2
    threads.open_thread(space=space, name=first_name(anna), title="Als Anna", **calls)
    assert GroupMention.objects.filter(circle=kerngroep).count() == 3


def test_the_coordinators_are_called_together(anna, cas, bram, coordinator, administrator, thread) -> None:
    """N1."""
    for word in ("coordinatoren", "coordinators"):
        Delivery.objects.all().delete()
        reply(cas, thread, f"Kan iemand van @{word} kijken?")
        events.fan_out(now=BEFORE)
        told = Delivery.objects.filter(reason="group", channel="mail").values_list("recipient", flat=True)
        assert set(told) == {coordinator.pk, administrator.pk}


def test_a_mail_says_that_the_group_was_called(mail, cas, bram, coordinator, thread) -> None:
    """N1. In subject, text and HTML; nobody answered anybody."""
    wants(coordinator)
    reply(cas, thread, "Kan iemand van @coordinatoren kijken?")
    sweep()
    (received,) = mail.to(coordinator.email)
    for said in (str(received.message["Subject"]), received.text, received.html):
        assert "Cas riep je groep in “Prikken op locatie”" in said and "antwoordde" not in said


def test_of_a_group_only_who_can_see_the_thread_is_told(anna, bram, coordinator, circle_space) -> None:
    """N1, N12. The coordinator isn't in the circle."""
    ours = open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)
    reply(bram, ours, "Dit moeten @coordinatoren weten.")
    events.fan_out(now=BEFORE)
    assert not Delivery.objects.filter(recipient=coordinator).exists()


def test_a_group_that_is_called_later_is_told_then_and_once(anna, bram, cas, coordinator, thread) -> None:
    """N1, N12. Taken back before it is sent: told to nobody."""
    wants(coordinator)
    post = reply(cas, thread, "Wie kijkt?")
    posts.edit(by=cas, post=post, text="Wie kijkt? @coordinatoren", at=BEFORE)
    posts.edit(by=cas, post=post, text="Wie kijkt er? @coordinatoren", at=BEFORE)
    events.fan_out(now=BEFORE)
    assert Delivery.objects.filter(recipient=coordinator, reason="group").count() == 2
    posts.edit(by=cas, post=post, text="Laat maar.", at=BEFORE)
    sweep(MORNING)
    mine = Delivery.objects.get(recipient=coordinator, channel="mail")
    assert (mine.state, mine.why) == ("suppressed", "taken")


def test_no_name_answers_to_a_groups_handle(cas, kerngroep) -> None:
    """N1. What calls a group calls nobody else."""
    name = names.create(by=cas, holder=cas, display_name="Kerngroep")
    assert name.handle != "kerngroep" and name.handle.startswith("kerngroep")


def test_muting_counts_for_one_name_only(cas, bram, thread) -> None:
    """N1, P7. Another name of the same person is heard: muting must not tell that they are one."""
    other = names.create(by=bram, holder=bram, display_name="Wolkenveld")
    follows(wants(cas), thread)
    watches.mute(by=cas, name=first_name(bram))
    reply(bram, thread, "Gedempt.")
    heard = posts.reply(by=bram, name=other, thread=thread, text="Gehoord.", at=BEFORE)
    events.fan_out(now=BEFORE)
    assert set(Delivery.objects.filter(recipient=cas).values_list("event__post", flat=True)) == {heard.pk}
    watches.hear(by=cas, name=first_name(bram))
    reply(bram, thread, "Weer te horen.")
    events.fan_out(now=BEFORE)
    assert Delivery.objects.filter(recipient=cas, channel="mail").count() == 2


def test_a_name_of_ones_own_is_not_muted(cas) -> None:
    with pytest.raises(ValidationError):
        watches.mute(by=cas, name=first_name(cas))


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


@pytest.mark.parametrize(("what", "moment", "comes"), QUIET)
def test_each_cell_of_the_quiet_hours(mail, bram, cas, coordinator, thread, what, moment, comes) -> None:
    """N2. Quiet from four till nine in the morning; it happens at five, the mail of the day is for eight."""
    at_once = what == "mail within ten minutes"
    follows(wants(cas, quiet_from=4, quiet_to=9), thread, "watching" if at_once else "following")
    post = reply(bram, thread)
    if moment.startswith("urgent"):
        telling.make_urgent(by=coordinator, post=post, reason="Waarschuwing.", at=BEFORE)
    for minutes in (9, 10, 179, 180, 239):
        sweep(BEFORE + timedelta(minutes=minutes))
    if moment != "right after them":
        assert len(mail.to(cas.email)) == {"no mail": 0, "one mail": 1}[comes]
        return
    assert not mail.inbox and comes == "one mail"
    sweep(MORNING + timedelta(hours=1))
    sweep(MORNING + timedelta(hours=1, minutes=20))
    assert len(mail.to(cas.email)) == 1


@pytest.mark.parametrize("detail", ["full", "titles", "discreet"])
@pytest.mark.parametrize("whose", ["member", "space", "thread", "author"])
def test_each_of_the_four_may_be_the_strictest(mail, anna, bram, cas, thread, detail, whose) -> None:
    """N3."""
    follows(wants(cas, detail=detail if whose == "member" else "full"), thread)
    if whose == "space":
        type(thread.space).objects.filter(pk=thread.space_id).update(mail_detail=detail)
    elif whose == "thread":
        telling.set_mail_detail(by=anna, thread=thread, mail_detail=detail)
    elif whose == "author":
        bram.names.update(mail_detail=detail)
    thread.refresh_from_db()
    reply(bram, thread, "Kanariegeel.")
    sweep()
    (received,) = mail.to(cas.email)
    whole = received.message.as_string() + received.text + received.html + str(received.message["Subject"])
    said = {"title and names": thread.title in whole and "Bram" in whole, "beginning of the post": "Kanarie" in whole}
    assert said == {column: cell == "yes" for row, column, cell in DETAILS if row == detail}


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
