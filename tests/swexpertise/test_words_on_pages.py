"""Moments in people's words, page numbers, and forms that say beside a field what is wrong."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from swexpertise.templatetags.site import day, indent, moment, nav_url

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "dutch", "english"),
    [
        (timedelta(hours=4, minutes=29), "vandaag, 08:31", "today, 08:31"),
        (timedelta(days=1), "gisteren, 13:00", "yesterday, 13:00"),
        (timedelta(days=-1), "morgen, 13:00", "tomorrow, 13:00"),
        (timedelta(days=12), "12 nov, 13:00", "12 Nov, 13:00"),
        (timedelta(days=377), "12 nov 2025", "12 Nov 2025"),
    ],
)
def test_a_moment_is_told_as_people_tell_it(before: timedelta, dutch: str, english: str) -> None:
    with timezone.override("Europe/Amsterdam"):
        with translation.override("nl"):
            assert f">{dutch}</time>" in moment(NOW - before, now=NOW)
        with translation.override("en"):
            assert f">{english}</time>" in moment(NOW - before, now=NOW)


def test_today_is_the_readers_today() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    with translation.override("nl"):
        with timezone.override("Europe/Amsterdam"):
            assert "vandaag, 00:30" in moment(late, now=NOW)
        with timezone.override("UTC"):
            assert "gisteren, 23:30" in moment(late, now=NOW)


def test_a_day_names_its_year_only_when_it_is_another_one() -> None:
    with translation.override("nl"):
        assert ">12 november</time>" in day(date(2026, 11, 12), now=NOW)
        assert ">12 november 2025</time>" in day(date(2025, 11, 12), now=NOW)


def test_a_moment_that_never_was_is_empty() -> None:
    assert moment(None) == "" and day(None) == ""


def test_a_post_is_indented_five_steps_at_most() -> None:
    """D16. 1,200 replies deep."""
    assert [indent(depth) for depth in (0, 1, 5, 6, 1200)] == ["d0", "d1", "d5", "d5", "d5"]


def test_an_address_that_no_app_offers_is_empty() -> None:
    assert nav_url("nobody:knows") == ""


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/knowledge/", ' aria-current="page"'),
        ("/nl/kennis/geweld/", ' aria-current="true"'),
        ("/nl/", ""),
        ("/experts/", ""),
    ],
)
def test_the_menu_says_where_one_is(path: str, said: str) -> None:
    page = Template('{% load site %}{% current "/knowledge/" "/nl/" "/en/" %}')
    assert page.render(Context({"request": RequestFactory().get(path)})) == said


def test_page_numbers_keep_what_was_searched_for() -> None:
    request = RequestFactory().get("/search/", {"q": "aangifte & privacy", "page": "4"})
    page = Paginator(range(480), 50).get_page(4)
    html = Template("{% load site %}{% pagination page_obj %}").render(Context({"request": request, "page_obj": page}))
    assert "?q=aangifte+%26+privacy&amp;page=5" in html
    assert 'aria-current="page"' in html
    assert "page=10" in html and "page=7" not in html


def test_one_page_needs_no_numbers() -> None:
    request = RequestFactory().get("/")
    page = Paginator(range(3), 50).get_page(1)
    html = Template("{% load site %}{% pagination page_obj %}").render(Context({"request": request, "page_obj": page}))
    assert html.strip() == ""


class Invitation(forms.Form):
    address = forms.EmailField(label="Adres", help_text="Niemand ziet dit.")
    rhythm = forms.ChoiceField(label="Ritme", choices=[("d", "Dagelijks")], widget=forms.RadioSelect)
    discreet = forms.BooleanField(label="Ingehouden", required=False)
    place = forms.CharField(widget=forms.HiddenInput)


def test_a_refused_form_says_what_is_wrong_at_the_top_and_beside_the_field() -> None:
    """D19. A screen reader hears the error with its field."""
    html = str(Invitation({"address": "anna@", "place": "x"}))
    assert 'role="alert"' in html and 'href="#id_address"' in html and 'href="#id_rhythm"' in html
    assert 'aria-invalid="true"' in html
    described = html.split('aria-describedby="')[1].split('"')[0].split()
    assert described and all(f'id="{name}"' in html for name in described)
    assert 'name="place"' in html and "Ingehouden" in html


def test_a_fresh_form_complains_about_nothing() -> None:
    html = str(Invitation())
    assert "alert" not in html and "aria-invalid" not in html
