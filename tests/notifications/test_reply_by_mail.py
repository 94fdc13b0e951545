"""A notification is answered by mail: by whom it was sent to, once, in their name; else nothing is posted."""

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from discussions.actions import posts, threads
from discussions.models import Attachment, Post
from experts.actions import names
from notifications import addresses
from notifications.actions import events, issues, replies, rounds
from notifications.contents import gather
from notifications.models import Inbound, Issue, Note, ParkedReply, ReplyAddress
from notifications.models.inbound import LIFE, MOST_TRIES, Reason, State
from tests.cast import client_of, first_name, make_member
from tests.harness.files import pdf, photo, plain
from tests.notifications.answering import DOMAIN, NOW, OUR_SERVER, TOLD, answer, comes_in, proof, replies_by, told
from tests.notifications.conftest import MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r"reply\+[0-9a-f]{32}@antwoord\.invalid")


@pytest.fixture(autouse=True)
def by_mail(settings: Any) -> None:
    settings.REPLY_DOMAIN, settings.TRUSTED_AUTHSERV_ID = DOMAIN, OUR_SERVER


@pytest.fixture
def received(mail, bram, cas, thread):
    """What Cas got of what Bram wrote."""
    return told(mail, cas, bram, thread)


def parked(member: User) -> list[tuple[str, str]]:
    return list(ParkedReply.objects.filter(recipient=member).values_list("reason", "text"))


def test_an_answer_becomes_a_post_under_what_it_answers(received, cas, bram, thread) -> None:
    """N17. Only what is new, in the name of who wrote, and known as read by them."""
    assert TOKEN.fullmatch(received.message["Reply-To"])
    assert "-- antwoord boven deze regel --" in received.text and "antwoord boven deze regel" in received.html
    row = comes_in(answer(received), received)
    assert (row.state, row.why) == (State.DONE, "posted")
    post = Post.objects.get(author__holder=cas)
    assert post.source == "In de bibliotheek."
    assert post.parent.author.holder == bram and post.author == first_name(cas)
    assert not parked(cas) and not Note.objects.exists()


def test_nothing_of_the_mail_is_kept(received, cas) -> None:
    """The token is stored as a hash only; the raw mail is gone once it is dealt with."""
    row = comes_in(answer(received), received)
    assert bytes(row.raw) == b"" and row.envelope_to == "" and row.envelope_from is None
    token = str(received.message["Reply-To"])[6:38]
    assert token not in str(list(ReplyAddress.objects.values()) + list(Inbound.objects.values()))
    assert cas.email not in str(list(ReplyAddress.objects.values()))


def test_without_a_domain_the_mail_says_to_answer_on_the_site(mail, settings, bram, cas, thread) -> None:
    settings.REPLY_DOMAIN = ""
    received = told(mail, cas, bram, thread)
    assert "Reply-To" not in received.message and "boven deze regel" not in received.text
    assert "Antwoorden doe je op de site" in received.text and "Antwoorden doe je op de site" in received.html
    assert received.sender == "post@swexpertise.invalid"


def test_each_recipient_and_post_has_its_own_token_and_a_second_copy_the_same(mail, bram, cas, thread) -> None:
    """N17, N7."""
    dirk = make_member("Dirk")
    mail.answer("451 4.3.0 Later")
    for member in (cas, dirk):
        follows(wants(member, rhythm="at_once"), thread)
    reply(bram, thread, "Eerste.", at=TOLD - timedelta(minutes=30))
    sweep(TOLD)
    sweep(TOLD + timedelta(minutes=2))
    reply(bram, thread, "Tweede.", at=TOLD + timedelta(minutes=3))
    sweep(TOLD + timedelta(minutes=30))
    addresses = {}
    for attempt in mail.attempts:
        addresses.setdefault((attempt.recipients[0], attempt.message["Message-ID"]), set()).add(
            str(attempt.message["Reply-To"])
        )
    assert len(mail.attempts) == 5 and len(addresses) == 4
    assert all(len(same) == 1 for same in addresses.values())
    assert len(set.union(*addresses.values())) == 4


def test_a_digest_and_a_mail_about_two_discussions_cannot_be_answered(mail, anna, bram, cas, thread, space) -> None:
    """Nobody could know which post is meant."""
    other = open_thread(anna, space, "Andere vraag", "Tekst.", is_history=True)
    for one in (thread, other):
        follows(wants(cas, rhythm="at_once"), one)
        reply(bram, one, at=TOLD - timedelta(minutes=30))
    sweep(TOLD)
    dirk = follows(wants(make_member("Dirk"), rhythm="daily"), thread)
    reply(bram, thread, at=MORNING - timedelta(minutes=30))
    sweep(MORNING)
    for member in (cas, dirk):
        assert "Reply-To" not in mail.to(member.email)[0].message


def test_a_discreet_mail_has_no_token_but_its_return_path(mail, bram, cas, thread) -> None:
    """N4. The same bytes for one and for many, with answering switched on."""
    follows(wants(cas, rhythm="at_once", detail="discreet"), thread)
    reply(bram, thread, at=TOLD - timedelta(minutes=30))
    sweep(TOLD)
    for number in range(20):
        reply(bram, thread, f"Nummer {number}", at=TOLD + timedelta(minutes=1, seconds=number))
    sweep(TOLD + timedelta(hours=1))
    one, many = mail.to(cas.email)
    assert "Reply-To" not in one.message and one.message["From"] == "post@swexpertise.invalid"
    constant = [
        re.sub(rb"Message-ID: <[0-9a-f]{32}@|Date: .{31}", b"", received.message.as_bytes())
        for received in (one, many)
    ]
    assert constant[0] == constant[1]
    assert one.sender != many.sender and len(one.sender) == len(many.sender)


@pytest.mark.parametrize(
    "checked",
    [
        proof(result="fail"),
        proof(domain="other.invalid"),
        proof(server="mx.elsewhere.invalid"),
        "",
        f"{OUR_SERVER}; none",
        f"{OUR_SERVER}; spf=pass smtp.mailfrom=x@other.invalid; dkim=pass header.d=other.invalid",
        f"{OUR_SERVER}; dmarc=none header.from=cast.invalid; spf=fail smtp.mailfrom=cas@cast.invalid",
        f"{OUR_SERVER} (dmarc=pass header.from=cast.invalid); dmarc=fail header.from=cast.invalid",
    ],
)
def test_what_our_server_cannot_prove_waits_for_the_member(received, cas, checked: str) -> None:
    """N17. Parked, and told discreetly; others are believed nothing."""
    comes_in(answer(received, Authentication_Results=checked), received)
    assert replies_by(cas) == []
    assert parked(cas) == [(Reason.UNPROVEN, "In de bibliotheek.")]


@pytest.mark.parametrize(
    "checked",
    [
        proof(),
        f"{OUR_SERVER}; dmarc=none header.from=cast.invalid; spf=pass smtp.mailfrom=cas@cast.invalid",
        f"{OUR_SERVER}; dkim=pass (2048-bit key) header.d=cast.invalid header.s=a",
    ],
)
def test_what_our_server_proves_is_posted(received, cas, checked: str) -> None:
    """N17."""
    comes_in(answer(received, Authentication_Results=checked), received)
    assert replies_by(cas) == ["In de bibliotheek."]


def test_a_forged_result_beside_ours_proves_nothing(received, cas) -> None:
    """N17. A sender may write our server's name; where results differ, nothing is proven."""
    mail = answer(received, Authentication_Results=proof(result="fail"))
    mail.add_header("Authentication-Results", proof())
    comes_in(mail, received)
    assert parked(cas) == [(Reason.UNPROVEN, "In de bibliotheek.")]


def test_without_a_trusted_name_each_answer_waits(received, cas, settings) -> None:
    """N17."""
    settings.TRUSTED_AUTHSERV_ID = ""
    comes_in(answer(received), received)
    assert parked(cas) == [(Reason.UNPROVEN, "In de bibliotheek.")]


@pytest.mark.parametrize("sender", ["vreemde@elders.invalid", "bram@cast.invalid"])
def test_a_token_that_was_passed_on_is_refused(received, cas, bram, mail, sender: str) -> None:
    """N17. Another member's address is as foreign; nothing of a stranger's words is kept; the member is told, and
    whoever sent it is not."""
    comes_in(answer(received, "Kanariegeel.", sender=sender), received)
    assert not Post.objects.filter(source__contains="Kanariegeel").exists()
    assert parked(cas) == [(Reason.FOREIGN, "")] and not parked(bram)
    rounds.sweep(now=NOW)
    note = mail.to(cas.email)[-1]
    assert not mail.to(sender) or sender == bram.email
    whole = note.message.as_string() + note.text
    for word in ("Kanariegeel", "Prikken", "Zorg", "elders", "Bram"):
        assert word not in whole
    assert note.message["From"] == "post@swexpertise.invalid"


@pytest.mark.parametrize(
    "head",
    [
        b"From: Cas <cas@cast.invalid>, Vreemde <x@elders.invalid>\n",
        b"From: cas@cast.invalid <x@elders.invalid>\n",
        b'From: "cas@cast.invalid" <x@elders.invalid>\n',
        b"From: x@elders.invalid\nFrom: cas@cast.invalid\n",
        b"From: cas@cast.invalid@elders.invalid\n",
        b"From: =?utf-8?q?cas=40cast.invalid?= <x@elders.invalid>\n",
        b"Sender: cas@cast.invalid\n",
        b"From: \n",
    ],
)
def test_no_trick_with_the_sender_makes_it_the_member(received, cas, head: bytes) -> None:
    """N17."""
    raw = f"Authentication-Results: {proof()}\nMessage-ID: <1@x>\n".encode() + head + b"\nKanariegeel.\n"
    comes_in(raw, received)
    assert replies_by(cas) == [] and parked(cas) == [(Reason.FOREIGN, "")]


def test_a_token_does_not_outlive_its_days_or_its_address(received, cas, bram) -> None:
    """N17. Fourteen days; and only as long as the address is the member's."""
    comes_in(answer(received), received, now=TOLD + LIFE + timedelta(minutes=5))
    assert parked(cas) == [(Reason.LATE, "In de bibliotheek.")]
    User.objects.filter(pk=cas.pk).update(email="anders@cast.invalid")
    comes_in(answer(received, "Tweede.", sender="anders@cast.invalid"), received)
    assert replies_by(cas) == [] and (Reason.FOREIGN, "") in parked(cas)


def test_a_token_of_nobody_says_nothing(received, cas, mail) -> None:
    before = len(mail.inbox)
    row = comes_in(answer(received), received, envelope_to=f"reply+{'0' * 32}@{DOMAIN}")
    assert row.state == State.DROPPED and replies_by(cas) == [] and not parked(cas)
    rounds.sweep(now=NOW)
    assert len(mail.inbox) == before


def test_the_same_message_twice_gives_one_post(received, cas) -> None:
    """N19. Also with the address written differently."""
    one, two = (comes_in(answer(received), received) for _time in range(2))
    comes_in(answer(received), received, envelope_to=f"<{str(received.message['Reply-To']).upper()}>")
    assert one == two and replies_by(cas) == ["In de bibliotheek."]


@pytest.mark.parametrize(
    "automatic",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x@y.invalid"},
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"List_Id": "<lijst.elders.invalid>"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"Message_ID": "<0123@swexpertise.invalid>"},
        {"sender": "mailer-daemon@cast.invalid"},
        {"sender": "post@swexpertise.invalid"},
        {"sender": f"reply+abc@{DOMAIN}"},
    ],
)
def test_what_a_machine_wrote_becomes_nothing(received, cas, mail, automatic: dict[str, str]) -> None:
    """N19. No post, no answer, nothing that waits: a loop ends here."""
    before = len(mail.inbox)
    row = comes_in(answer(received, **automatic), received, envelope_from=None)
    rounds.sweep(now=NOW)
    assert (row.state, row.why) == (State.DROPPED, "automatic")
    assert replies_by(cas) == [] and not parked(cas) and len(mail.inbox) == before


@pytest.mark.parametrize(
    "subject",
    [
        "Automatisch antwoord: Nieuw in",
        "Automatic reply: x",
        "Out of Office",
        "Afwezig tot 3 april",
        "Ik ben met vakantie",
    ],
)
def test_an_absence_is_known_by_its_subject(received, cas, subject: str) -> None:
    """N19. Without any header that says so."""
    mail = answer(received)
    mail.replace_header("Subject", subject)
    assert comes_in(mail, received).why == "automatic" and not replies_by(cas)


def test_a_bounce_of_an_answer_is_no_answer(received, cas) -> None:
    """N19. An empty envelope sender."""
    assert comes_in(answer(received), received, envelope_from="").why == "automatic"


def test_a_locked_thread_is_refused_without_content_and_once_a_day(received, cas, coordinator, thread, mail) -> None:
    """N19. The member's text is kept on the site."""
    threads.lock(by=coordinator, thread=thread, reason="Klaar")
    before = len(mail.to(cas.email))
    for number in range(3):
        comes_in(answer(received, f"Kanariegeel {number}."), received)
        rounds.sweep(now=NOW + timedelta(minutes=number))
    assert replies_by(cas) == [] and {reason for reason, _text in parked(cas)} == {Reason.LOCKED}
    (refusal,) = mail.to(cas.email)[before:]
    whole = refusal.message.as_string() + refusal.text
    assert "kon niet geplaatst worden" in refusal.text
    for word in ("Kanariegeel", "Prikken", "Zorg", "Klaar", "Bram", str(thread.pk) + "/"):
        assert word not in whole
    comes_in(answer(received, "Kanariegeel 4."), received, now=NOW + timedelta(days=1))
    rounds.sweep(now=NOW + timedelta(days=1))
    assert len(mail.to(cas.email)) == before + 2


def test_a_deleted_or_lost_thread_is_refused_and_nothing_shows_what_it_was(
    mail, anna, bram, circle_space, kerngroep, coordinator
) -> None:
    """N19, N12. Who is no longer in the circle finds their own text and no title."""
    secret = open_thread(bram, circle_space, "Kanariegeel", "Tekst.", is_history=True)
    received = told(mail, anna, bram, secret, "Zwijg.")
    kerngroep.memberships.filter(user=anna).delete()
    comes_in(answer(received, "Mijn woorden."), received)
    assert replies_by(anna) == [] and parked(anna) == [(Reason.GONE, "Mijn woorden.")]
    client = client_of(anna)
    listed = client.get("/notifications/replies/")
    shown = client.get(f"/notifications/replies/{ParkedReply.objects.get().pk}/")
    for page in (listed, shown):
        assert b"Mijn woorden." in page.content
        assert b"Kanariegeel" not in page.content and b"Zwijg" not in page.content and b"Bram" not in page.content


def test_what_was_answered_is_deleted(received, cas, bram) -> None:
    """N19."""
    posts.delete(by=bram, post=Post.objects.get(author__holder=bram))
    comes_in(answer(received), received)
    assert parked(cas) == [(Reason.GONE, "In de bibliotheek.")]


def test_a_suspended_member_posts_nothing(received, cas) -> None:
    User.objects.filter(pk=cas.pk).update(is_active=False)
    assert comes_in(answer(received), received).state == State.DROPPED
    assert not Post.objects.filter(author__holder=cas).exists()


# Pseudonyms


@pytest.fixture
def roos(cas):
    """Cas also writes as Roos."""
    return names.create(by=cas, holder=cas, display_name="Roos", handle="roos")


def test_an_answer_comes_under_the_name_used_in_that_discussion(received, cas, roos, thread) -> None:
    """N17, P7."""
    posts.reply(by=cas, name=roos, thread=thread, text="Ik ben er ook.", at=TOLD - timedelta(days=1))
    comes_in(answer(received, "In de bibliotheek."), received)
    assert Post.objects.latest("pk").author == roos


def test_with_several_names_and_none_used_there_the_member_chooses(received, cas, roos) -> None:
    """N17."""
    comes_in(answer(received), received)
    assert replies_by(cas) == [] and parked(cas) == [(Reason.CHOICE, "In de bibliotheek.")]


@pytest.mark.parametrize(
    ("text", "shown", "reason"),
    [
        ("Goed plan.\n\nGroet,\nCas", "", Reason.NAME),
        ("Goed plan.\n\nCas", "", Reason.NAME),
        ("Goed plan, zegt cas.", "", Reason.NAME),
        ("Mail mij op cas@cast.invalid", "", Reason.NAME),
        ("Bel 06-12345678 maar.", "", Reason.NAME),
        ("Ik heet eigenlijk Sampleman.", "Cas Sampleman", Reason.NAME),
        ("Goed plan.\n\nLiefs, Fatima", "", Reason.SIGNATURE),
        ("Goed plan.\n\nFatima", "", Reason.SIGNATURE),
        ("Goed plan.\n\n---\nStichting Voorbeeld", "", Reason.SIGNATURE),
        ("Goed plan.\nWie weet een plek in de buurt van de haven?", "", Reason.QUOTE),
    ],
)
def test_under_a_pseudonym_what_may_give_away_is_never_published(
    mail, bram, cas, roos, thread, text: str, shown: str, reason: Reason
) -> None:
    """N18. Parked for the member to confirm."""
    posts.reply(by=cas, name=roos, thread=thread, text="Ik ben er ook.", at=TOLD - timedelta(days=1))
    received = told(mail, cas, bram, thread, "Wie weet een plek in de buurt van de haven?")
    comes_in(answer(received, text, shown=shown), received)
    assert Post.objects.filter(author__holder=cas).count() == 1
    assert [why for why, _text in parked(cas)] == [reason]


def test_who_asked_as_a_member_answers_as_a_member(mail, bram, cas, space) -> None:
    """N18, D12. Under no name, and at the least doubt not at all."""
    asked = open_thread(cas, space, "Vraag", "Hoe?", anonymously=True, at=TOLD - timedelta(days=2))
    received = told(mail, cas, bram, asked, "Zo.")
    comes_in(answer(received, "Dank je, dat helpt.", shown="Cas Sampleman"), received)
    assert Post.objects.latest("pk").author == asked.author and asked.author.is_anonymous
    comes_in(answer(received, "Nog iets.\n\nGroet,\nCas"), received)
    assert Post.objects.filter(thread=asked).count() == 3
    assert [reason for reason, _text in parked(cas)] == [Reason.NAME]
    assert not Post.objects.filter(author__holder=cas).exists()


def test_the_member_confirms_changes_or_throws_away_on_the_site(received, cas, roos, bram, thread) -> None:
    """N18. Nobody else finds it; a form sent twice posts once."""
    comes_in(answer(received, "Eerste.\n\nFatima"), received)
    comes_in(answer(received, "Tweede."), received)
    first, second = ParkedReply.objects.order_by("pk")
    page = f"/notifications/replies/{first.pk}/"
    for other in (bram, make_member("Dirk")):
        assert client_of(other).get(page).status_code == 404
        assert client_of(other).post(f"{page}throw-away/").status_code == 404
        with pytest.raises(PermissionDenied):
            replies.publish(by=other, parked=first, name=first_name(other), text="x", at=NOW)
    client = client_of(cas)
    assert b"Fatima" in client.get(page).content
    assert client.get("/notifications/").content.count(b"/notifications/replies/") == 1
    posted = client.post(page, {"text": "Eerste.", "name": roos.key})
    assert posted.status_code == 302
    assert client.post(page, {"text": "Eerste.", "name": roos.key}).status_code == 404
    client.post(f"/notifications/replies/{second.pk}/throw-away/")
    assert replies_by(cas) == ["Eerste."] and Post.objects.latest("pk").author == roos
    assert not ParkedReply.objects.exists()


def test_a_text_that_cannot_be_posted_is_refused_in_words_and_kept(received, cas, roos, thread, coordinator) -> None:
    comes_in(answer(received, "Mijn woorden."), received)
    page = f"/notifications/replies/{ParkedReply.objects.get().pk}/"
    client = client_of(cas)
    empty = client.post(page, {"text": "  ", "name": roos.key})
    assert empty.status_code == 200 and b"Schrijf eerst iets" in empty.content
    threads.lock(by=coordinator, thread=thread, reason="Klaar")
    locked = client.post(page, {"text": "Mijn andere woorden.", "name": roos.key})
    assert locked.status_code == 200 and b"Mijn" in locked.content and ParkedReply.objects.exists()


def test_the_list_costs_the_same_for_one_and_for_many(received, cas, roos, django_assert_max_num_queries) -> None:
    client = client_of(cas)
    for number in range(12):
        comes_in(answer(received, f"Nummer {number}."), received)
        if number in (2, 11):
            with django_assert_max_num_queries(6):
                client.get("/notifications/replies/")


def test_addresses_for_many_cost_one_query(mail, bram, thread, django_assert_num_queries) -> None:
    """N17, N22. Whatever the number of mails in a batch."""
    for count in (3, 12):
        members = [follows(wants(make_member(f"Lid {count} {n}"), rhythm="at_once"), thread) for n in range(count)]
        reply(bram, thread, "Tekst", at=TOLD - timedelta(minutes=30))
        events.fan_out(now=TOLD)
        issues.plan(now=TOLD)
        rows = Issue.objects.filter(recipient__in=members).select_related("recipient__preferences")
        contents = list(gather(list(rows), now=TOLD))
        with django_assert_num_queries(1):
            addresses.give(contents, now=TOLD)
        assert len({content.reply_to for content in contents} - {""}) == count


# What is wrong with a mail


HEAD = f"Authentication-Results: {proof()}\r\nFrom: cas@cast.invalid\r\nMessage-ID: <1@x>\r\n".encode()
PARTS = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
NESTED = b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n'
BASE64 = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
BAD = {
    "head of 1 MB": (HEAD + b"X-Long: " + b"a" * 1_000_000 + b"\r\n\r\nHoi\r\n", Reason.UNREADABLE),
    "10,000 parts": (HEAD + PARTS + b"--b\r\n\r\nx\r\n" * 10_000 + b"--b--\r\n", Reason.UNREADABLE),
    "nested": (HEAD + b"".join(NESTED % (n, n) for n in range(2000)), Reason.UNREADABLE),
    "deep html": (HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 5000, Reason.UNREADABLE),
    "broken mime": (HEAD + PARTS + b"no boundary at all\r\n", Reason.EMPTY),
    "broken base64": (HEAD + BASE64 + b"!!!!\r\n", Reason.EMPTY),
    "22 MB": (HEAD + b"\r\n" + b"a " * 11_000_000, Reason.UNREADABLE),
    "only a quote": (HEAD + b"\r\n> Wie weet een plek?\r\n", Reason.EMPTY),
    "too long": (HEAD + b"\r\n" + b"lang " * 25_000, Reason.TOO_LONG),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_mail_is_parked_with_its_reason(received, cas, what: str) -> None:
    """Never a crash, never a loop; the member hears of it."""
    raw, reason = BAD[what]
    row = comes_in(raw, received)
    assert row.state == State.PARKED and row.tries == 1
    assert [why for why, _text in parked(cas)] == [reason] and replies_by(cas) == []


def test_nul_and_half_characters_are_left_out(received, cas) -> None:
    raw = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\nIn\x00 de \xed\xa0\x80bieb\xe2\x80\x8b.\r\n"
    comes_in(raw, received)
    (text,) = replies_by(cas)
    assert "\x00" not in text and text.startswith("In de ") and "\u200b" not in text


@pytest.mark.parametrize(
    "letters", [b"", b"\x00\xff\n\n\n", b"From", b"\r\n\r\n", b"Subject: =?utf-8?b?////?=\n\n", b"\n" * 100]
)
def test_any_bytes_are_taken(received, letters: bytes) -> None:
    assert comes_in(letters, received).state in (State.PARKED, State.DROPPED)


def test_a_mail_that_kills_whoever_deals_with_it_is_given_up_the_third_time(received, cas, monkeypatch) -> None:
    """Stored before anything is done; the sweep tries again, and no content stands in the log."""
    monkeypatch.setattr(replies, "_outcome", lambda mail, now: 1 / 0)
    row = comes_in(answer(received), received)
    assert row.state == State.STORED and row.tries == 1
    for minute in range(MOST_TRIES + 2):
        replies.work_off(now=NOW + timedelta(minutes=minute))
    row.refresh_from_db()
    assert (row.state, row.why, bytes(row.raw)) == (State.PARKED, "given up", b"")
    assert parked(cas) == [(Reason.UNREADABLE, "")]


def test_what_was_left_behind_is_dealt_with_by_the_sweep(received, cas, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(replies, "_outcome", lambda mail, now: 1 / 0)
        comes_in(answer(received), received)
    rounds.sweep(now=NOW)
    assert replies_by(cas) == ["In de bibliotheek."]


def test_nothing_of_a_mail_stands_in_the_log(received, cas, caplog, monkeypatch) -> None:
    """S9. Not when it fails, not when it works."""

    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("Kanariegeel cas@cast.invalid")

    comes_in(answer(received, "Kanariegeel.\n\nFatima"), received)
    monkeypatch.setattr(replies, "strip", fails)
    comes_in(answer(received, "Kanariegeel."), received)
    for word in ("Kanariegeel", "Fatima", "cas@", "reply+"):
        assert word not in caplog.text
    assert "RuntimeError" in caplog.text


def test_what_is_kept_is_thrown_away_in_time(received, cas) -> None:
    comes_in(answer(received, "x\n\nFatima"), received)
    replies.work_off(now=NOW + timedelta(days=29))
    assert ParkedReply.objects.exists() and Inbound.objects.exists()
    replies.work_off(now=NOW + timedelta(days=61))
    assert not ParkedReply.objects.exists() and not Inbound.objects.exists() and not ReplyAddress.objects.exists()


def with_files(mail: EmailMessage) -> EmailMessage:
    mail.add_attachment(photo(), maintype="image", subtype="jpeg", filename="kanarie-thuis.jpg")
    mail.add_attachment(b"PK\x03\x04", maintype="application", subtype="zip", filename="kanarie.zip")
    mail.add_attachment(pdf(), maintype="application", subtype="octet-stream", filename="kanarie.docx")
    return mail


def test_files_of_a_mail_are_cleaned_as_uploads_are(received, cas, thread, settings, tmp_path) -> None:
    """N20, S5. Without place, maker or name; what is neither picture nor PDF stays behind, and that is said."""
    settings.MEDIA_ROOT = tmp_path
    comes_in(with_files(answer(received)), received)
    picture, document = Attachment.objects.of(Post.objects.get(author__holder=cas))
    assert (picture.kind, document.kind) == ("picture", "pdf")
    for file in (picture, document):
        with file.file.open() as opened:
            data = opened.read()
        assert b"anarie" not in (plain(data) if file is document else data) and "anarie" not in file.file.name
    assert b"anarie" in photo() and b"anarie" in plain(pdf())
    assert parked(cas) == [(Reason.ATTACHMENTS, "")]
    page = client_of(cas).get(f"/notifications/replies/{ParkedReply.objects.get().pk}/")
    assert "zonder een of meer bestanden" in page.content.decode()


def test_files_do_not_come_under_a_pseudonym_nor_with_what_waits(mail, bram, cas, roos, thread, settings, tmp_path):
    """N18, N20. A picture could join two names."""
    settings.MEDIA_ROOT = tmp_path
    posts.reply(by=cas, name=roos, thread=thread, text="Ik ben er ook.", at=TOLD - timedelta(days=1))
    received = told(mail, cas, bram, thread)
    comes_in(with_files(answer(received)), received)
    comes_in(with_files(answer(received, "Nog iets.\n\nFatima")), received)
    assert Post.objects.filter(author=roos).count() == 2 and not Attachment.objects.exists()
    assert {why for why, _text in parked(cas)} == {Reason.ATTACHMENTS, Reason.SIGNATURE}
    assert not list(tmp_path.rglob("*.*"))
    for one in ParkedReply.objects.all():
        page = client_of(cas).get(f"/notifications/replies/{one.pk}/").content.decode()
        assert "De bestanden bij je mail zijn niet bewaard" in page


def test_unsubscribing_by_mail(mail, bram, cas, thread) -> None:
    """N15. The key that our header puts in the subject; a key of nobody changes nothing."""
    from notifications.inbound.receiving import receive

    received = told(mail, cas, bram, thread)
    key = re.search(r"subject=([0-9a-f]+)", received.message["List-Unsubscribe"])[1]
    for number, given in enumerate(("0" * 32, key)):
        cas.preferences.refresh_from_db()
        assert cas.preferences.rhythm == "at_once"
        raw = f"From: cas@cast.invalid\nSubject: {given}\nMessage-ID: <{number}@x>\n\n".encode()
        receive(raw, envelope_to=f"unsubscribe@{DOMAIN}", envelope_from="", now=NOW)
    cas.preferences.refresh_from_db()
    assert cas.preferences.rhythm == "never"
