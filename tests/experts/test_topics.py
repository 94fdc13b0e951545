"""The vocabulary is one, and coordinators tend it: nothing that carried a topic loses it, no link breaks (D11)."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from discussions.actions import spaces
from discussions.models import Space, TaggedThread, Thread
from experts.actions import profiles, topics
from experts.models import ProfileFact, Topic, TopicAlias
from experts.topics import called_now
from notifications.actions import watches
from notifications.models import Watch
from tests.cast import client_of, first_name, make_member
from tests.discussions.conftest import open_thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def space(coordinator: User) -> Space:
    return spaces.open_space(by=coordinator, slug="zorg", name="Zorg")


def topic(name: str) -> Topic:
    return Topic.objects.get(name=name)


def test_joined_topics_are_carried_once_by_all_who_carried_either(
    coordinator: User,
    anna: User,
    bram: User,
    cas: User,
    space: Space,
) -> None:
    """D11. Profiles, threads, and whoever follows it."""
    both = open_thread(anna, space, "Beide", "Tekst", topics=["Soa", "SOA-test"])
    old = open_thread(anna, space, "Oude", "Tekst", topics=["SOA-test"])
    for who, words in ((anna, ["Soa", "SOA-test"]), (bram, ["SOA-test"])):
        profiles.update(by=who, profile=first_name(who).profile, knows=words)
    for who, word, level in (
        (anna, "Soa", "following"), (anna, "SOA-test", "watching"), (cas, "SOA-test", "following"),
    ):  # fmt: skip
        watches.watch(by=who, thing=topic(word), level=level)
    topics.join(by=coordinator, topic=topic("SOA-test"), into=topic("Soa"))
    assert [list(thread.topics.names()) for thread in (both, old)] == [["Soa"], ["Soa"]]
    assert TaggedThread.objects.count() == 2
    for who in (anna, bram):
        assert list(first_name(who).profile.knows.names()) == ["Soa"]
    facts = ProfileFact.objects.filter(kind="knows").values_list("profile__name__display_name", "value", "label")
    assert sorted(facts) == [("Anna", "soa", "Soa"), ("Bram", "soa", "Soa")]
    assert set(Watch.objects.exclude(topic=None).values_list("user__email", "topic__name", "level")) == {
        (anna.email, "Soa", "watching"),
        (cas.email, "Soa", "following"),
    }


def test_old_links_and_old_words_still_lead_to_it(
    coordinator: User,
    anna: User,
    space: Space,
    client,
) -> None:
    """D11. 301 from every old address, also after a second joining; who types the old word gets the new one."""
    for word in ("Soa", "SOA-test", "Seksuele gezondheid"):
        open_thread(anna, space, word, "Tekst", topics=[word])
    topics.join(by=coordinator, topic=topic("SOA-test"), into=topic("Soa"))
    topics.rename(by=coordinator, topic=topic("Soa"), name="Soa's")
    topics.join(by=coordinator, topic=topic("Soa's"), into=topic("Seksuele gezondheid"))
    open_thread(anna, space, "Titel zonder", "Tekst")
    for slug in ("soa-test", "soa", "soas"):
        answer = client.get(f"/experts/topics/{slug}/")
        assert (answer.status_code, answer.url) == (301, "/experts/topics/seksuele-gezondheid/"), slug
    found = client_of(anna).get(f"{space.get_absolute_url()}?tag=soa-test").text
    assert "SOA-test" in found and "Titel zonder" not in found
    assert ">Seksuele gezondheid</span>" in found and ">soa-test<" not in found
    new = open_thread(anna, space, "Nieuw", "Tekst", topics=["soa", "SOA-TEST", "Prep"])
    assert sorted(new.topics.names()) == ["Prep", "Seksuele gezondheid"]
    profiles.update(by=anna, profile=first_name(anna).profile, knows=["Soa", "soa-test"])
    assert list(first_name(anna).profile.knows.names()) == ["Seksuele gezondheid"]
    experts = client_of(anna).get("/experts/?topic=soa-test&topic=soa")
    assert [card.face.display_name for card in experts.context["cards"]] == ["Anna"]
    assert experts.context["question"].values == {"topic": ["seksuele-gezondheid"]}
    assert called_now(["x", "SOA", "Seksuele gezondheid"]) == ["x", "Seksuele gezondheid"]


def test_a_renamed_topic_keeps_everything(coordinator: User, anna: User, space: Space, client) -> None:
    """D11. Other capitals are no other word; back to the old name gives the old address back."""
    thread = open_thread(anna, space, "Titel", "Tekst", topics=["hiv"])
    profiles.update(by=anna, profile=first_name(anna).profile, knows=["hiv"])
    topics.rename(by=coordinator, topic=topic("hiv"), name="HIV")
    assert (topic("HIV").slug, TopicAlias.objects.count()) == ("hiv", 0)
    topics.rename(by=coordinator, topic=topic("HIV"), name="Hiv en aids")
    assert list(thread.topics.names()) == ["Hiv en aids"]
    assert ProfileFact.objects.get(kind="knows").value == "hiv-en-aids"
    assert client.get("/experts/topics/hiv/").url == "/experts/topics/hiv-en-aids/"
    topics.rename(by=coordinator, topic=topic("Hiv en aids"), name="hiv")
    assert client.get("/experts/topics/hiv/").status_code == 200
    assert client.get("/experts/topics/hiv-en-aids/").url == "/experts/topics/hiv/"


def test_no_two_topics_are_one_word(coordinator: User, anna: User, space: Space) -> None:
    """D11, P15. The database says so too, whatever the capitals; nor is an old word taken from what it leads to."""
    open_thread(anna, space, "Titel", "Tekst", topics=["Prep", "Zorg", "Recht"])
    with pytest.raises(ValidationError):
        topics.rename(by=coordinator, topic=topic("Zorg"), name="PREP")
    topics.join(by=coordinator, topic=topic("Recht"), into=topic("Prep"))
    with pytest.raises(ValidationError):
        topics.rename(by=coordinator, topic=topic("Zorg"), name="recht")
    with pytest.raises(IntegrityError), transaction.atomic():
        Topic.objects.create(name="ZORG")
    with pytest.raises(ValidationError):
        topics.join(by=coordinator, topic=topic("Prep"), into=topic("Prep"))


def test_only_coordinators_tend_it(anna: User, coordinator: User, space: Space) -> None:
    """D11."""
    open_thread(anna, space, "Titel", "Tekst", topics=["Prep", "Zorg"])
    for act in (lambda: topics.rename(by=anna, topic=topic("Prep"), name="x y"),
                lambda: topics.join(by=anna, topic=topic("Prep"), into=topic("Zorg"))):  # fmt: skip
        with pytest.raises(PermissionDenied):
            act()
    for address in ("/experts/topics/", "/experts/topics/prep/edit/"):
        assert client_of(anna).get(address).status_code == 404
        assert client_of(coordinator).get(address).status_code == 200


def test_a_word_that_is_shown_to_nobody_is_listed_to_nobody(coordinator: User, anna: User, space: Space) -> None:
    """D11, P5. Not in the list, not at its address, not to join with; on a thread for all it is."""
    profile = first_name(anna).profile
    profiles.update(by=anna, profile=profile, knows=["Stilkanarie"], knows_audience="only_me")
    assert "Stilkanarie" not in client_of(coordinator).get("/experts/topics/").text
    assert client_of(coordinator).get("/experts/topics/stilkanarie/edit/").status_code == 404
    open_thread(anna, space, "Zo", "Ja.", topics=["stilkanarie"])
    assert "Stilkanarie" in client_of(coordinator).get("/experts/topics/").text


def test_in_the_browser_joining_is_asked_twice(coordinator: User, anna: User, space: Space) -> None:
    """D11, D20. Refusals in words, the text kept."""
    open_thread(anna, space, "Titel", "Tekst", topics=["Prep", "Zorg"])
    client, address = client_of(coordinator), "/experts/topics/prep/edit/"
    assert (
        "Prep" in client.get("/experts/topics/?q=pre").text and "Zorg" not in client.get("/experts/topics/?q=pre").text
    )
    assert "Zo heet geen onderwerp." in client.post(address, {"into": "bestaat niet"}).text
    assert "bestaat al" in client.post(address, {"name": "zorg"}).text
    assert client.post(address, {"name": "<b>"}).status_code == 200
    look = client.post(address, {"into": "ZORG"})
    assert "Kijk nog één keer." in look.text and Topic.objects.count() == 2
    assert client.post(address, {"into": "Zorg", "sure": "zorg"}).url == "/experts/topics/zorg/"
    assert Topic.objects.count() == 1
    assert (
        client.post("/experts/topics/zorg/edit/", {"name": "Zorg en welzijn"}).url
        == "/experts/topics/zorg-en-welzijn/"
    )


def test_drafts_of_pages_name_it_too(coordinator: User, anna: User, space: Space) -> None:
    """D11. A version that is published later doesn't lose the topic."""
    from wagtail.models import Page

    from cms.models import StandardPage

    open_thread(anna, space, "Titel", "Tekst", topics=["Prep", "Zorg"])
    page = StandardPage(title="Over prep", slug="over-prep")
    Page.objects.get(depth=2).add_child(instance=page)
    page.topics.add(topic("Prep"), topic("Zorg"))
    revision = page.save_revision()
    topics.join(by=coordinator, topic=topic("Prep"), into=topic("Zorg"))
    revision.refresh_from_db()
    assert [row["tag"] for row in revision.content["tagged"]] == [topic("Zorg").pk]


def test_it_costs_the_same_however_many_carry_it(
    coordinator: User,
    anna: User,
    space: Space,
) -> None:
    """D11. No statement for each."""
    costs = []
    for count in (3, 12):
        for number in range(count):
            member = make_member(f"Lid {count} {number}")
            open_thread(member, space, f"Titel {number}", "Tekst", topics=["Oud woord", "Nieuw woord"][number % 2 :])
            profiles.update(by=member, profile=first_name(member).profile, knows=["Oud woord"])
        with CaptureQueriesContext(connection) as queries:
            topics.join(by=coordinator, topic=topic("Oud woord"), into=topic("Nieuw woord"))
        costs.append(len(queries))
        TopicAlias.objects.all().delete()
    assert costs[0] == costs[1] and costs[0] <= 30, costs
    assert Thread.objects.filter(topics__name="Nieuw woord").count() == 15
