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

from swexpertise.stencils import Printer, Unprintable

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


def row() -> Printer:
    return Printer("row.html", form=["is_mine"], values=["kind", "note", "name", "pk", "html", "csrf_token"])


def plainly(template: str, form: dict[str, Any], values: dict[str, Any]) -> str:
    return get_template(template).render({**form, **values})


@rounds(deadline=None)
@given(st.booleans(), TEXTS, TEXTS, st.integers(0, 2**63 - 1), TEXTS, st.sampled_from(["nl", "en"]))
def test_a_row_is_what_its_template_gives(
    is_mine: bool, note: str, name: str, pk: int, html: str, language: str
) -> None:
    """Whatever the values hold: markup, the marks themselves, nothing at all; in each language."""
    printer, values = row(), ("d1", note, name, pk, SafeString(html), "t" * 64)
    with translation.override(language):
        plain = plainly("row.html", {"is_mine": is_mine}, dict(zip(printer.values, values, strict=True)))
        assert printer.printed((is_mine,), values) == plain


def test_what_is_kept_of_a_row_holds_no_value() -> None:
    """P7, S3. The pieces stay in the process for whoever comes next."""
    printer, values = row(), ("d1", "geheim", "Roos", 7_341, "x", "sleutel")
    assert "Roos" in printer.printed((True,), values)
    stencil = printer.stencil(translation.get_language(), (True,), (1, 1, 1, 2, 1, 1))
    assert printer.stencil.cache_info().hits == 1, "the very pieces of the row above"
    kept = "".join(stencil.pieces) + stencil._pattern
    assert not [value for value in ("geheim", "Roos", "7341", "sleutel") if value in kept]


def test_rows_of_one_form_render_their_template_once() -> None:
    """D17. A hundred rows cost one rendering."""
    printer = row()
    for pk in range(100):
        printer.printed((False,), ("d1", "", f"Lid {pk}", pk, "", "t"))
    assert printer.stencil.cache_info().misses == 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_language_has_its_own_pieces(language: str) -> None:
    with translation.override(language):
        printed = row().printed((False,), ("d1", "", "Roos", 1, "", "t"))
    assert {"nl": "Antwoord", "en": "Reply"}[language] in printed


def test_an_address_that_quotes_its_value_is_refused() -> None:
    with pytest.raises(Unprintable):
        Printer("quoted.html", form=[], values=["name"]).printed((), ("roos",))


def test_a_changed_template_shows_at_once_while_developing(settings: LazySettings, tmp_path: Path) -> None:
    settings.DEBUG = True
    printer = Printer("word.html", form=[], values=[])
    for words in ("eerst", "daarna"):
        (tmp_path / "word.html").write_text(words)
        reset_loaders()
        assert printer.printed((), ()) == words
