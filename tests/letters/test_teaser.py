"""One letter in short on a page of another app: which one, and for whom."""

from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from accounts.audiences import Viewer
from accounts.models import User
from letters.models import Letter
from letters.models.letter import State

ANSWERED, APPEAL = "motie-onderzoek-2014", "stop-de-wrs"


def teaser(viewer: Viewer, slug: str = "") -> str:
    request = RequestFactory().get("/")
    request.user = viewer
    source = "{% load letters %}{% letter_teaser slug %}" if slug else "{% load letters %}{% letter_teaser %}"
    return Template(source).render(Context({"request": request, "slug": slug})).strip()


def test_the_letter_that_is_open_comes_first(shelf: None, visitor: AnonymousUser) -> None:
    assert f"/letters/{APPEAL}/" in teaser(visitor)


def test_without_an_open_letter_the_latest_outcome_is_shown(shelf: None, visitor: AnonymousUser) -> None:
    Letter.objects.filter(slug=APPEAL).update(state=State.DELIVERED, position=0)
    Letter.objects.filter(slug=ANSWERED).update(position=1)
    shown = teaser(visitor)
    assert f"/letters/{ANSWERED}/" in shown
    assert "2016: Het onderzoek vond geen aantoonbaar verband." in shown


def test_a_page_can_name_the_letter_it_is_about(shelf: None, visitor: AnonymousUser) -> None:
    assert f"/letters/{ANSWERED}/" in teaser(visitor, ANSWERED)
    assert teaser(visitor, "no-such-letter") == ""


def test_a_letter_of_coordinators_is_in_no_teaser_of_others(
    shelf: None, visitor: AnonymousUser, cas: User, coordinator: User
) -> None:
    """S1, L14. Nothing is left of it, not even a frame."""
    Letter.objects.filter(slug=APPEAL).update(audience="coordinators")
    Letter.objects.filter(slug=ANSWERED).update(state=State.DRAFT)
    for viewer in (visitor, cas):
        assert [teaser(viewer), teaser(viewer, APPEAL), teaser(viewer, ANSWERED)] == ["", "", ""]
    assert f"/letters/{ANSWERED}/" in teaser(coordinator, ANSWERED)


def test_a_draft_is_never_what_a_home_page_opens_with(shelf: None, coordinator: User) -> None:
    Letter.objects.update(state=State.DRAFT)
    assert teaser(coordinator) == ""
