"""Proof four: canary words, planted in everything hidden, are heard by those the table allows and by nobody else."""

import hashlib
import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.actions import invitations
from accounts.models import Circle, User
from cms.models import ArticlePage
from discussions.actions import drafts, posts, spaces, threads
from discussions.models import Post
from discussions.models.draft import Kind, Place
from experts.actions import profiles
from notifications.actions import rounds
from notifications.models import ParkedReply
from tests.cast import client_of, first_name, make_member
from tests.cms.conftest import Tree, close, plant, tree  # noqa: F401  the fixture is found by its name here
from tests.harness.mail import MailServer
from tests.visibility.crawl import crawl, disguises, where_heard


def bird(key: str) -> str:
    """A word of fourteen letters that resembles no other, always the same for `key`."""
    digest = hashlib.sha256(key.encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:14])


EVERYBODY = {"visitor", "cas", "anna", "dora", "aad"}
MEMBERS = EVERYBODY - {"visitor"}
COORDINATORS = {"dora", "aad"}
CIRCLE = {"anna", "bram"}

# Which word is planted where, and who of those who crawl may hear it.
ALLOWED: dict[str, set[str]] = {
    bird("adres"): set(),  # Bram's address
    bird("wachtwoord"): set(),
    bird("introductie"): {"bram"},  # only me
    bird("regio"): COORDINATORS | {"bram"},
    bird("kop"): MEMBERS | {"bram"},
    bird("openbaar"): EVERYBODY | {"bram"},
    bird("kennis"): {"bram"},  # a topic that only its holder sees at the profile
    bird("ruimte"): CIRCLE,
    bird("doel"): CIRCLE,
    bird("regels"): CIRCLE,
    bird("gesprek"): CIRCLE,
    bird("bericht"): CIRCLE,
    bird("eerder"): CIRCLE,  # an earlier text of a post of the circle
    bird("weg"): {"bram"},  # a deleted post
    bird("verborgen"): COORDINATORS | {"bram"},  # a thread that was removed
    bird("eertijds"): {"bram"},  # what a thread was called before a coordinator renamed it
    bird("leden"): MEMBERS | {"bram"},  # a page for members
    bird("bestuur"): COORDINATORS,  # a page for coordinators
    bird("kring"): CIRCLE,  # a page of the circle
    bird("klad"): {"bram"},  # what somebody is still writing, in whatever space
    bird("kladtitel"): {"bram"},
    bird("concept"): set(),  # a page that was never published
    bird("blok"): MEMBERS | {"bram"},  # a part for members of a public page
    bird("genodigde"): COORDINATORS,  # the address of somebody invited
    bird("gemaild"): {"bram"},  # an answer by mail that waits for its writer
}
STARTS = [
    *("/", "/nl/", "/en/", "/experts/", "/experts/organisations/", "/discussions/", "/notifications/"),
    *("/accounts/settings/", "/sitemap.xml", "/robots.txt", "/feeds/nl.atom", "/health/ready"),
    *(
        "/experts/members/",
        "/experts/invitations/",
        "/experts/circles/",
        "/letters/",
        "/search/",
        "/discussions/drafts/",
    ),
]
ASKING = ("/search/?q={}", "/experts/?q={}")
# A better spelling comes from titles that the reader may see, so it may differ; that it says nothing hidden is asked.
SUGGESTION = re.compile(rb'(?:Bedoelde je|Did you mean) <a href="[^"]*">[^<]*</a>\?')
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def aviary(kerngroep: Circle, anna: User, cas: User, tree: Tree) -> dict[str, User | AnonymousUser]:  # noqa: F811  as above
    """A small platform in which a word is hidden everywhere; the people who will look around."""
    dora, aad = make_member("Dora", role="coordinator"), make_member("Aad", role="administrator")
    bram = make_member(
        "Bram", email=f"{bird('adres')}@cast.invalid", password=f"{bird('wachtwoord')}-1", audience="public"
    )
    kerngroep.memberships.create(user=bram)
    kerngroep.memberships.create(user=dora)  # while she makes what is the circle's
    profiles.update(
        by=bram,
        profile=first_name(bram).profile,
        introduction=f"Ik weet van {bird('introductie')}.",
        introduction_audience="only_me",
        region=bird("regio"),
        region_audience="coordinators",
        headline=bird("kop"),
        headline_audience="members",
        publications=bird("openbaar"),
        publications_audience="public",
        knows=[bird("kennis")],
        knows_audience="only_me",
    )
    hidden = spaces.open_space(
        by=dora,
        slug="x1",
        name=bird("ruimte"),
        purpose=bird("doel"),
        house_rules=bird("regels"),
        circle=kerngroep,
        audience="circle",
    )
    open_to_all = spaces.open_space(by=dora, slug="x2", name="Voor alle leden")
    long_ago = timezone.now() - timedelta(hours=3)
    thread = threads.open_thread(
        by=bram,
        name=first_name(bram),
        space=hidden,
        title=bird("gesprek"),
        text=f"{bird('eerder')} @anna",
        at=long_ago,
    )
    posts.edit(by=bram, post=Post.objects.get(thread=thread, number=1), text=f"{bird('bericht')} @cas @anna")
    public = threads.open_thread(by=cas, name=first_name(cas), space=open_to_all, title="Voor iedereen", text="Dag")
    gone = posts.reply(by=bram, name=first_name(bram), thread=public, text=f"{bird('weg')} @cas", at=long_ago)
    posts.delete(by=bram, post=gone)
    posts.reply(
        by=bram,
        name=first_name(bram),
        thread=public,
        text=f"@cas @dora zie {thread.get_absolute_url()} en [[https://swexpertise.invalid{thread.get_absolute_url()}]]",
        at=long_ago,
    )
    opening = Post.objects.get(thread=public, number=1)
    drafts.keep(by=bram, place=Place(Kind.REPLY, opening.pk), text=f"Ik wilde {bird('klad')} @cas", filled={})
    half = {"title": bird("kladtitel"), "kind": "question", "topics": "zorg"}
    drafts.keep(by=bram, place=Place(Kind.THREAD, open_to_all.pk), text=bird("klad"), filled=half)
    removed = threads.open_thread(
        by=bram, name=first_name(bram), space=open_to_all, title=bird("verborgen"), text="Weg ermee"
    )
    threads.remove(by=dora, thread=removed, reason="Proef")
    renamed = threads.open_thread(
        by=bram, name=first_name(bram), space=open_to_all, title=bird("eertijds"), text="Zo heet het nu anders"
    )
    threads.rename(by=dora, thread=renamed, title="Nu anders", reason="Proef")
    for word, audience, more in (
        (bird("leden"), "members", {}),
        (bird("bestuur"), "coordinators", {}),
        (bird("kring"), "circle", {"circle": kerngroep}),
    ):
        page = plant(tree.hub, ArticlePage, f"Artikel {word}", slug=word, summary=word, by=dora)
        posts.reply(by=dora, name=first_name(dora), thread=public, text=f"@cas @bram: {page.get_url()}", at=long_ago)
        close(page, audience, by=dora, **more)
    draft = ArticlePage(title=bird("concept"), slug=bird("concept"), summary=bird("concept"), live=False)
    tree.hub.add_child(instance=draft)
    reserved = {"audience": "members", "content": [{"type": "text", "value": f"<p>{bird('blok')}</p>"}]}
    with_block = tree.article.get_latest_revision_as_object()
    with_block.body = json.dumps([{"type": "text", "value": "<p>Open</p>"}, {"type": "reserved", "value": reserved}])
    with_block.save_revision(user=dora).publish(user=dora)
    invitations.invite(by=dora, email=f"{bird('genodigde')}@cast.invalid")
    kerngroep.memberships.filter(user=dora).delete()
    ParkedReply.objects.create(
        recipient=bram, post=gone, reason="signature", text=f"{bird('gemaild')} groet", received_at=long_ago
    )
    return {"visitor": AnonymousUser(), "cas": cas, "anna": anna, "bram": bram, "dora": dora, "aad": aad}


@pytest.fixture(scope="module")
def walks() -> dict[str, set[str]]:
    """The words that were heard by whoever followed every link already."""
    return {}


@pytest.mark.parametrize("who", ["visitor", "cas", "anna", "bram", "dora", "aad"])
def test_whoever_follows_every_link_hears_only_what_the_table_allows(aviary, walks, who: str) -> None:
    """S4, P6, K2, D7. Pages, feeds, files, headers and redirects, plain or in disguise."""
    pages = crawl(client_of(aviary[who]), STARTS)
    heard = {word: where for word in ALLOWED if (where := where_heard(word, pages))}
    walks[who] = set(heard)
    own = {bird("adres")} if who == "bram" else set()  # one's own settings say one's own address
    wrong = {word: where[:3] for word, where in heard.items() if who not in ALLOWED[word] and word not in own}
    assert not wrong
    assert len(pages) > 25


def test_the_crawl_reaches_what_it_is_to_prove_absent(aviary, walks) -> None:
    """A walk that gets nowhere proves nothing: those who may hear a word do come across it, on those very walks."""
    for who in {"bram", "cas", "dora"} - set(walks):  # this test alone was asked for
        pages = crawl(client_of(aviary[who]), STARTS)
        walks[who] = {word for word in ALLOWED if where_heard(word, pages)}
    expected = {
        "bram": {word for word, may in ALLOWED.items() if "bram" in may} - {bird("kring")},
        "cas": {bird("leden"), bird("blok"), bird("kop"), bird("openbaar")},
        "dora": {bird("genodigde"), bird("bestuur"), bird("regio"), bird("verborgen")},
    }
    for who, words in expected.items():
        assert words <= walks[who], who


@pytest.mark.parametrize("who", ["visitor", "cas", "dora"])
def test_asking_for_a_hidden_word_answers_as_asking_for_nonsense(aviary, who: str) -> None:
    """P6, Q3, S2. Count, facets, suggestions and page are those of a word that nobody ever wrote."""
    client = client_of(aviary[who])
    for word, may in ALLOWED.items():
        if who in may:
            continue
        nonsense = bird(word)
        for address in ASKING:
            asked, control = (client.get(address.format(text)) for text in (word, nonsense))
            assert asked.status_code == control.status_code == 200
            said, plain = (SUGGESTION.sub(b"", TOKEN.sub(b"", page.content)) for page in (asked, control))
            assert said == plain.replace(nonsense.encode(), word.encode()), (address, word)
            suggested = b"".join(SUGGESTION.findall(asked.content))
            hidden = {other for other, others in ALLOWED.items() if who not in others} - {word}
            assert not [other for other in hidden if other.encode() in suggested], (address, word)
            assert word.encode() not in suggested


@pytest.mark.django_db(transaction=True)
def test_no_mail_says_more_than_the_table_allows(aviary, smtp_server: MailServer) -> None:
    """S4, N12. Everything that is mailed, headers included, to whomever; the strictest reader first."""
    for user in User.objects.all():
        user.preferences.mail_detail = "full"
        user.preferences.rhythm = "daily"
        user.preferences.save()
    rounds.sweep(now=timezone.now())
    rounds.sweep(now=timezone.now() + timedelta(days=2))
    assert smtp_server.inbox, "somebody was told something"
    for who, user in aviary.items():
        if not isinstance(user, User):
            continue
        for mail in smtp_server.to(user.email):
            text = bytes(mail.message) + mail.text.encode() + mail.html.encode()
            own = {bird("adres")} if who == "bram" else set()
            for word, may in ALLOWED.items():
                if who not in may and word not in own:
                    assert not any(mark in text for mark in disguises(word)), (who, word)
