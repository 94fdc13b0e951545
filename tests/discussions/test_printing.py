"""A page of posts is printed as its template says, byte for byte, whatever the posts are."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import get_template
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from discussions import printing
from discussions.models import Thread
from discussions.models.reaction import Kind, Tally
from discussions.pages import File, Line
from experts.faces import Face

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 24), timezones=st.just(UTC))
FACES = st.builds(
    Face,
    key=st.just("abcdef"),
    display_name=WORDS.filter(bool),
    handle=st.just("roos"),
    initial=st.just("R"),
    colour=st.integers(0, 8),
    headline=WORDS,
    url=st.sampled_from(["", "/experts/abcdef/"]),
    portrait_url=st.sampled_from(["", "/experts/abcdef/portrait/"]),
)
TALLIES = st.tuples(
    *(st.builds(Tally, st.just(kind.value), st.just("Dank"), st.integers(0, 9), st.booleans()) for kind in Kind)
)
FILES = st.builds(
    File,
    key=st.just("0f" * 8),
    kind=st.sampled_from(["picture", "pdf"]),
    words=WORDS,
    size=st.integers(1, 9_999_999),
    width=st.integers(1, 2000),
    height=st.integers(1, 2000),
    position=st.integers(0, 9),
)
LINES = st.builds(
    Line,
    **{field.name: st.booleans() for field in fields(Line) if field.type == "bool"},
    pk=st.integers(1, 2**63 - 1),
    number=st.integers(1, 100_000),
    anchor=st.integers(1, 2**63 - 1).map("post-{}".format),
    depth=st.integers(0, 1200),
    posted_at=MOMENTS,
    edited_at=st.none() | MOMENTS,
    content_note=WORDS,
    html=WORDS.map(lambda words: format_html("<p>{}</p>", words)),
    face=FACES,
    parent=st.none() | FACES,
    parent_pk=st.integers(1, 2**63 - 1),
    tallies=st.just(()) | TALLIES,
    files=st.just(()) | FILES.map(lambda file: (file,)),
)


class Plainly:
    """As `Printer`, by rendering the template for each row."""

    def printed(self, form: tuple[Any, ...], values: tuple[Any, ...]) -> SafeString:
        names = (*printing.FORM.split(), *printing.VALUES.split())
        return get_template("discussions/_post.html").render(dict(zip(names, (*form, *values), strict=True)))


@settings(deadline=None, max_examples=150)
@given(st.lists(LINES, max_size=3), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["nl", "en"]))
def test_posts_are_printed_as_their_template_says(
    lines: list[Line], is_arranged: bool, may_coordinate: bool, is_signed_in: bool, language: str
) -> None:
    """D2, D17. The quick way gives what the slow one gives."""
    thread = Thread(pk=41, arranged=int(is_arranged))
    who = {"may_coordinate": may_coordinate, "is_signed_in": is_signed_in, "csrf_token": "t" * 64, "now": NOW}
    with translation.override(language), pytest.MonkeyPatch.context() as patch:
        quick = printing.printed_posts(lines, thread, **who)
        patch.setattr(printing, "POST", Plainly())
        assert quick == printing.printed_posts(lines, thread, **who)
