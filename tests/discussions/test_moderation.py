"""Reports, decisions, appeals and the log: who decides about what, what each is told, and what nobody learns (D13)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Circle, User
from discussions import permissions
from discussions.actions import appeals, posts, purging, reports, threads
from discussions.models import Appeal, Decision, Post, Report, Revision, Space, Thread
from discussions.models.appeal import Outcome
from discussions.models.decision import Act, Grounds
from experts.actions import names
from search.models import Entry
from tests.cast import client_of, first_name, make_member
from tests.discussions.conftest import open_thread, opening_of, reply

WHY = "Dit noemt een adres."


@pytest.fixture
def other(db: None) -> User:
    """The other coordinator."""
    return make_member("Eva", role="coordinator")


def decide(by: User, post: Post, act: str = Act.REMOVE_POST, **more: Any) -> Decision:
    return reports.decide(by=by, post=post, act=act, grounds=Grounds.PRIVACY, reason=WHY, **more)


def report(by: User, post: Post, **more: Any) -> Report:
    return reports.report(by=by, post=post, grounds=Grounds.PRIVACY, **more)


def test_a_member_reports_reads_that_it_waits_and_later_what_came_of_it(
    bram: User, cas: User, coordinator: User, thread: Thread
) -> None:
    """D13. In the browser's words: form, own reports, queue, decision, own reports."""
    post = reply(bram, thread, "Zij woont op de Kade 3.")
    client = client_of(cas)
    page = client.get(f"/discussions/posts/{post.pk}/report/")
    assert "Zij woont op de Kade 3." in page.content.decode()
    refused = client.post(f"/discussions/posts/{post.pk}/report/", {"grounds": "other", "words": "  "})
    assert "Zeg in je eigen woorden" in refused.content.decode() and not Report.objects.exists()
    done = client.post(f"/discussions/posts/{post.pk}/report/", {"grounds": "privacy", "words": "Adres!"}, follow=True)
    assert "Een coördinator moet er nog naar kijken." in done.content.decode()
    dora = client_of(coordinator)
    queue = dora.get("/discussions/reports/").content.decode()
    assert "Bram in “Prikken op locatie”" in queue and "Cas" not in queue
    judge = dora.get(f"/discussions/posts/{post.pk}/judge/").content.decode()
    assert "Adres!" in judge and "Cas" not in judge
    answer = {"act": "remove_post", "grounds": "privacy", "reason": WHY, "seen": Report.objects.get().pk}
    assert dora.post(f"/discussions/posts/{post.pk}/judge/", answer).status_code == 302
    mine = client.get("/discussions/reports/mine/").content.decode()
    assert "Het bericht is verborgen." in mine and WHY not in mine and "Dora" not in mine
    stub = client.get(thread.get_absolute_url()).content.decode()
    assert "verborgen door een coördinator" in stub and "Kade" not in stub
    assert "niets" in dora.get("/discussions/reports/").content.decode().lower()


def test_whoever_thought_a_post_should_go_reads_why_it_stays(
    bram: User, cas: User, coordinator: User, thread: Thread
) -> None:
    """D13."""
    post = reply(bram, thread)
    report(cas, post)
    decide(coordinator, post, Act.DISMISS)
    assert WHY in client_of(cas).get("/discussions/reports/mine/").content.decode()
    post.refresh_from_db()
    assert post.deleted_at is None


@pytest.mark.parametrize("act", [Act.ASK, Act.REMOVE_POST, Act.LOCK])
def test_the_author_reads_what_was_decided_and_why_without_a_name(
    bram: User, cas: User, coordinator: User, thread: Thread, act: Act
) -> None:
    """D13."""
    post = reply(bram, thread)
    report(cas, post, words="Getekend, Cas")
    decision = decide(coordinator, post, act)
    page = client_of(bram).get(f"/discussions/decisions/{decision.pk}/")
    said = page.content.decode()
    assert WHY in said and "Maak bezwaar" in said
    assert "Dora" not in said and "Cas" not in said
    for somebody in (cas, coordinator):
        assert client_of(somebody).get(f"/discussions/decisions/{decision.pk}/").status_code == 404
    thread.refresh_from_db()
    assert thread.is_locked is (act == Act.LOCK)


def test_nothing_is_decided_about_somebodys_words_without_a_reason(
    bram: User, cas: User, coordinator: User, thread: Thread
) -> None:
    """D13. By report or not, by action, by page, and by the database for what has no other trace."""
    post = reply(bram, thread, "Blijft.")
    with pytest.raises(ValidationError):
        posts.delete(by=coordinator, post=post, reason=" ")
    report(cas, post)
    with pytest.raises(ValidationError):
        reports.decide(by=coordinator, post=post, act=Act.REMOVE_POST, grounds=Grounds.RULES, reason="")
    page = client_of(coordinator).post(f"/discussions/posts/{post.pk}/delete/", {"grounds": "rules", "reason": ""})
    assert page.status_code == 200 and "de schrijver leest" in page.content.decode()
    post.refresh_from_db()
    assert post.source == "Blijft." and not Decision.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(thread=thread, post=post, act=Act.DISMISS, grounds="rules", reason="")


def test_a_coordinator_never_decides_about_themselves(
    anna: User, bram: User, coordinator: User, other: User, thread: Thread
) -> None:
    """D13. Not about their own post under whichever name, nor about what they reported; they find neither a report
    about themselves nor whose it is."""
    second = names.create(by=coordinator, holder=coordinator, display_name="Uil")
    own = reply(coordinator, thread, "Van Dora.")
    as_owl = posts.reply(by=coordinator, name=second, thread=thread, text="Van de uil.")
    veiled = threads.open_thread(
        by=coordinator, space=thread.space, title="Vraag", text="Wie weet dit?", anonymously=True
    )
    theirs = reply(anna, thread, "Van Anna.")
    for post in (own, as_owl, opening_of(veiled)):
        report(bram, post)
        with pytest.raises(PermissionDenied):
            decide(coordinator, post)
        with pytest.raises(PermissionDenied):
            report(coordinator, post)
    report(coordinator, theirs)
    with pytest.raises(PermissionDenied):
        decide(coordinator, theirs)
    found = Report.objects.visible_to(coordinator)
    assert [r.post for r in found] == [theirs]
    queue = client_of(coordinator).get("/discussions/reports/").content.decode()
    assert "Van Anna." in queue and "zelf gemeld" in queue
    assert not [text for text in ("Van Dora.", "Van de uil.", "Wie weet dit?") if text in queue]
    assert Report.objects.visible_to(other).count() == 4
    for post in (own, as_owl, opening_of(veiled), theirs):
        decide(other, post)


def test_a_coordinator_does_not_bring_back_their_own_post_that_another_one_hid(
    coordinator: User, other: User, bram: User, thread: Thread
) -> None:
    """D13, D7. Nor what an author deleted; the author's own undoing stays."""
    mine = reply(coordinator, thread, "Fout van Dora.")
    posts.delete(by=other, post=mine, reason=WHY)
    with pytest.raises(PermissionDenied):
        posts.restore(by=coordinator, post=mine)
    posts.restore(by=other, post=mine)
    theirs = reply(bram, thread, "Van Bram.")
    posts.delete(by=bram, post=theirs)
    with pytest.raises(PermissionDenied):
        posts.restore(by=coordinator, post=theirs)
    posts.restore(by=bram, post=theirs)
    assert Decision.objects.filter(act=Act.RESTORE_POST, post=mine).count() == 1


def test_an_appeal_is_made_once_and_settled_by_another_coordinator(
    bram: User, cas: User, coordinator: User, other: User, thread: Thread
) -> None:
    """D13. Reversed: the post comes back."""
    post = reply(bram, thread, "Dit mag best.")
    report(cas, post)
    decision = decide(coordinator, post)
    client = client_of(bram)
    address = f"/discussions/decisions/{decision.pk}/"
    assert client.post(address, {"words": ""}).status_code == 200 and not Appeal.objects.exists()
    assert "Andere coördinator" not in client.get(address).content.decode()
    assert client.post(address, {"words": "Ik noemde niemand."}).status_code == 302
    with pytest.raises(ValidationError):
        appeals.appeal(by=bram, decision=decision, words="Nog eens.")
    plea = Appeal.objects.get()
    with pytest.raises(PermissionDenied):
        appeals.settle(by=coordinator, appeal=plea, outcome=Outcome.REVERSED, answer="Toch.")
    assert client_of(coordinator).get(f"/discussions/appeals/{plea.pk}/").status_code == 404
    assert client_of(cas).get(f"/discussions/appeals/{plea.pk}/").status_code == 404
    with pytest.raises(ValidationError):
        posts.restore(by=coordinator, post=post)
    eva = client_of(other)
    assert "Ik noemde niemand." in eva.get("/discussions/reports/").content.decode()
    page = eva.get(f"/discussions/appeals/{plea.pk}/").content.decode()
    assert "Dit mag best." in page and WHY in page and "Dora" not in page
    assert eva.post(f"/discussions/appeals/{plea.pk}/", {"outcome": "reversed", "reason": "Je hebt gelijk."})
    post.refresh_from_db()
    assert post.source == "Dit mag best."
    said = client.get(address).content.decode()
    assert "Je hebt gelijk." in said and "Eva" not in said
    with pytest.raises(ValidationError):
        appeals.settle(by=other, appeal=plea, outcome=Outcome.UPHELD, answer="Nee.")
    assert "teruggedraaid" in client_of(cas).get("/discussions/reports/mine/").content.decode()


def test_whoever_reported_does_not_settle_the_appeal(
    bram: User, coordinator: User, other: User, thread: Thread
) -> None:
    """D13."""
    post = reply(bram, thread)
    report(other, post)
    plea = appeals.appeal(by=bram, decision=decide(coordinator, post), words="Niet waar.")
    with pytest.raises(PermissionDenied):
        appeals.settle(by=other, appeal=plea, outcome=Outcome.UPHELD, answer="Wel waar.")


def test_an_upheld_appeal_changes_nothing_and_a_closed_discussion_opens_when_reversed(
    bram: User, cas: User, coordinator: User, other: User, thread: Thread
) -> None:
    """D13."""
    post = reply(bram, thread)
    report(cas, post)
    upheld = appeals.appeal(by=bram, decision=decide(coordinator, post), words="Niet waar.")
    appeals.settle(by=other, appeal=upheld, outcome=Outcome.UPHELD, answer="Toch wel.")
    post.refresh_from_db()
    assert post.deleted_at is not None
    with pytest.raises(ValidationError, match="blijft"):
        posts.restore(by=coordinator, post=post)
    second = reply(bram, thread)
    report(cas, second)
    plea = appeals.appeal(by=bram, decision=decide(coordinator, second, Act.LOCK), words="Niet waar.")
    appeals.settle(by=other, appeal=plea, outcome=Outcome.REVERSED, answer="Klopt.")
    thread.refresh_from_db()
    assert not thread.is_locked


def test_whoever_asked_as_a_member_is_told_and_appeals_without_being_known(
    bram: User, cas: User, coordinator: User, other: User, space: Space
) -> None:
    """D12, D13."""
    veiled = threads.open_thread(by=bram, space=space, title="Vraag", text="Wie weet dit?", anonymously=True)
    post = opening_of(veiled)
    report(cas, post)
    decision = decide(coordinator, post, Act.ASK)
    appeals.appeal(by=bram, decision=decision, words="Het is een gewone vraag.")
    for page in ("/discussions/reports/", f"/discussions/appeals/{Appeal.objects.get().pk}/", "/discussions/log/"):
        assert "Bram" not in client_of(other).get(page).content.decode()


def test_the_text_waits_for_an_appeal_and_goes_after_it(
    bram: User, cas: User, coordinator: User, other: User, thread: Thread
) -> None:
    """D7, D13. Thirty days, or as long as an appeal takes."""
    post = reply(bram, thread, "Nog niet weg.")
    report(cas, post)
    at = timezone.now()
    decision = decide(coordinator, post, at=at)
    with pytest.raises(ValidationError):
        appeals.appeal(by=bram, decision=decision, words="Te laat.", at=at + timedelta(days=31))
    plea = appeals.appeal(by=bram, decision=decision, words="Op tijd.", at=at + timedelta(days=30))
    purging.purge(now=at + timedelta(days=40))
    assert Revision.objects.filter(post=post).exists()
    appeals.settle(by=other, appeal=plea, outcome=Outcome.UPHELD, answer="Nee.", at=at + timedelta(days=41))
    purging.purge(now=at + timedelta(days=41))
    assert not Revision.objects.filter(post=post).exists()


def test_hiding_the_opening_post_hides_the_title_everywhere_and_restoring_brings_it_back(
    anna: User, bram: User, cas: User, coordinator: User, other: User, space: Space
) -> None:
    """D13, D8. The title is part of what was written: page, list, search, address, teaser."""
    thread = open_thread(anna, space, "Zwaluwstaart woont in Ede", "Zwaluwstaart, Kade 3.")
    reply(bram, thread, "Oei.")
    old = thread.get_absolute_url()
    report(cas, opening_of(thread))
    plea = appeals.appeal(by=anna, decision=decide(coordinator, opening_of(thread)), words="Zij vroeg erom.")
    client = client_of(cas)
    assert not Entry.objects.filter(title__icontains="zwaluwstaart").exists()
    assert not Entry.objects.filter(words__icontains="zwaluwstaart").exists()
    for address in (old, "/discussions/", "/discussions/zorg/", "/search/?q=ede", "/discussions/log/", "/nl/"):
        page = client.get(address, follow=True)
        assert "waluwstaart" not in page.content.decode().replace(old, ""), address
        assert page.redirect_chain == [] or "waluwstaart" not in page.redirect_chain[-1][0]
    appeals.settle(by=other, appeal=plea, outcome=Outcome.REVERSED, answer="Het mag.")
    assert Thread.objects.get(pk=thread.pk).title == "Zwaluwstaart woont in Ede"
    assert Entry.objects.filter(title="Zwaluwstaart woont in Ede").exists()


def test_the_log_says_what_was_decided_and_names_nobody(
    bram: User, cas: User, coordinator: User, other: User, kerngroep: Circle, space: Space, circle_space: Space
) -> None:
    """D13. No author, reporter, coordinator, title, word; nothing of a space that the reader doesn't see. A thread
    that was removed as a whole leaves its line too."""
    cas_reports = open_thread(bram, space, "Titelkanarie", "Tekstkanarie van Bram.")
    report(cas, opening_of(cas_reports), words="Meldkanarie")
    decision = reports.decide(
        by=coordinator, post=opening_of(cas_reports), act=Act.ASK, grounds=Grounds.HARM, reason="Redenkanarie"
    )
    plea = appeals.appeal(by=bram, decision=decision, words="Bezwaarkanarie")
    appeals.settle(by=other, appeal=plea, outcome=Outcome.REVERSED, answer="Antwoordkanarie")
    gone = open_thread(cas, space, "Wegkanarie", "Weg.")
    threads.remove(by=coordinator, thread=gone, reason="Wegredenkanarie")
    kerngroep.memberships.create(user=coordinator)
    inside = open_thread(bram, circle_space, "Kringkanarie", "Binnen.")
    posts.delete(by=coordinator, post=reply(bram, inside), reason="Kringredenkanarie")
    said = client_of(cas).get("/discussions/log/").content.decode()
    body = said[said.index("<table") : said.index("</table>")]
    assert "kanarie" not in said.lower()
    assert not [name for name in ("Bram", "Cas", "Dora", "Eva", "Kernruimte") if name in body]
    assert "kwaad" in body and "teruggedraaid" in body and body.count("<tr>") == 3
    assert "Kernruimte" in client_of(bram).get("/discussions/log/").content.decode()
    assert client_of(None).get("/discussions/log/").status_code == 302


def test_a_report_names_nobody_to_anybody(bram: User, cas: User, coordinator: User, thread: Thread) -> None:
    """D13. Not to the author, not to a coordinator; a stranger to the circle can't report into it."""
    post = reply(bram, thread)
    report(cas, post)
    assert not Report.objects.visible_to(bram).exists()
    assert client_of(bram).get("/discussions/reports/").status_code == 404
    assert client_of(cas).get("/discussions/reports/").status_code == 404
    pages = [f"/discussions/posts/{post.pk}/judge/", "/discussions/reports/"]
    assert not [page for page in pages if "Cas" in client_of(coordinator).get(page).content.decode()]


def test_the_queue_shows_only_what_the_coordinator_can_see(
    anna: User, bram: User, cas: User, coordinator: User, kerngroep: Circle, circle_thread: Thread
) -> None:
    """S1, D13. A role opens no circle."""
    post = opening_of(circle_thread)
    report(bram, post)
    with pytest.raises(PermissionDenied):
        report(cas, post)
    assert client_of(cas).get(f"/discussions/posts/{post.pk}/report/").status_code == 404
    assert "Zwijgkanarie" not in client_of(coordinator).get("/discussions/reports/").content.decode()
    assert client_of(coordinator).get(f"/discussions/posts/{post.pk}/judge/").status_code == 404
    with pytest.raises(PermissionDenied):
        decide(coordinator, post)
    kerngroep.memberships.create(user=coordinator)
    assert "Zwijgkanarie" in client_of(coordinator).get("/discussions/reports/").content.decode()


def test_what_came_in_after_the_page_was_opened_waits_on(
    bram: User, cas: User, anna: User, coordinator: User, thread: Thread
) -> None:
    """D13. Unless the post is hidden: then nothing is left to decide."""
    post = reply(bram, thread)
    first = report(cas, post)
    report(anna, post)
    decide(coordinator, post, Act.DISMISS, seen=first.pk)
    assert Report.objects.waiting().count() == 1
    decide(coordinator, post, Act.REMOVE_POST, seen=first.pk)
    assert not Report.objects.waiting().exists()
    with pytest.raises(ValidationError):
        decide(coordinator, post, Act.DISMISS)


def test_an_author_who_deletes_first_does_not_bring_it_back_once_it_is_hidden(
    bram: User, cas: User, coordinator: User, thread: Thread
) -> None:
    """D13."""
    post = reply(bram, thread)
    report(cas, post)
    posts.delete(by=bram, post=post)
    assert (
        "De schrijver heeft dit bericht weggehaald."
        in client_of(coordinator).get("/discussions/reports/").content.decode()
    )
    decide(coordinator, post)
    with pytest.raises(PermissionDenied):
        posts.restore(by=bram, post=post)
    thread.refresh_from_db()
    assert thread.post_count == 1


def test_the_queue_costs_the_same_at_n_and_at_4_n(
    bram: User, cas: User, anna: User, coordinator: User, other: User, thread: Thread
) -> None:
    """D13, D17. With paging, grouped by post, the longest waiting first; log and own reports too."""
    client, own = client_of(coordinator), client_of(cas)
    costs: list[tuple[int, ...]] = []
    for total in (10, 40):
        for number in range(total - Report.objects.filter(reporter=anna).count()):
            post = reply(bram, thread, f"Bericht {total}.{number}.")
            report(anna, post, at=timezone.now() - timedelta(days=200 - total - number))
            report(cas, post, at=timezone.now() - timedelta(days=200 - total - number))
            closed = reply(bram, thread, "Klaar.")
            appeals.appeal(by=bram, decision=_hidden(other, closed), words="Nee.")
        counted = []
        for who, address in ((client, "/discussions/reports/"), (own, "/discussions/reports/mine/"),
                             (own, "/discussions/log/")):  # fmt: skip
            with CaptureQueriesContext(connection) as queries:
                page = who.get(address)
            assert page.status_code == 200
            counted.append(len(queries))
        costs.append(tuple(counted))
    assert costs[0] == costs[1] and max(costs[0]) <= 8, costs
    assert "?page=2" in client.get("/discussions/reports/").content.decode()


def _hidden(by: User, post: Post) -> Decision:
    posts.delete(by=by, post=post, reason=WHY)
    return Decision.objects.get(post=post)


@pytest.mark.parametrize("length", [1001, 5000])
def test_too_many_words_are_refused_and_kept(bram: User, cas: User, thread: Thread, length: int) -> None:
    """D20."""
    post = reply(bram, thread)
    words = "x" * length
    page = client_of(cas).post(f"/discussions/posts/{post.pk}/report/", {"grounds": "harm", "words": words})
    assert page.status_code == 200 and words in page.content.decode() and "1.000" in page.content.decode()


def test_reporting_twice_is_one_report_and_twenty_a_day_are_enough(
    bram: User, cas: User, coordinator: User, thread: Thread
) -> None:
    """D13, D20."""
    post = reply(bram, thread)
    report(cas, post)
    report(cas, post, words="Nog iets.")
    assert Report.objects.get().words == "Nog iets."
    for _number in range(19):
        report(cas, reply(bram, thread))
    with pytest.raises(ValidationError):
        report(cas, reply(bram, thread))
    report(cas, reply(bram, thread), at=timezone.now() + timedelta(days=1, minutes=1))


WHO_MAY: list[tuple[str, Callable[[User, Post], bool], set[str]]] = [
    ("report", permissions.may_report, {"cas", "dora", "aad"}),
    ("judge", permissions.may_judge, {"dora", "aad"}),
]


@pytest.mark.parametrize(("what", "may", "who"), WHO_MAY, ids=[what for what, _may, _who in WHO_MAY])
def test_who_may(
    bram: User,
    cas: User,
    coordinator: User,
    administrator: User,
    suspended: User,
    visitor: Any,
    thread: Thread,
    what: str,
    may: Callable[[Any, Post], bool],
    who: set[str],
) -> None:
    """D13. Every cell."""
    post = reply(bram, thread)
    people = {"bram": bram, "cas": cas, "dora": coordinator, "aad": administrator, "sep": suspended, "": visitor}
    assert {name for name, person in people.items() if may(person, post)} == who
    assert first_name(bram) == post.author
