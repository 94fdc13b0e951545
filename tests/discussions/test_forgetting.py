"""After thirty days a text is really gone: every column of every table is searched for its words (D7)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from discussions import quoting, rewriting
from discussions.actions import appeals, drafts, posts, purging, reports, threads
from discussions.models import Draft, Post, Report, Revision, Space, Thread
from discussions.models.decision import Act, Grounds
from discussions.models.draft import Kind, Place
from discussions.passages import Passages
from notifications.models import ParkedReply
from search.models import Entry
from tests.cast import client_of, first_name
from tests.discussions.conftest import open_thread, opening_of, reply

CANARY = "kwikstaartzanger"
SAID = f"Ik werk als {CANARY} in Ede, op de derde verdieping.\nKom daar na achten nooit alleen."


def where_it_is(*words: str) -> list[str]:
    """The columns of all tables in which one of `words` can be read: texts, JSON, arrays, bytes."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND (data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY', 'tsvector') "
            "OR data_type = 'USER-DEFINED')"
        )
        for table, column in cursor.fetchall():
            for word in words:
                as_bytes = word.encode().hex()
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s OR "{column}"::text ILIKE %s',
                    [f"%{word}%", f"%{as_bytes}%"],
                )
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column}: {word}")
    return sorted(found)


def test_an_answer_by_mail_that_waits_lets_go_of_it_too(anna: User, bram: User, thread: Thread) -> None:
    """D7, N18. With and without a mark of quoting; what its writer said themselves stays."""
    now = timezone.now()
    post = reply(bram, thread, SAID)
    text = (
        f"Dat is gevaarlijk.\n\nOp dinsdag schreef Bram:\n> {SAID.splitlines()[0]}\nKom daar na achten nooit alleen."
    )
    ParkedReply.objects.create(recipient=anna, post=post, reason="quote", text=text, received_at=now)
    posts.delete(by=bram, post=post, at=now)
    purging.purge(now=now + timedelta(days=29))
    assert CANARY in ParkedReply.objects.get().text
    purging.purge(now=now + timedelta(days=31))
    left = ParkedReply.objects.get().text
    assert "Dat is gevaarlijk." in left and "achten" not in left
    assert where_it_is(CANARY) == []


def test_no_column_of_any_table_still_says_it(
    anna: User, bram: User, cas: User, coordinator: User, administrator: User, thread: Thread, space: Space
) -> None:
    """D7, D13. The post and its versions, quotations with a link and by hand, their own versions, drafts, the summary,
    search, the report, the decision and the appeal."""
    now = timezone.now()
    post = reply(bram, thread, f"Eerst: {CANARY} in Arnhem, zei ik toen.")
    posts.edit(by=bram, post=post, text=SAID, at=now + timedelta(hours=1))
    post.refresh_from_db()
    linked = reply(anna, thread, quoting.quote(post) + "Dat is gevaarlijk, @cas.")
    by_hand = reply(cas, thread, f"> Ik werk als {CANARY} in Ede, op de\n> derde verdieping.\n\nWaarom?", parent=post)
    edited = reply(anna, thread, f"> > Kom daar na achten\n> > nooit alleen, {CANARY}\n\nHm.", parent=post)
    posts.edit(by=anna, post=edited, text="Laat maar.", at=now + timedelta(hours=2))
    elsewhere = open_thread(cas, space, "Ander gesprek", quoting.quote(post) + "Ook hier.")
    threads.set_stand(by=cas, name=first_name(cas), thread=thread, text=quoting.quote(post) + "Eens.")
    threads.set_stand(by=cas, name=first_name(cas), thread=thread, text=quoting.quote(post) + "Anders.")
    drafts.keep(by=cas, place=Place(Kind.REPLY, post.pk), text=quoting.quote(post) + "Nog niet af.", filled={})
    reports.report(by=cas, post=post, grounds=Grounds.PRIVACY, words=f"Er staat “{CANARY}”.")
    decision = reports.decide(
        by=coordinator, post=post, act=Act.REMOVE_POST, grounds=Grounds.PRIVACY, reason=f"Schrijf niet {CANARY}."
    )
    plea = appeals.appeal(by=bram, decision=decision, words=f"Maar {CANARY} is geen naam.")
    purging.purge(now=now + timedelta(days=60))
    assert where_it_is(CANARY), "an appeal waits"
    appeals.settle(by=administrator, appeal=plea, outcome="upheld", answer=f"Toch, {CANARY} is er een.")
    assert len(where_it_is(CANARY)) > 10
    assert purging.purge(now=now + timedelta(days=60)) == 2
    assert where_it_is(CANARY, "derde verdieping", "na achten") == []
    assert purging.purge(now=now + timedelta(days=60)) == 0
    for kept, left in ((linked, "Dat is gevaarlijk"), (by_hand, "Waarom?"), (opening_of(elsewhere), "Ook hier.")):
        kept.refresh_from_db()
        assert "[verwijderd]" in kept.source and left in kept.source
        assert "[verwijderd]" in kept.html and "[verwijderd]" in kept.plain and "blockquote" in kept.html
    assert Entry.objects.get(kind="post", object_id=linked.pk).body == linked.plain
    assert "[verwijderd]" in client_of(anna).get(linked.get_absolute_url(), follow=True).content.decode()
    draft = Draft.objects.get()
    assert draft.version == 2 and draft.text.endswith("Nog niet af.")
    assert Report.objects.get().words == "[…]" and Revision.objects.count() == 1


def test_what_an_author_deleted_goes_too_and_the_title_with_a_hidden_beginning(
    anna: User, bram: User, coordinator: User, thread: Thread, space: Space
) -> None:
    """D7, D13."""
    now = timezone.now()
    posts.delete(by=bram, post=reply(bram, thread, SAID), at=now)
    other = open_thread(bram, space, f"Over {CANARY}", SAID)
    posts.delete(by=coordinator, post=opening_of(other), reason="Huisregel 1", at=now)
    purging.purge(now=now + timedelta(days=30))
    assert where_it_is(CANARY)
    purging.purge(now=now + timedelta(days=30, seconds=1))
    assert where_it_is(CANARY) == []


def test_what_others_wrote_and_quoted_of_others_stays(anna: User, bram: User, cas: User, thread: Thread) -> None:
    """D7. Only what repeats the text goes; nothing outside a quotation, and no quotation of something else."""
    now = timezone.now()
    gone = reply(bram, thread, SAID + "\n\nDank je wel.")
    text = f"> Dank je wel.\n\nGraag gedaan, {CANARY}.\n\n> Iets anders dat iemand anders ooit zei.\n\n1. een\n2. twee"
    kept = reply(anna, thread, text)
    posts.delete(by=bram, post=gone, at=now)
    purging.purge(now=now + timedelta(days=31))
    kept.refresh_from_db()
    assert kept.source == text


@pytest.mark.parametrize(
    ("quoted", "left"),
    [
        ("> een twee drie vier vijf zes\n\nDaarna.", "> [x]\n\nDaarna."),
        ("Vooraf.\n\n> een twee drie\n> vier vijf zes zeven\n> los\n\nDaarna.", "Vooraf.\n\n> [x]\n> los\n\nDaarna."),
        ("> een twee drie\nvier vijf zes\n\nDaarna.", "> [x]\n\nDaarna."),
        ("- punt\n\n  > een twee drie vier vijf zes", "- punt\n\n  > [x]"),
        ("> > Een, twee; DRIE vier **vijf** zes!", "> > [x]"),
        ("[Hier](/discussions/posts/7/):\n\n> kort\n\nDaarna.", "[Hier](/discussions/posts/7/):\n\n> [x]\n\nDaarna."),
        ("[Hier](/discussions/posts/77/):\n\n> kort", "[Hier](/discussions/posts/77/):\n\n> kort"),
        ("```\n> een twee drie vier vijf zes\n```", "```\n> een twee drie vier vijf zes\n```"),
    ],
)
def test_quotations_go_by_their_link_or_by_what_they_repeat(quoted: str, left: str) -> None:
    """D7."""
    passages = Passages()
    passages.add("Nul een twee drie vier vijf zes zeven acht.")
    assert rewriting.without_quotations(quoted, of=[7], passages=passages, mark="[x]") == left


def test_a_purge_costs_the_same_however_much_else_was_written(anna: User, bram: User, thread: Thread) -> None:
    """D7. One look through what quotes, for many texts together; no query for each post."""
    from django.test.utils import CaptureQueriesContext

    costs = []
    for total in (5, 20):
        now = timezone.now()
        for number in range(total):
            gone = reply(bram, thread, f"{SAID} {total}.{number}")
            reply(anna, thread, quoting.quote(gone) + "Ja.")
            posts.delete(by=bram, post=gone, at=now)
        with CaptureQueriesContext(connection) as queries:
            assert purging.purge(now=now + timedelta(days=31)) == total
        costs.append(len(queries))
    assert costs[0] == costs[1], costs
    assert not Post.objects.filter(source__contains=CANARY).exists()
