"""The tags and fragments that pages of other apps use."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from experts.actions import organisations
from experts.faces import face_of
from tests.cast import first_name
from tests.experts.conftest import show

pytestmark = pytest.mark.django_db


def drawn(source, viewer, **context):
    request = RequestFactory().get("/")
    request.user = viewer
    return Template("{% load experts %}" + source).render(Context({"request": request, **context}))


def test_a_byline_shows_what_the_viewer_may_know(anna, bram, visitor):
    show(anna, headline="strafrecht")
    name = first_name(anna)
    seen = drawn("{% byline face %}", bram, face=face_of(name, bram))
    assert "Anna" in seen and "strafrecht" in seen and name.get_absolute_url() in seen
    hidden = drawn("{% byline face %}", visitor, face=face_of(name, visitor))
    assert "Anna" not in hidden and "strafrecht" not in hidden and name.key not in hidden


def test_experts_about_a_topic_are_those_who_show_it(anna, bram, cas, visitor, django_assert_max_num_queries):
    show(anna, knows=["aangifte"])
    show(cas, "only_me", knows=["aangifte"])
    with django_assert_max_num_queries(2):
        seen = drawn("{% experts_about 'aangifte' %}", bram)
    assert "Anna" in seen and "Cas" not in seen
    assert "Anna" not in drawn("{% experts_about 'aangifte' %}", visitor)


def test_the_strip_names_every_organisation_in_one_query(visitor, django_assert_max_num_queries):
    organisations.load()
    with django_assert_max_num_queries(1):
        seen = drawn("{% organisations_strip %}", visitor)
    assert "PROUD" in seen and "NSWP" in seen
