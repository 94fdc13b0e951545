"""What is new in an answer by mail (N18): mails as the usual programs write them, in Dutch and English."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.inbound.reading import read
from notifications.inbound.stripping import Doubt, strip

MAILS = sorted((Path(__file__).parent.parent / "mails").glob("*.eml"))
SENT = "Wij hebben een vaste ruimte nodig voor de vaccinaties. Wie weet een plek in de buurt? Prikken op locatie"
DOUBTS = {
    "closing-nl-other-name": {Doubt.SIGNATURE},
    "gmail-nl-inline": {Doubt.BETWEEN},
    "outlook-nl-inline": {Doubt.BETWEEN, Doubt.QUOTE},
    "outlook-nl-work-signature": {Doubt.SIGNATURE},
    "prose-nl-van-aan": {Doubt.QUOTE},  # "Van: het station" begins as the head of a quoted mail does
    "prose-nl-quotes-another-mail": {Doubt.QUOTE},
    "thunderbird-en-inline": {Doubt.BETWEEN},
}


def stripped(mail: Path):
    return strip(read(mail.read_bytes()).text, speaks_as=["Anna", "anna"], sent=SENT)


@pytest.mark.parametrize("mail", MAILS, ids=[mail.stem for mail in MAILS])
def test_only_what_is_new_is_left_or_it_is_doubtful(mail: Path) -> None:
    """N18. The text beside the mail is what its writer added; where that can't be known for sure there is a doubt."""
    found = stripped(mail)
    assert found.text == mail.with_suffix(".txt").read_text().strip("\n")
    assert found.doubts == DOUBTS.get(mail.stem, set())


def test_there_are_mails_of_all_shapes() -> None:
    assert len(MAILS) >= 24
    assert set(DOUBTS) <= {mail.stem for mail in MAILS}


ABOVE = [
    "Op wo 4 mrt 2026 om 08:00 schreef Swexpertise <post@swexpertise.invalid>:\n\n{quoted}",
    "Op 3 mrt. 2026 om 10:12 heeft Swexpertise <post@swexpertise.invalid> het volgende geschreven:\n\n{quoted}",
    "On Wed, Mar 4, 2026 at 8:00 AM Swexpertise <post@swexpertise.invalid> wrote:\n\n{quoted}",
    "Van: Swexpertise <post@swexpertise.invalid>\nVerzonden: woensdag 08:00\nAan: x\nOnderwerp: y\n\n{bare}",
    "________________________________\nFrom: Swexpertise\nSent: Wednesday\nTo: x\nSubject: y\n\n{bare}",
    "-----Oorspronkelijk bericht-----\n{bare}",
    "{quoted}",
    "-- antwoord boven deze regel --\n{bare}",
]
VOCABULARY = [
    *(
        "ik",
        "wij",
        "schreef",
        "Op",
        "dinsdag",
        "van",
        "aan",
        "groet",
        "met",
        "vriendelijke",
        "Verzonden",
        "onderwerp:",
    ),
    *("2026", "-", ">", "--", "__", "Anna", "Fatima", "06-12345678", "On", "wrote:", "https://x.invalid", "hieronder"),
]
WORDS = st.lists(
    st.sampled_from(VOCABULARY),
    min_size=1,
    max_size=9,
).map(" ".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # how fast the machine is, isn't asked
@given(new=st.lists(WORDS, min_size=1, max_size=6), above=st.sampled_from(ABOVE), blank=st.integers(1, 3))
def test_nothing_of_the_sent_mail_is_ever_left_without_a_doubt(new: list[str], above: str, blank: int) -> None:
    """N18. Whatever was written, under whatever stood in the mail."""
    bare = "Wij hebben een vaste ruimte nodig voor de vaccinaties.\nWie weet een plek in de buurt?"
    quoted = "\n".join(f"> {line}" for line in bare.split("\n"))
    text = "\n".join(new) + "\n" * blank + above.format(bare=bare, quoted=quoted)
    found = strip(text, speaks_as=["Anna"], sent=SENT)
    assert found.doubts or not any(line in found.text for line in bare.split("\n"))


@pytest.mark.parametrize(
    "end",
    [
        "Groet,\nFatima",
        "Groetjes van Fatima",
        "Met vriendelijke groet,\n\nFatima Sample\nVerpleegkundige",
        "Fatima",
        "- Fatima",
        "Fatima van den Berg",
        "Liefs, F.",
        "Kind regards,\nFatima Sample",
        "Mvg Fatima",
        "06 12 34 56 78",
        "fatima@werk.invalid",
        "---\nFatima, Utrecht",
        "Tel: 010-1234567",
        "xx Fatima",
    ],
)
def test_what_could_be_a_signature_is_doubtful(end: str) -> None:
    """N18."""
    assert Doubt.SIGNATURE in strip(f"Dat is een goed plan.\n\n{end}", speaks_as=["Anna"]).doubts


@pytest.mark.parametrize(
    "text",
    [
        "Dat is een goed plan.",
        "Ja!",
        "Prima",
        "Eens met Bram.\n\nDank",
        "Eerst dit.\n\n- dan dat\n- en dat",
        "De groeten uit Utrecht zijn geen methode, zei de wethouder, en daar heeft ze gelijk in.",
        "Drie dingen:\n\n1. een ruimte\n2. een koelkast",
        "Gedaan.\n\nGroet,\nAnna",
    ],
)
def test_ordinary_text_is_not_doubtful(text: str) -> None:
    assert not strip(text, speaks_as=["Anna"]).doubts


@pytest.mark.parametrize("text", ["a" * 200_000, "@" * 200_000, "> \n" * 60_000, "schreef " * 25_000, "0" * 200_000])
def test_a_hostile_text_costs_no_time(text: str) -> None:
    import time

    began = time.monotonic()
    strip(text, speaks_as=["Anna"], sent=SENT)
    assert time.monotonic() - began < 3
