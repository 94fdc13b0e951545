"""The bytes of a mail are read back as what was put in, by somebody else's reader."""

from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.mail import BadHeaderError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from swexpertise.mail import Message
from tests.harness.mail import MailServer

words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=1500)
lines = st.lists(words, max_size=8).map("\n".join)


def message(subject: str = "Onderwerp", text: str = "Tekst\n", html: str = "", **headers: str) -> Message:
    made = Message(
        subject, text, "Naam <post@mail.invalid>", ["cas@cast.invalid"],
        headers={"Message-ID": "<0123456789abcdef0123456789abcdef@mail.invalid>", **headers},
    )  # fmt: skip
    if html:
        made.attach_alternative(html, "text/html")
    return made


def said(wire: bytes, form: str) -> str:
    part = message_from_bytes(wire, policy=policy.default).get_body((form,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


@settings(deadline=None)  # a time would say how busy the machine is
@given(lines, lines.filter(str.strip), st.booleans())
@example("", "\xa0" * 7 + "\U00010000" * 3, False)  # one line, broken in the middle
def test_text_and_html_come_out_as_they_went_in(text: str, html: str, eight_bit: bool) -> None:
    """N14. With lines of any length, and on a line of seven bits."""
    wire = message(text=text, html=html).wire(eight_bit=eight_bit)
    assert said(wire, "plain") == text.rstrip("\n") and said(wire, "html") == html.rstrip("\n")
    assert max(map(len, wire.split(b"\r\n"))) <= 998 and wire.count(b"\n") == wire.count(b"\r\n")
    assert eight_bit or wire.isascii()


@settings(deadline=None)  # a time would say how busy the machine is
@given(words)
def test_a_subject_comes_out_on_one_line(subject: str) -> None:
    """RFC 2047."""
    wire = message(subject).wire()
    assert message_from_bytes(wire, policy=policy.default)["Subject"].split() == subject.split()
    head = wire.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(not line.startswith((b" ", b"\t")) for line in head)


@pytest.mark.parametrize("name", ["Reply-To", "List-Id"])
def test_a_header_of_two_lines_is_refused(name: str) -> None:
    with pytest.raises(BadHeaderError):
        message(**{name: "een\r\nBcc: allen@mail.invalid"}).wire()


def test_it_reads_as_what_django_would_have_built() -> None:
    """Field by field, part by part."""
    ours = message("Één gesprek", "Zoë schreef\n", "<p>Zoë</p>", **{"List-Id": "<post.mail.invalid>"})
    built = message_from_bytes(super(Message, ours).message().as_bytes(), policy=policy.default)
    read = message_from_bytes(ours.wire(), policy=policy.default)
    assert {name: str(value) for name, value in read.items() if name != "Content-Type"} == {
        name: str(value) for name, value in built.items() if name not in ("Content-Type", "Date")
    }
    assert [part.get_content_type() for part in read.walk()] == [part.get_content_type() for part in built.walk()]
    parts = zip(read.iter_parts(), built.iter_parts(), strict=True)
    assert all(a.get_content().split() == b.get_content().split() for a, b in parts)


def test_it_arrives_over_the_line_as_it_was_made(smtp_server: MailServer, settings: Any) -> None:
    """Lines that begin with a dot, and the one that ends a mail."""
    from swexpertise.mail import deliver

    settings.EMAIL_BACKEND = "swexpertise.mail.delivering.EmailBackend"
    text = ".\n..\n.stip\nZoë\n"
    deliver(message(text=text, html="<p>Zoë</p>"))
    (received,) = smtp_server.inbox
    assert received.text.replace("\r\n", "\n") == text and received.html.strip() == "<p>Zoë</p>"
