"""Archives as they lie about: monthly ones of Mailman, packed ones, several at once, broken and malicious ones."""

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from discussions.actions import imports
from discussions.actions.imports import Report
from discussions.importing import packing
from discussions.models import Post, Space, Thread
from tests.discussions.test_import import NOW, made_up, quietly, saying

PIPERMAIL = Path(__file__).parent / "mails" / "pipermail.txt"
APRIL = b"""From piet at nieuw.invalid  Tue Apr  1 12:00:00 2003
From: piet at nieuw.invalid (Piet)
Date: Tue, 1 Apr 2003 12:00:00 +0100
Subject: [lijst] Avond over vergunningen
In-Reply-To: <3E6312AB.1@oud.invalid>
Message-ID: <3E6312AB.3@nieuw.invalid>

In april kom ik weer.
"""


def bring(space: Space, **files: bytes) -> Report:
    named = [(name, io.BytesIO(data)) for name, data in files.items()]
    return imports.bring(files=named, space=space, authors={}, now=NOW, tell=quietly)[1]


def zipped(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(f"lijst/{name}", data)
    return held.getvalue()


def test_an_archive_of_mailman_with_its_oddities(space: Space) -> None:
    """D15. Addresses with “ at ”, a bare “From” line with a date in a text, what was scrubbed, an old In-Reply-To."""
    report = bring(space, maart=PIPERMAIL.read_bytes())
    assert (report.messages, report.authors, report.oddities) == (2, 2, {"attachment": 2})
    post = saying("dit hoort nog bij mijn tekst")
    assert "scrubbed" not in post.plain and "plattegrond" not in post.plain
    assert saying("Ik kom.").parent == post and "scrubbed" not in saying("Ik kom.").plain


def test_monthly_archives_are_read_as_one(space: Space, tmp_path: Path, capsys: Any) -> None:
    """D15. An answer in April finds its question in March, in whatever order the files come; twice adds nothing."""
    for name, data in (("2003-April.txt.gz", APRIL), ("2003-March.txt.gz", PIPERMAIL.read_bytes())):
        (tmp_path / name).write_bytes(gzip.compress(data))
    files = [str(path) for path in sorted(tmp_path.iterdir())]
    call_command("import_mbox", *files, space="zorg")
    assert saying("In april").parent == saying("dit hoort nog bij mijn tekst") and Thread.objects.count() == 1
    assert "attachment: 2 (line 2003-March.txt.gz:1, 2003-March.txt.gz:19)" in capsys.readouterr().out
    call_command("import_mbox", *files, space="zorg")
    assert Post.objects.count() == 3


def test_a_zip_with_several_of_them(space: Space) -> None:
    """D15. Packed ones in it too; what is no mail is named and left out."""
    report = bring(space, alles=zipped(maart=PIPERMAIL.read_bytes(), april=gzip.compress(APRIL), lees=b"Hallo\n"))
    assert report.new == 3 and Thread.objects.count() == 1
    assert report.places["no_mbox"] == ["lees"]


def test_the_end_of_one_file_is_not_the_middle_of_a_mail(space: Space) -> None:
    """D15. A file that breaks off without an empty line doesn't swallow the next."""
    report = bring(space, april=APRIL.rstrip(), maart=PIPERMAIL.read_bytes())
    assert report.new == 3 and report.places["cut_off"] == ["april:1"]


def test_what_is_packed_and_broken_arrives_as_far_as_it_goes(space: Space) -> None:
    """D15, D20."""
    data = gzip.compress(made_up(200))
    report = bring(space, lijst=data[: len(data) // 2])
    assert 20 < report.new < 200 and Post.objects.count() == report.new
    assert report.oddities["packing_broken"] == 1 and report.oddities["cut_off"] == 1


def test_a_bomb_is_refused_before_it_fills_the_disk(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    """D20. By how much more comes out than goes in, and by how much comes out at all."""
    monkeypatch.setattr(packing, "UNSUSPECTED", 1 << 20)
    bomb = gzip.compress(made_up(1) + b"0" * (8 << 20))
    for data in (bomb, zipped(lijst=made_up(1) + b"0" * (8 << 20)), zipped(lijst=bomb)):
        with pytest.raises(ValidationError) as refused:
            bring(space, lijst=data)
        assert refused.value.code == "bomb"
    assert not Post.objects.exists()


def test_a_locked_or_odd_zip_is_refused_in_words(space: Space) -> None:
    """D20."""
    locked = bytearray(zipped(lijst=made_up(1)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + place] |= 1
    for data, code in (
        (bytes(locked), "locked"),
        (b"PK\x03\x04", "not_an_mbox"),
        (gzip.compress(b"x"), "not_an_mbox"),
    ):
        with pytest.raises(ValidationError) as refused:
            bring(space, lijst=data)
        assert refused.value.code == code and refused.value.messages


def test_parts_within_parts_end(space: Space) -> None:
    """D20. A mail that nests a thousand deep arrives without its text, and stops nothing."""
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1500))
    mail = made_up(1).partition(b"\n\n")[0] + b"\nMIME-Version: 1.0\n" + nested + b"\n\n"
    report = bring(space, lijst=mail + made_up(20))
    assert report.oddities["nested"] == 1 and report.new == 21
