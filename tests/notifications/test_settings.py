"""The settings page says in words what will happen, and keeps it; topics are followed, names muted, by plain forms."""

import pytest
from django.utils import translation

from accounts.models import Preferences
from experts.models import Topic
from notifications.models import Watch
from notifications.words import in_words
from tests.cast import client_of, first_name
from tests.notifications.conftest import follows, open_thread

pytestmark = pytest.mark.django_db
CHOSEN = {"rhythm": "daily", "weekday": "0", "hour": "8", "mail_detail": "titles", "quiet_from": "22", "quiet_to": "9"}


def post(user, **more):
    return client_of(user).post("/notifications/settings/", CHOSEN | more, follow=True)


def test_what_is_chosen_is_kept_and_said_in_words(cas) -> None:
    """N2, N3."""
    said = post(cas).content.decode()
    assert "Elke dag om 08:00 krijg je één mail met alleen titels." in said
    assert "Tussen 22:00 en 09:00 komt er niets" in said and "Je overzicht komt daarom om 09:00." in said
    mine = Preferences.objects.get(user=cas)
    kept = (mine.rhythm, mine.hour, mine.mail_detail, mine.quiet_from, mine.quiet_to)
    assert kept == ("daily", 8, "titles", 22, 9)


def test_looking_first_keeps_nothing(cas) -> None:
    said = post(cas, look="1", rhythm="weekly", weekday="4").content.decode()
    assert "Nog niet bewaard:" in said and "Elke week op vrijdag om 08:00" in said
    assert Preferences.objects.filter(user=cas, rhythm="weekly").count() == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"quiet_to": ""}, "Kies allebei de uren, of geen van beide."),
        ({"quiet_to": "22"}, "Dat zou de hele dag zijn."),
        ({"is_steady": "on"}, "Vast hoort bij ingehouden"),
        ({"is_steady": "on", "mail_detail": "discreet", "rhythm": "at_once"}, "Vast hoort bij elke dag of elke week"),
    ],
)
def test_what_does_not_go_together_is_said_and_what_was_filled_in_stays(cas, wrong, said) -> None:
    """N2, N4."""
    page = post(cas, **wrong).content.decode()
    assert said in page and not Preferences.objects.filter(user=cas, quiet_from=22).exists()
    assert '<option value="22" selected>' in page


@pytest.mark.parametrize("odd", ["24", "-1", "acht", "8.5", "9" * 400, "\x00"])
@pytest.mark.parametrize("field", ["hour", "weekday", "quiet_from"])
def test_odd_hours_are_refused_in_words(cas, field, odd) -> None:
    assert "Dit gaat nog niet samen:" in post(cas, **{field: odd}).content.decode()


def test_every_choice_has_its_sentence() -> None:
    """N2, N3, N4. No choice says nothing, and no two of rhythm and detail say the same."""
    with translation.override("en"):
        said = [
            in_words(rhythm=rhythm, hour=8, weekday=0, mail_detail=detail)
            for rhythm in ("at_once", "daily", "weekly")
            for detail in ("full", "titles", "discreet")
        ]
        steady = in_words(rhythm="daily", hour=8, weekday=0, mail_detail="discreet", is_steady=True)
    assert len(set(said)) == len(said) and all(said)
    assert "No news, no mail" not in steady and "nothing happened" in steady


def test_a_topic_is_followed_from_its_page(cas, anna, space) -> None:
    """N1. And let go of again; it stands among what one follows."""
    open_thread(anna, space, "Prikken op locatie", "Tekst.", is_history=True, topics=["Prikken"])
    topic, client = Topic.objects.get(name="Prikken"), client_of(cas)
    assert "Hoe nauw wil je dit onderwerp volgen?" in client.get(topic.get_absolute_url()).content.decode()
    client.post(f"/notifications/watch/topic/{topic.pk}/", {"level": "following"})
    assert Watch.objects.get(user=cas).topic == topic
    assert "Prikken" in client.get("/notifications/settings/").content.decode()
    client.post(f"/notifications/watch/topic/{topic.pk}/", {"level": "normal"})
    assert not Watch.objects.filter(user=cas).exists()


def test_a_visitor_sees_no_control_on_a_topic(client, anna, space) -> None:
    open_thread(anna, space, "Prikken op locatie", "Tekst.", is_history=True, topics=["Prikken"])
    page = client.get(Topic.objects.get(name="Prikken").get_absolute_url()).content.decode()
    assert "onderwerp volgen" not in page


def test_a_name_is_muted_on_its_page_and_heard_again_in_the_settings(cas, bram) -> None:
    """N1."""
    client, name = client_of(cas), first_name(bram)
    assert "Bram dempen" in client.get(name.get_absolute_url()).content.decode()
    client.post(f"/notifications/mute/{name.key}/")
    assert Watch.objects.get(user=cas).name == name
    assert "Namen die je gedempt hebt" in client.get("/notifications/settings/").content.decode()
    client.post(f"/notifications/mute/{name.key}/", {"hear": "1"})
    assert not Watch.objects.filter(user=cas).exists()


def test_nobody_sees_that_they_are_muted_or_can_mute_themselves(cas, bram) -> None:
    """N1. The one who is muted finds the word nowhere; one's own name has no such button."""
    client_of(cas).post(f"/notifications/mute/{first_name(bram).key}/")
    own = client_of(bram).get(first_name(bram).get_absolute_url()).content.decode()
    assert "dempen" not in own and "gedempt" not in own
    client_of(bram).post(f"/notifications/mute/{first_name(bram).key}/")
    assert not Watch.objects.filter(user=bram).exists()
    assert not Watch.objects.visible_to(bram).exists()


def test_the_settings_page_costs_the_same_for_four_times_as_much(
    cas, anna, space, django_assert_max_num_queries
) -> None:
    client = client_of(cas)
    for number in range(8):
        if number == 2:
            with django_assert_max_num_queries(12) as few:
                client.get("/notifications/settings/")
        follows(cas, open_thread(anna, space, f"Gesprek {number}", "Tekst.", is_history=True))
    with django_assert_max_num_queries(len(few)):
        client.get("/notifications/settings/")
