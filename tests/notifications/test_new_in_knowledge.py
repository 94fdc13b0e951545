"""New and newly checked pages in the overview: what the member may see, of the topics they follow (N11, N12)."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import circles
from accounts.models import Preferences, User
from cms.models import ArticlePage, KnowledgePage
from experts.models import Topic
from notifications.actions import issues, sending, watches
from notifications.models import Event, Issue
from notifications.windows import latest_slot, wish_of
from tests.cast import client_of
from tests.cms.conftest import Tree, close, plant, tree  # noqa: F401  a fixture of the knowledge base
from tests.harness.mail import MailServer
from tests.notifications.conftest import sweep, wants

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def editor(coordinator: User) -> User:
    return coordinator


def due(user: User) -> Any:
    """The next moment at which the overview of `user` is made, after what is published now."""
    return latest_slot(wish_of(Preferences.objects.get(user=user), user), timezone.now()) + DAY


def article(tree: Tree, editor: User, title: str = "Bloedprikken uitgelegd", **more: Any) -> ArticlePage:  # noqa: F811
    more.setdefault("summary", "Waar het kan, wat het kost.")
    return plant(tree.hub, ArticlePage, title, by=editor, **more)


def publish_again(page: KnowledgePage, editor: User, **fields: Any) -> None:
    page = page.specific
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision(user=editor).publish(user=editor)


def test_a_new_page_stands_in_the_overview_once(mail: MailServer, tree, editor, cas) -> None:  # noqa: F811
    """Its title and teaser and a link; what was loaded before is not new."""
    page = article(tree, editor)
    now = due(wants(cas))
    sweep(now)
    sweep(now + DAY)
    (received,) = mail.to(cas.email)
    assert received.message["Subject"] == "Nieuw in Kennis: “Bloedprikken uitgelegd”"
    for said in (received.text, received.html):
        assert "Bloedprikken uitgelegd" in said and "Waar het kan, wat het kost." in said
        assert f"https://swexpertise.invalid{page.permanent_url}" in said and "Kanarie" not in said


def test_a_page_that_was_checked_is_told_once_for_each_check(mail: MailServer, tree, editor, cas) -> None:  # noqa: F811
    """K6. Publishing it again for a comma tells nobody."""
    now = due(wants(cas))
    checked = {"reviewed_by": "Een arts", "reviewed_on": timezone.localdate() + DAY}
    publish_again(tree.article, editor, **checked)
    publish_again(tree.article, editor, **checked, summary="Met een komma.")
    assert Event.objects.filter(kind="page_checked").count() == 1
    sweep(now)
    (received,) = mail.to(cas.email)
    assert received.message["Subject"] == "Opnieuw nagekeken: “Kanarie nl”"
    publish_again(tree.article, editor, **checked | {"reviewed_on": date(2030, 1, 1)})
    assert Event.objects.filter(kind="page_checked").count() == 2


def test_publishing_again_without_a_check_tells_nobody(tree, editor) -> None:  # noqa: F811
    publish_again(tree.article, editor, summary="Anders.")
    assert not Event.objects.filter(page=tree.article.pk).exists()


def test_whoever_follows_topics_gets_the_pages_about_them(mail: MailServer, tree, editor, cas, bram) -> None:  # noqa: F811
    """Also those for members; whoever follows no topic gets what is public."""
    prikken = Topic.objects.create(name="Prikken", slug="prikken")
    about = plant(tree.hub, ArticlePage, "Voor leden over prikken", audience="members")
    about.topics.add(prikken)
    about.save()
    Event.objects.all().delete()
    now = timezone.now()
    for page in (about, article(tree, editor, "Over iets anders")):
        Event.objects.get_or_create(
            page_id=page.pk,
            day=timezone.localdate(),
            defaults={"kind": "page_new", "at": now, "mail_detail": "full", "fanned_out_at": now},
        )
    watches.watch(by=wants(cas), thing=prikken, level="following")
    sweep(due(wants(bram)))
    (one,), (other,) = mail.to(cas.email), mail.to(bram.email)
    assert "Voor leden over prikken" in one.text and "Over iets anders" not in one.text
    assert "Over iets anders" in other.text and "Voor leden over prikken" not in other.text


@pytest.mark.parametrize("cause", ["unpublished", "for coordinators", "below a closed page", "deleted"])
def test_what_changed_meanwhile_is_absent(mail: MailServer, tree, editor, cas, cause) -> None:  # noqa: F811
    """N12. With nothing left there is no mail."""
    page = article(tree, editor)
    now = due(wants(cas))
    issues.plan(now=now)
    assert Issue.objects.get(recipient=cas).state == "planned"
    if cause == "unpublished":
        page.unpublish()
    elif cause == "for coordinators":
        close(page, "coordinators", by=editor)
    elif cause == "below a closed page":
        close(tree.hub, "coordinators", by=editor)
    else:
        page.delete()
    sending.send_all(now=now)
    assert not mail.to(cas.email) and Issue.objects.get(recipient=cas).state == "empty"


def test_a_page_of_a_circle_is_never_named_in_mail(mail: MailServer, tree, editor, cas, kerngroep) -> None:  # noqa: F811
    """Nobody said what may stand in mail about it; to whoever is in the circle neither."""
    circles.add(by=None, circle=kerngroep, user=cas)
    topic = Topic.objects.create(name="Prikken", slug="prikken")
    page = article(tree, editor, audience="circle", circle=kerngroep)
    page.topics.add(topic)
    page.save()
    wants(cas)
    sweep(due(cas))
    watches.watch(by=cas, thing=topic, level="following")
    article(tree, editor, "Nog een", audience="circle", circle=kerngroep)
    sweep(due(cas) + DAY)
    assert not mail.inbox


@pytest.mark.parametrize("detail", ["titles", "discreet", None])
def test_no_more_than_may_stand_in_mail(mail: MailServer, tree, editor, cas, detail) -> None:  # noqa: F811
    """N3, N4. An offer that can't be named isn't hinted at either: it waits in no list of the member's."""
    article(tree, editor)
    sweep(due(wants(cas, detail=detail)))
    received = mail.to(cas.email)
    assert len(received) == (1 if detail == "titles" else 0)
    for one in received:
        assert "Bloedprikken uitgelegd" in one.text and "wat het kost" not in one.text + one.html


def test_a_page_in_two_languages_is_told_in_the_readers_own(mail: MailServer, tree, editor, cas, bram) -> None:  # noqa: F811
    """K8."""
    dutch = article(tree, editor, "Bloedprikken uitgelegd")
    from cms.models import TopicHubPage

    hub = TopicHubPage.objects.get(locale__language_code="en")
    plant(hub, ArticlePage, "Blood tests explained", by=editor, translation_key=dutch.translation_key)
    wants(cas)
    sweep(due(wants(bram, language="en")))
    (one,), (other,) = mail.to(cas.email), mail.to(bram.email)
    assert "Bloedprikken uitgelegd" in one.text and "Blood tests" not in one.text
    assert "Blood tests explained" in other.text and "Bloedprikken" not in other.text


def test_more_pages_than_fit_are_counted(mail: MailServer, tree, editor, cas) -> None:  # noqa: F811
    """N11. With a link to all of them."""
    for number in range(20):
        article(tree, editor, f"Pagina-{number}", summary="Waar het kan, wat het kost en wat je meeneemt. " * 3)
    sweep(due(wants(cas)))
    (received,) = mail.to(cas.email)
    for said in (received.text, received.html):
        shown = len(set(re.findall(r"Pagina-\d+", said)))
        assert 3 <= shown < 20 and f"En nog {20 - shown} pagina" in said and "/notifications/catch-up/" in said


def test_it_stands_on_the_page_for_catching_up(tree, editor, cas) -> None:  # noqa: F811
    """N5. By the same rule."""
    page = article(tree, editor)
    wants(cas)
    assert "Bloedprikken uitgelegd" in client_of(cas).get("/notifications/catch-up/").content.decode()
    page.unpublish()
    assert "Bloedprikken uitgelegd" not in client_of(cas).get("/notifications/catch-up/").content.decode()
