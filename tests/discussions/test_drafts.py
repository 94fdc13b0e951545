"""What one writes is kept on the server, for its author alone, and two windows never overwrite each other (D4)."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import circles
from accounts.models import User
from discussions import bulk
from discussions.actions import drafts, posts, threads
from discussions.models import Draft, Post, Space, Thread
from discussions.models.draft import UNUSED, Kind, Place
from discussions.models.post import RESTORABLE
from tests.cast import client_of, first_name
from tests.discussions.conftest import open_thread, opening_of, reply

KEEP, MINE = "/discussions/drafts/keep/", "/discussions/drafts/"
SCRIPT = {"accept": "application/json"}


def place_of(thread: Thread, number: int = 1) -> Place:
    return Place(Kind.REPLY, Post.objects.get(thread=thread, number=number).pk)


def keep(user: User, place: Place, text: str, **more: Any) -> Draft:
    draft = drafts.keep(by=user, place=place, text=text, filled=more.pop("filled", {}), **more)
    assert draft is not None
    return draft


def fields(page: Any, **more: str) -> dict[str, str]:
    """What a browser would send of the form on `page`, with `more` typed in."""
    form, begun = page.context["form"], page.context["begun"]
    sent = {field.html_name: field.value() for field in form if field.value() is not None}
    return {key: str(value) for key, value in sent.items()} | {
        "place": str(begun.place),
        "draft": begun.stamp,
        **more,
    }


def text_on(page: Any) -> str:
    return str(page.context["form"]["text"].value())


def test_what_one_keeps_stands_in_the_form_the_next_time(bram: User, thread: Thread) -> None:
    """D4. Without script: the button, the way back to the form, and the form under the discussion too."""
    client = client_of(bram)
    page = client.get(thread.get_absolute_url())
    assert "Bewaar als concept" in page.content.decode()
    kept = client.post(KEEP, fields(page, text="Wat ik nog\r\nwil zeggen"), follow=True)
    assert (
        kept.redirect_chain[-1][0] == f"{reverse('discussions:reply', args=[thread.pk])}?post={opening_of(thread).pk}"
    )
    assert "Je concept is bewaard" in kept.content.decode() and text_on(kept) == "Wat ik nog\nwil zeggen"
    again = client.get(thread.get_absolute_url())
    assert text_on(again) == "Wat ik nog\nwil zeggen" and "Je concept van" in again.content.decode()
    assert not Post.objects.filter(thread=thread, number=2).exists()


def test_a_new_discussion_keeps_every_field(anna: User, space: Space) -> None:
    """D4."""
    client, address = client_of(anna), reverse("discussions:thread_new", args=[space.slug])
    page = client.get(address)
    typed = {"title": "Half een titel", "text": "", "kind": "question", "topics": "een, twee"}
    client.post(KEEP, fields(page, **typed))
    form = client.get(address).context["form"]
    assert {name: form[name].value() for name in typed} == typed
    sent = client.post(address, fields(client.get(address), text="Nu af."))
    assert sent.status_code == 302 and not Draft.objects.exists()
    assert Thread.objects.get(title="Half een titel").kind == "question"


def test_a_change_to_a_post_keeps_its_own_draft_and_still_notices_another_change(bram: User, thread: Thread) -> None:
    """D4, D20. The form that opens with a draft remembers which text it was a change to."""
    post = reply(bram, thread, "Eerst.")
    client, address = client_of(bram), reverse("discussions:post_edit", args=[post.pk])
    client.post(KEEP, fields(client.get(address), text="Halverwege anders"))
    posts.edit(by=bram, post=post, text="Intussen elders veranderd.")
    page = client.get(address)
    assert text_on(page) == "Halverwege anders"
    refused = client.post(address, fields(page))
    assert "Intussen elders veranderd." in refused.content.decode() and text_on(refused) == "Halverwege anders"


def test_where_we_stand_is_kept_too(anna: User, thread: Thread) -> None:
    """D4."""
    client, address = client_of(anna), reverse("discussions:stand_edit", args=[thread.pk])
    client.post(KEEP, fields(client.get(address), text="Tot zover"))
    page = client.get(address)
    assert text_on(page) == "Tot zover"
    client.post(address, fields(page))
    assert not Draft.objects.exists()


def test_a_quotation_comes_under_the_draft(bram: User, thread: Thread) -> None:
    """D4. Neither replaces the other."""
    keep(bram, place_of(thread), "Mijn begin")
    address = reverse("discussions:reply", args=[thread.pk])
    text = text_on(client_of(bram).get(f"{address}?to=1&quote=1"))
    assert text.startswith("Mijn begin\n\n[") and "> Wie heeft **ervaring**?" in text


def test_placing_a_text_lets_its_draft_go(bram: User, thread: Thread) -> None:
    """D4."""
    client = client_of(bram)
    keep(bram, place_of(thread), "Bijna")
    page = client.get(thread.get_absolute_url())
    assert client.post(reverse("discussions:reply", args=[thread.pk]), fields(page, text="Af")).status_code == 302
    assert not Draft.objects.exists()


def test_placing_a_text_keeps_what_another_window_kept_meanwhile(bram: User, thread: Thread) -> None:
    """D4. Two windows never overwrite each other in silence, also when one of them places its text."""
    client = client_of(bram)
    page = client.get(thread.get_absolute_url())
    keep(bram, place_of(thread), "Een heel andere tekst")
    client.post(reverse("discussions:reply", args=[thread.pk]), fields(page, text="Kort antwoord"))
    assert Draft.objects.get().text == "Een heel andere tekst"


def test_a_draft_that_arrives_after_its_text_was_placed_stays_gone(bram: User, thread: Thread) -> None:
    """D4. A script's request may be overtaken by the form itself."""
    client = client_of(bram)
    sent = fields(client.get(thread.get_absolute_url()), text="Geplaatst")
    assert client.post(reverse("discussions:reply", args=[thread.pk]), sent).status_code == 302
    late = client.post(KEEP, sent, headers=SCRIPT)
    assert late.status_code == 200 and late.json()["stamp"] == "" and not Draft.objects.exists()


def test_a_question_asked_as_a_member_stays_so_in_its_draft(bram: User, space: Space, coordinator: User) -> None:
    """D12. The tick is kept; when the space no longer takes such questions the form says so. What one begins under it
    later is proposed as “a member”, and a late draft of it stays gone too."""
    type(space).objects.update(takes_anonymous_questions=True)
    client, address = client_of(bram), reverse("discussions:thread_new", args=[space.slug])
    client.post(KEEP, fields(client.get(address), title="Durf ik?", text="Ja", kind="question", anonymously="on"))
    page = client.get(address)
    assert page.context["form"]["anonymously"].value() == "on" and "checked" in str(
        page.context["form"]["anonymously"]
    )
    sent = fields(page)
    assert client.post(address, sent).status_code == 302
    assert client.post(KEEP, sent, headers=SCRIPT).json()["stamp"] == "" and not Draft.objects.exists()
    asked = Thread.objects.get(title="Durf ik?")
    assert asked.author.is_anonymous
    under = client.get(asked.get_absolute_url())
    typed = fields(under, text="Half", name=first_name(bram).key, openly="on")
    client.post(KEEP, typed)
    again = client.get(asked.get_absolute_url()).context["form"]
    assert again["name"].value() == asked.author.key and not again["openly"].value()
    change = reverse("discussions:post_edit", args=[opening_of(asked).pk])
    assert client.post(KEEP, fields(client.get(change), text="Ja, graag")).status_code == 302
    client.post(KEEP, fields(client.get(address), title="Nog een", text="?", kind="question", anonymously="on"))
    type(space).objects.update(takes_anonymous_questions=False)
    assert "onder je naam" in client.get(address).content.decode()


def test_two_windows_without_script_get_both_texts_and_the_choice(bram: User, thread: Thread) -> None:
    """D4."""
    client = client_of(bram)
    here, there = client.get(thread.get_absolute_url()), client.get(thread.get_absolute_url())
    client.post(KEEP, fields(here, text="In dit venster"))
    both = client.post(KEEP, fields(there, text="In dat venster"))
    shown = both.content.decode()
    assert both.status_code == 409
    assert "In dit venster" in shown and "In dat venster" in shown and "Niets wordt overschreven" in shown
    assert Draft.objects.get().text == "In dit venster"
    chosen = fields(there, text="In dat venster") | {"draft": both.context["other"].stamp}
    assert client.post(KEEP, chosen).status_code == 302
    assert Draft.objects.get().text == "In dat venster"


def test_a_script_is_told_of_the_other_text(bram: User, thread: Thread) -> None:
    """D4. 409, with the text, the stamp to go on from, and the choice in words; the draft is untouched."""
    client, place = client_of(bram), place_of(thread)
    kept = keep(bram, place, "Eerste <b>venster</b>")
    answer = client.post(KEEP, {"place": str(place), "text": "Tweede", "draft": ""}, headers=SCRIPT)
    told = answer.json()
    assert answer.status_code == 409
    assert (told["text"], told["stamp"]) == ("Eerste <b>venster</b>", kept.stamp)
    assert "Eerste &lt;b&gt;venster" in told["notice"] and Draft.objects.get().text == "Eerste <b>venster</b>"


def test_the_same_text_from_two_windows_is_no_quarrel(bram: User, thread: Thread) -> None:
    first = keep(bram, place_of(thread), "Gelijk")
    assert keep(bram, place_of(thread), "Gelijk", stamp="").stamp == first.stamp


def test_the_stamp_of_a_draft_that_is_gone_never_fits_a_later_one(bram: User, thread: Thread) -> None:
    """D4. Thrown away in one window and begun anew in another, while a third still holds the old one."""
    old = keep(bram, place_of(thread), "Oud")
    drafts.discard(by=bram, draft=old)
    keep(bram, place_of(thread), "Nieuw")
    with pytest.raises(drafts.OtherDraft):
        keep(bram, place_of(thread), "Oud, en verder", stamp=old.stamp)
    assert Draft.objects.get().text == "Nieuw"


def test_an_emptied_form_takes_its_draft_away(bram: User, thread: Thread) -> None:
    draft = keep(bram, place_of(thread), "Toch niet")
    assert drafts.keep(by=bram, place=place_of(thread), text="  ", filled={}, stamp=draft.stamp) is None
    assert not Draft.objects.exists()


def test_a_form_that_comes_back_keeps_the_stamp_it_began_with(bram: User, thread: Thread) -> None:
    """D4. A look beforehand must not make this window the owner of another window's draft."""
    client = client_of(bram)
    page = client.get(thread.get_absolute_url())
    keep(bram, place_of(thread), "Van het andere venster")
    looked = client.post(
        reverse("discussions:reply", args=[thread.pk]), fields(page, text="Van dit venster", preview="1")
    )
    assert text_on(looked) == "Van dit venster"
    assert client.post(KEEP, fields(looked), headers=SCRIPT).status_code == 409


@pytest.mark.parametrize("who", ["anna", "coordinator", "administrator", None])
def test_nobody_else_finds_a_draft(
    request: pytest.FixtureRequest, bram: User, thread: Thread, who: str | None
) -> None:
    """D4. Another member gets 404 and an empty form; a visitor is asked to sign in, whether it is there or not."""
    draft = keep(bram, place_of(thread), "Fluisterkanarie")
    other = request.getfixturevalue(who) if who else None
    client = client_of(other)
    for name in ("draft", "draft_discard"):
        for method in (client.get, client.post):
            answer = method(reverse(f"discussions:{name}", args=[draft.pk]))
            assert answer.status_code == (404 if who else 302)
            assert b"Fluisterkanarie" not in answer.content
    if other:
        for address in (MINE, thread.get_absolute_url(), reverse("discussions:reply", args=[thread.pk])):
            assert b"Fluisterkanarie" not in client.get(address).content
        keep(other, place_of(thread), "Mijn eigen")
    assert Draft.objects.get(author=bram).text == "Fluisterkanarie"


def test_a_place_that_one_does_not_see_takes_no_draft_and_says_nothing_about_itself(
    cas: User, circle_thread: Thread
) -> None:
    """S2. There or not, the answer is the same."""
    client, opening = client_of(cas), opening_of(circle_thread)
    answers = [
        client.post(KEEP, {"place": place, "text": "Ha"}, headers=SCRIPT)
        for place in (
            f"reply.{opening.pk}",
            "reply.999999",
            f"thread.{circle_thread.space_id}",
            "thread.99999",
            f"stand.{circle_thread.pk}",
            f"edit.{opening.pk}",
        )
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(400, answers[0].content)}
    for place in ("", "reply", "reply.x", "poll.1", "reply." + "9" * 30):
        assert client.post(KEEP, {"place": place, "text": "Ha"}, headers=SCRIPT).status_code == 404
    assert not Draft.objects.exists()


@pytest.mark.parametrize("lost", ["circle left", "thread removed"])
def test_a_draft_outlives_its_place_without_telling_of_it(
    bram: User, kerngroep: Any, coordinator: User, circle_thread: Thread, space: Space, thread: Thread, lost: str
) -> None:
    """D4, D8. The text stays its author's; title and space are no longer theirs to read."""
    lost_thread = circle_thread if lost == "circle left" else thread
    draft = keep(bram, place_of(lost_thread), "Mijn eigen woorden")
    if lost == "circle left":
        circles.remove(by=None, circle=kerngroep, user=bram)
    else:
        threads.remove(by=coordinator, thread=thread, reason="Daarom.")
    client = client_of(bram)
    for address in (MINE, reverse("discussions:draft", args=[draft.pk])):
        shown = client.get(address).content.decode()
        assert "Mijn eigen woorden" in shown and "er voor jou niet meer" in shown
        assert lost_thread.title not in shown and f"/t/{lost_thread.pk}/" not in shown
        assert lost == "thread removed" or lost_thread.space.name not in shown
    going_on = client.post(
        KEEP, {"place": str(place_of(lost_thread)), "text": "En verder", "draft": draft.stamp}, headers=SCRIPT
    )
    assert going_on.status_code == 200 and Draft.objects.get().text == "En verder"


def test_a_draft_for_a_discussion_that_was_closed_is_read_and_not_offered(
    bram: User, coordinator: User, thread: Thread
) -> None:
    """D4."""
    draft = keep(bram, place_of(thread), "Te laat")
    threads.lock(by=coordinator, thread=thread, reason="Daarom.")
    client = client_of(bram)
    shown = client.get(MINE).content.decode()
    assert thread.title in shown and f'href="{reverse("discussions:draft", args=[draft.pk])}"' in shown
    assert "Te laat" in client.get(reverse("discussions:draft", args=[draft.pk])).content.decode()


def test_a_draft_is_thrown_away_after_a_question(bram: User, thread: Thread) -> None:
    """D4."""
    draft, client = keep(bram, place_of(thread), "Weg ermee"), client_of(bram)
    address = reverse("discussions:draft_discard", args=[draft.pk])
    assert "Weg ermee" in client.get(address).content.decode() and Draft.objects.exists()
    gone = client.post(address, follow=True)
    assert "Je hebt geen concepten" in gone.content.decode() and not Draft.objects.exists()


def test_what_nobody_touches_disappears_by_itself_and_a_purged_post_takes_its_changes_along(
    bram: User, thread: Thread
) -> None:
    """D4, D7. By the timetable; safe to run twice."""
    now = timezone.now()
    post, young = reply(bram, thread, "Geheim", at=now - timedelta(days=60)), reply(bram, thread, "Jonger")
    keep(bram, place_of(thread), "Oud", at=now - UNUSED - timedelta(hours=1))
    keep(bram, place_of(thread, 2), "Bijna oud", at=now - UNUSED + timedelta(hours=1))
    keep(bram, Place(Kind.EDIT, post.pk), "Geheim, en meer")
    keep(bram, Place(Kind.EDIT, young.pk), "Jonger, en meer")
    posts.delete(by=bram, post=post, at=now - RESTORABLE - timedelta(hours=1))
    posts.delete(by=bram, post=young, at=now)
    assert drafts.sweep(now=now) == 2 and drafts.sweep(now=now) == 0
    assert {draft.text for draft in Draft.objects.all()} == {"Bijna oud", "Jonger, en meer"}


def test_the_page_says_how_long_drafts_are_kept_and_the_job_is_in_the_timetable(bram: User) -> None:
    from swexpertise.schedule import TIMETABLE

    assert f"{UNUSED.days} dagen" in client_of(bram).get(MINE).content.decode()
    assert "discussions.sweep_drafts" in {job["task"] for job in TIMETABLE.values()}


def test_an_account_that_goes_takes_its_drafts_along(cas: User, thread: Thread) -> None:
    keep(cas, place_of(thread), "Van mij")
    cas.names.all().delete()
    cas.delete()
    assert not Draft.objects.exists()


def test_a_suspended_account_has_no_drafts_to_read(cas: User, thread: Thread) -> None:
    keep(cas, place_of(thread), "Van mij")
    cas.is_active = False
    assert not Draft.objects.visible_to(cas).exists()


def test_too_long_too_many_and_odd_characters_are_answered_in_words(bram: User, thread: Thread) -> None:
    """D20. Nothing half kept, never an error of the server."""
    client, place = client_of(bram), str(place_of(thread))
    long = client.post(KEEP, {"place": place, "text": "x" * (drafts.LONGEST_KEPT + 1)}, headers=SCRIPT)
    assert long.status_code == 400 and "300001" in long.json()["said"].replace(".", "")
    shown = client.post(KEEP, {"place": place, "text": "y" * (drafts.LONGEST_KEPT + 1)})
    assert shown.status_code == 400 and "yyyy" in shown.content.decode()
    odd = client.post(KEEP, {"place": place, "text": "a\x00b\u202ec", "ti\x00tle": "\x00"}, headers=SCRIPT)
    assert odd.status_code == 200 and Draft.objects.get().text == "ab\u202ec"
    Draft.objects.all().delete()
    bulk.fill(thread, [first_name(bram)], drafts.MOST, at=timezone.now(), text="x")
    Draft.objects.bulk_create(
        Draft(author=bram, kind=Kind.REPLY, post=post) for post in Post.objects.of(thread) if post.number > 1
    )
    many = client.post(KEEP, {"place": place, "text": "Nog een"}, headers=SCRIPT)
    assert many.status_code == 400 and "200 concepten" in many.json()["said"]


def test_a_name_that_is_no_longer_ones_own_is_not_proposed(bram: User, thread: Thread) -> None:
    """P7. A draft begun under a pseudonym that was retired must not slip to just any other name."""
    from experts.actions import names

    secret = names.create(by=bram, holder=bram, display_name="Vlinder")
    posts.reply(by=bram, name=secret, thread=thread, text="Echt als Vlinder.")
    keep(bram, place_of(thread), "Begonnen", filled={"name": "bestaat-niet"})
    form = client_of(bram).get(thread.get_absolute_url()).context["form"]
    assert form["name"].value() == secret.key
    draft = Draft.objects.get()
    keep(bram, place_of(thread), "Begonnen", filled={"name": first_name(bram).key}, stamp=draft.stamp)
    form = client_of(bram).get(thread.get_absolute_url()).context["form"]
    assert form["name"].value() == first_name(bram).key


def test_two_windows_at_the_same_blink_keep_one_draft(bram: User, thread: Thread) -> None:
    """D4. The database holds it: one per author and place."""
    from django.db import IntegrityError, transaction

    place = place_of(thread)
    keep(bram, place, "Een")
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.create(author=bram, **place.columns)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.create(author=bram, kind=Kind.THREAD, post_id=place.pk)


def test_my_drafts_cost_the_same_at_n_and_at_4_n(
    bram: User, space: Space, thread: Thread, django_assert_max_num_queries: Any
) -> None:
    """D17."""
    client, costs = client_of(bram), []
    for total in (4, 16):
        for number in range(total - Draft.objects.count()):
            other = open_thread(bram, space, f"Gesprek {total}-{number}", "Tekst.")
            keep(bram, place_of(other), "Half")
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(MINE).content.decode()
        assert shown.count("Half") == total
        costs.append(len(queries))
    assert costs[0] == costs[1] and costs[0] <= 8, costs


def test_keeping_costs_little_and_the_same(bram: User, thread: Thread) -> None:
    """D17. It happens every few seconds."""
    client, place, costs = client_of(bram), str(place_of(thread)), []
    stamp = ""
    for number in range(4):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(KEEP, {"place": place, "text": f"Tekst {number}", "draft": stamp}, headers=SCRIPT)
        stamp = answer.json()["stamp"]
        costs.append(sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries))
    assert costs[1:] == [costs[1]] * 3 and costs[1] <= 6 and costs[0] <= 9, costs


def test_the_page_of_a_thread_offers_the_draft_within_its_budget(anna: User, bram: User, thread: Thread) -> None:
    """D4, D17. Folded into the query that fetches the thread."""
    bulk.fill(thread, [first_name(anna)], 120, at=timezone.now(), text="Een antwoord.")
    keep(bram, place_of(thread), "Half")
    client = client_of(bram)
    client.get(thread.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        assert text_on(client.get(f"{thread.get_absolute_url()}?page=2")) == "Half"
    assert len(queries) <= 10


def test_a_form_key_that_is_no_key_is_no_matter(bram: User, thread: Thread) -> None:
    client, place = client_of(bram), str(place_of(thread))
    for key in ("x", str(uuid.uuid4())):
        answer = client.post(KEEP, {"place": place, "text": f"T {key}", "form_key": key}, headers=SCRIPT)
        assert answer.status_code in (200, 409)
    assert Draft.objects.count() == 1


def test_a_draft_is_found_by_its_author_s_menu(client: Client, bram: User) -> None:
    assert f'href="{MINE}"' in client_of(bram).get("/discussions/").content.decode()
