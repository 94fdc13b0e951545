"""How a name may be written: `normal_name` gives the form that is kept, `skeleton` what look-alikes share (P15)."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST, LONGEST = 2, 80
_MARKS_ALLOWED = set(" -'’.·&")
# Letters of other scripts, and signs, that are drawn like a Latin letter.
_LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("авекмнорстухіјѕԁһԛԝ", "abekmhopctyxijsdhqw", strict=True)),
        **dict(zip("αβεικνορυχ", "abeikvopux", strict=True)),
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
    }
)
_GREEK_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
_UPRIGHTS = str.maketrans({"I": "l", "1": "l", "|": "l", "І": "l", "0": "o"})


def normal_name(text: str) -> str:
    """Composed letters, single spaces. Raises ValidationError with words for people."""
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    if not SHORTEST <= len(name) <= LONGEST:
        raise ValidationError(_("A name has 2 to 80 characters."))
    if not all(unicodedata.category(letter)[0] in "LMN" or letter in _MARKS_ALLOWED for letter in name):
        raise ValidationError(_("A name is written with letters, digits, spaces, hyphens, dots and apostrophes only."))
    if sum(unicodedata.category(letter)[0] == "L" for letter in name) < SHORTEST:
        raise ValidationError(_("A name has at least two letters."))
    if re.search(r"[^\W\d_]\d+[^\W\d_]", name):
        raise ValidationError(_("A digit between letters is hard to tell from a letter. Put it behind them."))
    if re.search(r"[\u0300-\u036f]{3,}", unicodedata.normalize("NFD", name)):
        raise ValidationError(_("That is more accents than a letter can carry."))
    return name


def skeleton(name: str) -> str:
    """“Ilse”, “ILSE”, “1lse” and “Ilsе” with a Cyrillic е share one; so do names that differ in accents only."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = plain.translate(_GREEK_CAPITALS)
    shape = plain.casefold() if plain.isupper() else plain.translate(_UPRIGHTS).casefold()
    return "".join(letter for letter in shape.translate(_LOOK_ALIKES) if letter.isalnum())[:160]


# What the site calls people whose name it doesn't show: nobody may be called so, nor begin with it.
_WORDS_OF_THE_SITE = ("Een lid", "A member", "Voormalig lid", "Former member")


def is_reserved(name: str) -> bool:
    """“Een lid”, “EEN Iid”, “Een lid 2”: whoever reads them must know that the site said it (D12)."""
    return skeleton(name).startswith(tuple(skeleton(words) for words in _WORDS_OF_THE_SITE))


def normal_line(text: str) -> str:
    """One line without control, direction and zero-width characters; line breaks become spaces."""
    return re.sub(r"\s+", " ", _without_odd(re.sub(r"[\r\n\t]", " ", text))).strip()


def normal_text(text: str) -> str:
    """Prose without control, direction and zero-width characters; at most one empty line between paragraphs."""
    return re.sub(r"\n{3,}", "\n\n", _without_odd(re.sub(r"\r\n?", "\n", text))).strip()


def _without_odd(text: str) -> str:
    """Joiners stay: Persian, Hindi and emoji need them."""
    kept = "\n\u200c\u200d"
    return "".join(c for c in unicodedata.normalize("NFC", text) if c in kept or unicodedata.category(c)[0] != "C")


def plain_words(text: str) -> str:
    """Lower case, without accents, single spaces: what is searched in, and how a question is asked."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", re.sub(r"[\x00-\x1f]", " ", bare)).strip()
