"""A template printed once for each form gives what the template gives (swexpertise/stencils.py)."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.template.autoreload import reset_loaders
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from swexpertise import stencils
from swexpertise.stencils import Unprintable, printed

ROW = """{% load i18n %}<li class="{{ kind }}{% if is_mine %} mine{% endif %}" id="r{{ pk }}">
{% if note %}<p>{{ note }}</p>{% else %}<p>{% translate "Reply" %}</p>{% endif %}
<a href="{% url 'discussions:post' pk %}?to={{ pk }}">
{% blocktranslate %}to {{ name }}{% endblocktranslate %}</a>{{ html }}{% csrf_token %}</li>"""
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.fixture(autouse=True)
def templates(tmp_path: Path, settings: LazySettings) -> None:
    """Rows of these tests, beside the templates of the site."""
    (tmp_path / "row.html").write_text(ROW)
    (tmp_path / "loud.html").write_text("{{ name|upper }}<br>{{ name|length }}")
    (tmp_path / "quoted.html").write_text("""<a href="/?q={{ name|urlencode }}">…</a>""")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [str(tmp_path)]}]
    stencils._cut.cache_clear()


def plainly(template: str, form: dict[str, Any], values: dict[str, Any]) -> str:
    return get_template(template).render({**form, **values})


@rounds(deadline=None)
@given(st.booleans(), TEXTS, TEXTS, st.integers(0, 2**63 - 1), TEXTS, st.sampled_from(["nl", "en"]))
def test_a_row_is_what_its_template_gives(
    is_mine: bool, note: str, name: str, pk: int, html: str, language: str
) -> None:
    """Whatever the values hold: markup, the marks themselves, nothing at all; in each language."""
    form = {"is_mine": is_mine}
    values = {"kind": "d1", "note": note, "name": name, "pk": pk, "html": SafeString(html), "csrf_token": "t" * 64}
    with translation.override(language):
        assert printed("row.html", form=form, values=values) == plainly("row.html", form, values)


def test_what_is_kept_of_a_row_holds_no_value() -> None:
    """P7, S3. The pieces stay in the process for whoever comes next."""
    values = {"kind": "d1", "note": "geheim", "name": "Roos", "pk": 7_341, "html": "x", "csrf_token": "sleutel"}
    assert "Roos" in printed("row.html", form={"is_mine": True}, values=values)
    there = tuple(values)
    stencil = stencils._cut("row.html", translation.get_language(), (("is_mine", True),), there, there, ("pk",))
    assert stencils._cut.cache_info().hits == 1, "the very pieces of the row above"
    kept = "".join(stencil.pieces)
    assert not [value for value in ("geheim", "Roos", "7341", "sleutel") if value in kept]


def test_rows_of_one_form_render_their_template_once() -> None:
    """D17. A hundred rows cost one rendering."""
    for pk in range(100):
        values = {"kind": "d1", "note": "", "name": f"Lid {pk}", "pk": pk, "html": "", "csrf_token": "t"}
        printed("row.html", form={"is_mine": False}, values=values)
    assert stencils._cut.cache_info().misses == 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_language_has_its_own_pieces(language: str) -> None:
    values = {"kind": "d1", "note": "", "name": "Roos", "pk": 1, "html": "", "csrf_token": "t"}
    with translation.override(language):
        row = printed("row.html", form={"is_mine": False}, values=values)
    assert {"nl": "Antwoord", "en": "Reply"}[language] in row


def test_an_address_that_quotes_its_value_is_refused() -> None:
    with pytest.raises(Unprintable):
        printed("quoted.html", form={}, values={"name": "roos"})


def test_a_changed_template_shows_at_once_while_developing(settings: LazySettings, tmp_path: Path) -> None:
    settings.DEBUG = True
    for words in ("eerst", "daarna"):
        (tmp_path / "word.html").write_text(words)
        reset_loaders()
        assert printed("word.html", form={}, values={}) == words
