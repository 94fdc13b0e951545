"""The archive of a mailing list becomes threads of a space."""

import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import translation

from accounts.models import User
from discussions.actions import imports, posts
from discussions.actions.imports import Report
from discussions.importing import mail, mbox, text
from discussions.models import Import, ImportAuthor, ImportedMessage, Mention, Post, Space, Thread
from experts.faces import face_of
from experts.models import Name
from notifications.models import Event
from search.models import Entry
from tests.cast import client_of, first_name

ODDITIES = Path(__file__).parent / "mails" / "oddities.mbox"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def quietly(label: str, done: int, total: int) -> None:
    pass


def bring(space: Space, data: bytes | None = None, **authors: Name) -> tuple[Import, Report]:
    stream = io.BytesIO(ODDITIES.read_bytes() if data is None else data)
    table = {address.replace("_at_", "@").replace("_dot_", "."): name for address, name in authors.items()}
    return imports.bring(files=[("lijst.mbox", stream)], space=space, authors=table, now=NOW, tell=quietly)


def saying(words: str) -> Post:
    return Post.objects.select_related("thread", "author", "parent").get(plain__contains=words)


def made_up(count: int, *, chain: int = 0) -> bytes:
    """`count` mails: one thread of `chain` answers, the rest in threads of ten."""
    mails = []
    for number in range(count):
        first = 0 if number < chain else chain + (number - chain) // 10 * 10
        above = number - 1 if number < chain else first
        answers = f"In-Reply-To: <m{above}@x.invalid>\nReferences: <m{above}@x.invalid>\n" if number != first else ""
        mails.append(
            f"From p@x.invalid Mon Jan  5 10:00:00 2009\nFrom: p{number % 40}@x.invalid\n"
            f"Date: Mon, 5 Jan 2009 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} +0000\n"
            f"Subject: Draad {first}\nMessage-ID: <m{number}@x.invalid>\n{answers}\n"
            f"> Eerder gezegd in deze draad, en wel hierover.\n\nBericht {number}. " + "Woorden. " * 40 + "\n\n"
        )
    return "".join(mails).encode()


def test_every_mail_arrives_with_its_date_and_its_words(space: Space) -> None:
    """D15. Encoded headers, quoted-printable, a quoted and a bare "From", the signature cut."""
    _batch, report = bring(space)
    assert report.new == report.messages == Post.objects.count() == 14
    post = saying("Wie komt er naar het café? Dit is een lange regel die het mailprogramma zelf heeft gebroken.")
    assert post.thread.title == "Café open" and post.posted_at == datetime(2009, 1, 5, 9, tzinfo=UTC)
    assert "From hier is het" in post.plain and "From here on it is a text" in post.plain
    assert "telefoonnummer" not in post.source


def test_an_answer_stands_under_what_it_answers_with_its_quotes_folded(space: Space) -> None:
    """D15. format=flowed in latin-1; nobody is called by an old mail, no address is shown, no markup is obeyed."""
    bring(space)
    post = saying("Ik kom, en zeg het ook @anna en *Kees*.")
    assert post.parent is not None and post.parent.plain.startswith("Wie komt er") and post.depth == 1
    assert post.html.startswith('<details class="quoted"><summary>Geciteerde tekst</summary><blockquote>')
    assert "Wie komt er naar het café?" in post.html and post.html.count("</details>") == 1
    assert "data-mention" not in post.html and "oud.invalid" not in post.html + post.source
    assert not Mention.objects.exists()


def test_missing_looping_and_self_referring_mails_find_a_place(space: Space) -> None:
    """D15. Two answers to one missing mail stay together; a loop is opened; who answers itself opens a thread."""
    _batch, report = bring(space)
    assert saying("Antwoord twee").parent == saying("Antwoord een")
    assert saying("En ik op jou").thread == saying("Ik antwoord op wie").thread
    assert saying("Ik antwoord op mezelf").parent is None
    assert report.oddities["loop"] == 1 and report.oddities["answers_itself"] == 1
    assert list(Post.objects.filter(number=1).exclude(parent=None)) == []


def test_bad_input_is_reported_with_its_line_and_the_rest_arrives(space: Space) -> None:
    """D15, D20. A date in 2099, no id, two with one id, a NUL, HTML only, a file that breaks off."""
    _batch, report = bring(space)
    lines = ODDITIES.read_bytes().split(b"\n")
    wanted = {
        "future_date": "De klok",
        "no_id": "Zonder id",
        "no_date": "Zonder id",
        "two_with_one_id": "De tweede",
        "nul": "Voor",
        "html_only": "PGh0bWw",
        "cut_off": "Hier houdt",
        "answers_itself": "op mezelf",
    }
    for oddity, words in wanted.items():
        (line,) = report.places[oddity]
        after = b"\n".join(lines[line - 1 : line + 12])
        assert lines[line - 1].startswith(b"From ") and words.encode() in after, oddity
    assert saying("De klok stond").posted_at == datetime(2009, 1, 7, 13, tzinfo=UTC)
    assert saying("De tweede zegt").thread != saying("De eerste").thread
    assert saying("Voorna.") and saying("Hier houdt het bestand")
    post = saying("Alleen één opmaak.")
    assert post.thread.title == "Opmaak ☂" and "alert" not in post.html and "https://site.invalid/x" in post.plain
    assert "<blockquote>" in post.html


def test_twice_adds_nothing_and_a_longer_file_only_what_is_new(space: Space) -> None:
    """D15."""
    data = made_up(30)
    bring(space, data[: data.index(b"Message-ID: <m15@")].rpartition(b"From p@")[0])
    assert Post.objects.count() == 15
    _batch, report = bring(space, data)
    assert (report.new, report.known, Thread.objects.count(), Post.objects.count()) == (15, 15, 3, 30)
    _batch, again = bring(space, data)
    assert (again.new, again.known, Post.objects.count(), ImportAuthor.objects.count()) == (0, 30, 30, 30)
    thread = Thread.objects.get(title="Draad 10")
    assert [post.number for post in Post.objects.of(thread).in_tree()] == list(range(1, 11))


def test_only_the_table_makes_somebody_the_author(space: Space, anna: User, cas: User) -> None:
    """D15. Others are imported participants with a number, the same in the next archive; nobody's name is shown."""
    bring(space, jan_at_oud_dot_invalid=first_name(anna))
    mine, other = saying("een lange regel"), saying("Ik kom")
    assert mine.author == first_name(anna)
    with translation.override("nl"):
        face = face_of(other.author, cas)
    assert face.display_name == f"Geïmporteerd (deelnemer {other.author.imported_number})" and not face.url
    assert not Name.objects.visible_to(cas).filter(pk=other.author_id).exists()
    assert "Piet" not in client_of(cas).get(f"{other.thread.get_absolute_url()}").content.decode()


def test_history_tells_nobody_but_is_found(space: Space, mailoutbox: list[Any]) -> None:
    """D15, Q4."""
    bring(space)
    assert not Event.objects.exists() and not mailoutbox
    assert Entry.objects.filter(kind="thread").count() == Thread.objects.count()
    assert Entry.objects.filter(kind="post").count() == Post.objects.exclude(number=1).count()


def test_a_dry_run_says_what_would_come_and_writes_nothing(space: Space) -> None:
    """D15. It says the same as the import then does."""
    with ODDITIES.open("rb") as stream:
        dry = imports.look_through(files=[("lijst.mbox", stream)], space=space, authors={}, now=NOW, tell=quietly)
    assert not Post.objects.exists() and not Import.objects.exists() and not ImportAuthor.objects.exists()
    assert dry.as_json() == bring(space)[1].as_json()


def test_a_file_that_is_no_mbox_is_refused(space: Space) -> None:
    """D15, D20."""
    for data in (b"", b"PK\x03\x04\x00\x00", b"From nobody\n\nhello\n", b"Subject: mail\n\nhello\n"):
        with pytest.raises(ValidationError):
            bring(space, data)
    assert not Import.objects.exists() and not Post.objects.exists()


def test_an_import_is_taken_back_but_not_what_members_wrote(space: Space, anna: User) -> None:
    """D15."""
    batch, _report = bring(space)
    kept = saying("De eerste").thread
    posts.reply(by=anna, name=first_name(anna), thread=kept, text="Weet iemand hier meer van?")
    assert imports.take_back(batch=batch) == 1
    assert list(Thread.objects.all()) == [kept] and Post.objects.count() == 2
    assert Entry.objects.filter(kind__in=("thread", "post")).count() == 2
    assert ImportedMessage.objects.count() == 1


def test_a_thread_of_nine_hundred_answers_and_a_thousand_mails(space: Space, anna: User) -> None:
    """D15, D16. Keys are those that the actions give, so a reply finds its place."""
    _batch, report = bring(space, made_up(1000, chain=900))
    thread = Thread.objects.get(title="Draad 0")
    assert report.new == 1000 and thread.post_count == thread.last_number == 900
    last = Post.objects.get(thread=thread, number=900)
    assert last.depth == 899
    post = posts.reply(by=anna, name=first_name(anna), thread=thread, text="Ja.", parent=last)
    assert post.number == 901 and list(Post.objects.of(thread).in_tree())[-1] == post


def test_one_mail_is_in_memory_at_a_time() -> None:
    """D15. Of four times as many mails the reader holds no more."""

    class Endless(io.RawIOBase):
        def __init__(self, count: int) -> None:
            self.parts: Iterator[bytes] = (made_up(1) + b"Woorden.\n" * 10_000 + b"\n" for _number in range(count))
            self.held = b""

        def readline(self, size: int | None = -1) -> bytes:
            if not self.held:
                self.held = next(self.parts, b"")
            line, end, self.held = self.held.partition(b"\n")
            return line + end

        def tell(self) -> int:
            return 0

    def peak(count: int) -> int:
        tracemalloc.start()
        assert sum(1 for _raw in mbox.messages(Endless(count))) == count  # type: ignore[arg-type]  # a stream of lines
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(100) < peak(25) * 1.2


def test_a_mail_that_is_too_long_gives_its_beginning() -> None:
    """D20."""
    data = (
        b"From a@x.invalid Mon Jan  5 10:00:00 2009\nSubject: lang\n\n" + b"x" * 70 + b"\n" * 1 + b"y" * 5000 + b"\n"
    )
    (raw,) = mbox.messages(io.BytesIO(data), longest=200)
    assert raw.is_too_long and b"y" not in raw.data
    assert "too_long" in mail.head_of(raw, now=NOW).oddities


@pytest.mark.parametrize(
    "said, shown",
    [
        ("een \ntwee", "een twee"),
        ("> een \n> twee\ndrie", "> een twee\ndrie"),
        ("een \n-- \nnaam", "een \n-- \nnaam"),
        (" >geen citaat", ">geen citaat"),
    ],
)
def test_flowed_lines_flow(said: str, shown: str) -> None:
    """D15. RFC 3676, section 4."""
    assert text.unflowed(said) == shown


def test_the_command_reports_and_refuses_in_words(space: Space, tmp_path: Path, capsys: Any) -> None:
    """D15."""
    call_command("import_mbox", str(ODDITIES), space="zorg", dry_run=True)
    assert "messages: 14" in capsys.readouterr().out and not Post.objects.exists()
    call_command("import_mbox", str(ODDITIES), space="zorg")
    assert Post.objects.count() == 14
    call_command("import_mbox", take_back=Import.objects.get().pk)
    assert Post.objects.count() == 0
    table = tmp_path / "authors.yaml"
    table.write_text("jan@oud.invalid: niemand\n")
    for arguments in ({"space": "nergens"}, {"space": "zorg", "authors": table}):
        with pytest.raises(CommandError):
            call_command("import_mbox", str(ODDITIES), **arguments)
