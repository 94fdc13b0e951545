"""When a member erases their account: what is left of them, in every column of every table, and what others can see
(P13, P7, D7)."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.actions import erasing, invitations
from accounts.models import Invitation, User
from discussions.actions import appeals, drafts, polls, posts, reactions, reports, threads
from discussions.models import Attachment, Decision, Draft, Post, Reaction, Report, Space, Thread, Vote
from discussions.models.decision import Act, Grounds
from discussions.models.draft import Kind, Place
from experts.actions import leaving, names, profiles
from experts.models import Leaving, Name, Profile
from experts.tasks import lapse_names
from search.models import Entry
from tests.cast import PASSWORD, client_of, first_name, make_member
from tests.discussions.conftest import open_thread, reply
from tests.discussions.test_forgetting import where_it_is

BIRD = "kwikstaartzanger"
OTHER = "roodborsttapuit"


@pytest.fixture
def bird(coordinator: User) -> User:
    """A member of whom everything says who they are; their other name is of another bird."""
    invitations.invite(by=coordinator, email=f"{BIRD}@cast.invalid")
    Invitation.objects.update(accepted_at=timezone.now())
    user = make_member(BIRD.title(), email=f"{BIRD}@cast.invalid")
    names.create(by=user, holder=user, display_name=OTHER.title())
    for name in user.names.all():
        profiles.update(
            by=user,
            profile=name.profile,
            headline=f"{name.display_name} kent de straat",
            introduction=f"{name.display_name} woont in Ede",
            introduction_audience="only_me",
        )
    return user


class Killed(Exception):
    """The process is gone in the middle."""


def second(user: User) -> Name:
    return user.names.get(is_first=False)


def test_no_column_of_any_table_says_who_it_was_but_what_they_wrote_stands(
    bird: User, anna: User, cas: User, coordinator: User, administrator: User, thread: Thread, space: Space
) -> None:
    """P13. Account, invitation, names, profiles, drafts, kept notes, votes, reports, decisions, mentions in others'
    posts, earlier texts, drafts and summaries, search, telling; then the same again finds nothing to do."""
    own = open_thread(bird, space, "Wie weet dit?", "Mijn vraag blijft staan.")
    posts.edit(by=bird, post=Post.objects.get(thread=own), text="Mijn vraag blijft.", at=timezone.now() + timedelta(1))
    under_other = posts.reply(by=bird, name=second(bird), thread=thread, text="Antwoord blijft ook.")
    called = reply(anna, thread, f"Dank @{BIRD} en @{OTHER}, en @cas.")
    edited = reply(anna, thread, f"Vraag het @{OTHER}.")
    posts.edit(by=anna, post=edited, text=f"Vraag het toch @{OTHER}.", at=timezone.now() + timedelta(hours=1))
    threads.set_stand(by=anna, name=first_name(anna), thread=thread, text=f"Eens met @{BIRD}.")
    drafts.keep(by=anna, place=Place(Kind.REPLY, called.pk), text=f"Zeg @{OTHER}", filled={})
    drafts.keep(by=bird, place=Place(Kind.REPLY, called.pk), text=f"Ik, {BIRD}", filled={})
    reactions.keep(by=bird, post=called, note=f"Van {BIRD}")
    reactions.toggle(by=bird, name=first_name(bird), post=called, kind="thanks")
    poll = polls.open_poll(
        by=bird,
        name=second(bird),
        thread=thread,
        question="Gaan we door?",
        options=["Ja", "Nee"],
        closes_at=timezone.now() + timedelta(days=7),
    )
    for name in (first_name(bird), second(bird)):
        Vote.objects.create(poll=poll, name=name, choice=0)
    reports.report(by=bird, post=called, grounds=Grounds.RULES)
    erasing.erase(by=bird, user=bird)
    assert not [place for place in where_it_is(BIRD) if "post.source" not in place]
    leaving.sweep(now=timezone.now() + leaving.WITHIN)
    assert where_it_is(BIRD, OTHER) == []
    assert leaving.sweep(now=timezone.now() + leaving.WITHIN) == 0
    assert not User.objects.filter(email__endswith="erased.invalid").exists() and not Leaving.objects.exists()
    page = client_of(cas).get(own.get_absolute_url()).content.decode()
    assert "Mijn vraag blijft." in page and "Voormalig lid" in page
    assert "Antwoord blijft ook." in client_of(cas).get(thread.get_absolute_url()).content.decode()
    assert "[…]" in Post.objects.get(pk=called.pk).source and "@cas" in Post.objects.get(pk=called.pk).source
    assert Draft.objects.get().text == "Zeg […]"
    assert Vote.objects.filter(poll=poll).count() == 2 and not Reaction.objects.exists()
    assert Report.objects.get().reporter is None
    assert Entry.objects.filter(object_id=under_other.pk, kind="post").exists()


def test_two_posts_of_one_erased_member_can_not_be_joined(bird: User, anna: User, cas: User, space: Space) -> None:
    """P13. Not by what pages say, nor by the rows: everybody who went is one and the same nobody."""
    made = [open_thread(bird, space, "Een", "Tekst."), open_thread(anna, space, "Twee", "Tekst.")]
    threads_of_other = threads.open_thread(by=bird, name=second(bird), space=space, title="Drie", text="Tekst.")
    for user in (bird, anna):
        erasing.erase(by=user, user=user)
    leaving.sweep(now=timezone.now() + leaving.WITHIN)
    found = Post.objects.filter(thread__in=[*made, threads_of_other])
    assert len({post.author_id for post in found}) == 1
    assert len({thread.author_id for thread in Thread.objects.filter(posts__in=found)}) == 1
    assert not found.exclude(form_key=None).exists()


def test_the_other_names_go_at_moments_of_their_own(bird: User, cas: User, thread: Thread) -> None:
    """P7, P13. What others see of them is the same before and after the account goes; what they call “former member”
    together is only the first name. At random: not two at the same moment, and not by their order."""
    third = names.create(by=bird, holder=bird, display_name="Wielewaal")
    for name in bird.names.all():
        posts.reply(by=bird, name=name, thread=thread, text=f"Van {name.pk}.")
    client, keys = client_of(cas), [second_key(bird), third.key]
    addresses = [thread.get_absolute_url(), *(f"/experts/{key}/" for key in keys), "/experts/?q=roodborst"]
    before = [steady(client.get(path).content.decode()) for path in addresses]
    erasing.erase(by=bird, user=bird)
    after = [steady(client.get(path).content.decode()) for path in addresses]
    assert before[1:] == after[1:]
    first = BIRD.title()
    assert first in before[0] and first not in after[0] and OTHER.title() in after[0] and "Wielewaal" in after[0]
    assert client.get("/experts/?q=kwikstaart").content.decode().count(first) == 0
    moments = sorted(Leaving.objects.values_list("lapses_at", flat=True))
    assert moments[0] != moments[1] and moments[0] > timezone.now()
    assert leaving.sweep(now=moments[0]) == 1 and leaving.sweep(now=moments[1]) == 1
    spread = {leaving.at_random() for _ in range(50)}
    assert len(spread) == 50 and all(timedelta(hours=1) <= one <= leaving.WITHIN for one in spread)
    assert max(spread) - min(spread) > timedelta(days=7)


def second_key(user: User) -> str:
    return user.names.get(display_name=OTHER.title()).key


def steady(page: str) -> str:
    """Without what differs from one asking to the next."""
    return re.sub(r'(csrfmiddlewaretoken" value|form_key" value|value)="[^"]*"', "", page)


def test_nobody_takes_the_name_of_who_went(bird: User, cas: User) -> None:
    """P13, P15. It can be asked for, and isn't written anywhere."""
    erasing.erase(by=bird, user=bird)
    leaving.sweep(now=timezone.now() + leaving.WITHIN)
    for wanted in (BIRD, OTHER.upper()):
        with pytest.raises(ValidationError, match=r"bezet|taken"):
            names.create(by=cas, holder=cas, display_name=wanted.title())


def test_files_go_with_the_account(bird: User, django_capture_on_commit_callbacks) -> None:
    """P13, D14. A portrait, and what was handed in for a post that never came."""
    profile = Profile.objects.get(name=first_name(bird))
    profile.portrait.save("p.jpg", ContentFile(b"x"))
    waiting = Attachment(waits_for=bird, kind="pdf", size=1)
    waiting.file.save("x.pdf", ContentFile(b"x"), save=False)
    waiting.save()
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(by=bird, user=bird)
    assert not default_storage.exists(profile.portrait.name)
    assert not waiting.file.storage.exists(waiting.file.name)


def test_an_anonymous_question_stays_and_leads_nowhere(bird: User, anna: User, cas: User, space: Space) -> None:
    """D12, P13."""
    veiled = threads.open_thread(by=bird, space=space, title="Vraag", text="Wie weet dit?", anonymously=True)
    client = client_of(cas)
    client.get(veiled.get_absolute_url())  # what is new then isn't afterwards
    before = steady(client.get(veiled.get_absolute_url()).content.decode())
    erasing.erase(by=bird, user=bird)
    leaving.sweep(now=timezone.now() + leaving.WITHIN)
    assert steady(client.get(veiled.get_absolute_url()).content.decode()) == before


def test_what_a_coordinator_decided_stays_without_them(
    bird: User, anna: User, coordinator: User, administrator: User, thread: Thread
) -> None:
    """P13, D13. Decisions, appeals and mandates stand; the last who coordinates doesn't go."""
    post = reply(bird, thread, "Fout.")
    posts.delete(by=coordinator, post=post, reason="Daarom.")
    appeals.appeal(by=bird, decision=Decision.objects.get(), words="Niet waar.")
    erasing.erase(by=bird, user=bird)
    erasing.erase(by=coordinator, user=coordinator)
    decision = Decision.objects.get()
    assert decision.by is None and decision.act == Act.REMOVE_POST and decision.appeal.words == "Niet waar."
    with pytest.raises(ValidationError):
        erasing.erase(by=administrator, user=administrator)
    with pytest.raises(PermissionDenied):
        erasing.erase(by=administrator, user=anna)


def test_cut_off_half_way_nothing_happened_and_again_it_ends_the_same(bird: User, thread: Thread, monkeypatch) -> None:
    """P13."""
    posts.reply(by=bird, name=second(bird), thread=thread, text="Blijft.")
    with monkeypatch.context() as broken:
        broken.setattr(User, "delete", lambda *_args, **_more: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            erasing.erase(by=bird, user=bird)
    assert Name.objects.filter(holder=bird).count() == 2 and not Leaving.objects.exists()
    erasing.erase(by=bird, user=bird)
    with monkeypatch.context() as broken:
        broken.setattr(Name, "delete", lambda *_args, **_more: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            leaving.sweep(now=timezone.now() + leaving.WITHIN)
    assert where_it_is(OTHER)
    lapse_names(now=timezone.now() + leaving.WITHIN)
    assert not where_it_is(OTHER)


def test_by_the_page_with_ones_password(bird: User, cas: User) -> None:
    """P13. It says what goes and what stays, asks for the password, and signs out."""
    client = client_of(bird)
    assert "/accounts/erase/" in client.get("/accounts/settings/").content.decode()
    page = client.get("/accounts/erase/").content.decode()
    assert "Voormalig lid" in page and "vier weken" in page
    refused = client.post("/accounts/erase/", {"password": "verkeerd"})
    assert refused.status_code == 200 and User.objects.filter(pk=bird.pk).exists()
    assert client.post("/accounts/erase/", {"password": PASSWORD}).status_code == 302
    assert not User.objects.filter(pk=bird.pk).exists()
    assert client.get("/notifications/").status_code == 302
    assert client_of(None).get("/accounts/erase/").status_code == 302
