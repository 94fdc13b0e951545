import gettext
import os

from swexpertise.start.places import ROOT
from swexpertise.start.translations import compile_all

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Umbrella"\nmsgstr "Paraplu"\n'


def test_a_translation_is_compiled_once_and_again_when_it_changes(tmp_path):
    source = tmp_path / "experts" / "locale" / "nl" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO)
    (compiled,) = compile_all(tmp_path)
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Umbrella") == "Paraplu"
    assert compile_all(tmp_path) == []
    later = compiled.stat().st_mtime + 5
    os.utime(source, (later, later))
    assert compile_all(tmp_path) == [compiled]


def test_all_translations_of_the_checkout_can_be_compiled(tmp_path):
    import polib

    for source in ROOT.glob("*/locale/*/LC_MESSAGES/*.po"):
        polib.pofile(str(source)).save_as_mofile(str(tmp_path / "trial.mo"))
