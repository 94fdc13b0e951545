"""An archive that nobody wrote, with what real ones hold: for measuring and for tests of what is large."""

import base64
import quopri
from collections.abc import Iterator
from email.header import Header
from random import Random

LINES = (
    "De gemeente komt volgende week weer op het spreekuur.",
    "Wie weet waar de uitslag van de prik blijft?",
    "Het café is besproken, en de coördinatie is samen geïnformeerd.",
    "Omdat het privé is, vraag ik het hier niet aan een patiënt maar aan het werk.",
    "Een vergunning, en wanneer die opnieuw komt.",
)
SUBJECTS = ("Spreekuur", "Vergunning in de gemeente", "Vragen over zorg", "Café en opvang", "Agenda", "Privé wonen ☂")
LONG_THREAD = 250


def archive(count: int, *, seed: int = 1) -> Iterator[bytes]:
    """`count` mails one by one, in threads of one to sixty and now and then a very long one; the same for one seed."""
    random = Random(seed)  # noqa: S311  # nothing secret: the same archive each time
    made = 0
    while made < count:
        size = LONG_THREAD if made == 0 or random.random() < 0.004 else min(60, 1 + int(random.paretovariate(0.9)))
        size = min(size, count - made)
        subject = f"{random.choice(SUBJECTS)} {made}"
        above: list[str] = []
        for number in range(made, made + size):
            key = f"m{number}.{seed}@lijst.invalid"
            yield _mail(number, count, key, subject, above, random)
            above.append(key)
        made += size


def _mail(number: int, count: int, key: str, subject: str, above: list[str], random: Random) -> bytes:
    who = int(random.expovariate(1) * count / 60)
    # Ten years, however many mails.
    day = number * 3650 // max(count, 1)
    hour = f"{number % 24:02}:{number % 60:02}:00 +0100"
    date = f"{day % 28 + 1:02} {_MONTHS[day // 28 % 12]} {2003 + day // 336} {hour}"
    title = f"Re: [lijst] {subject}" if above else f"[lijst] {subject}"
    charset = random.choice(("utf-8", "iso-8859-1", "windows-1252"))
    heads = [
        f"From: {Header(f'Schrijver {who}é', 'utf-8').encode()} <schrijver{who}@post.invalid>",
        f"Subject: {Header(title, 'utf-8').encode() if random.random() < 0.5 else title.replace('é', 'e')}",
        f"Received: from a.invalid by b.invalid; {date}",
    ]
    if random.random() > 0.01:
        heads.append(f"Date: {date}")
    if random.random() > 0.01:
        heads.append(f"Message-ID: <{key}>")
    if above:
        answered = random.choice(above[-5:])
        heads.append(f"In-Reply-To: <{answered}>")
        if random.random() < 0.7:
            heads.append("References: " + "\n\t".join(f"<{one}>" for one in above[-12:]))
    text = _text(random, bool(above))
    body = random.choices((_plain, _base64, _html, _flowed, _mixed), (10, 3, 2, 2, 2))[0](text, charset, heads)
    mark = f"From schrijver{who}@post.invalid Mon Jan  5 10:00:00 2009"
    head = "\n".join((mark, *heads, "MIME-Version: 1.0")).encode("ascii", "replace")
    return head + body.replace(b"\nFrom ", b"\n>From ") + b"\n\n"


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _text(random: Random, is_answer: bool) -> str:
    quoted = "".join(f"> {random.choice(LINES)}\n" for _n in range(random.randint(2, 12))) + "\n" if is_answer else ""
    lines = "".join(random.choice(LINES) + ("\n\n" if n % 5 == 4 else "\n") for n in range(random.randint(3, 40)))
    return f"{quoted}{lines}\n-- \nGroet\n"


def _plain(text: str, charset: str, heads: list[str]) -> bytes:
    heads += [f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: quoted-printable"]
    return b"\n\n" + quopri.encodestring(text.encode(charset, "replace"))


def _base64(text: str, charset: str, heads: list[str]) -> bytes:
    heads += [f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: base64"]
    return b"\n\n" + base64.encodebytes(text.encode(charset, "replace"))


def _html(text: str, charset: str, heads: list[str]) -> bytes:
    heads += [f"Content-Type: text/html; charset={charset}", "Content-Transfer-Encoding: base64"]
    paragraphs = "".join(f"<p>{part.strip()}</p>" for part in text.replace(">", "&gt;").split("\n\n"))
    return b"\n\n" + base64.encodebytes(f"<html><body>{paragraphs}</body></html>".encode(charset, "replace"))


def _flowed(text: str, charset: str, heads: list[str]) -> bytes:
    heads += [f"Content-Type: text/plain; charset={charset}; format=flowed", "Content-Transfer-Encoding: 8bit"]
    return b"\n\n" + text.replace(".\n", ". \n").encode(charset, "replace")


def _mixed(text: str, charset: str, heads: list[str]) -> bytes:
    heads.append('Content-Type: multipart/mixed; boundary="=_deel"')
    part = b"\n--=_deel\nContent-Type: text/plain; charset=" + charset.encode() + b"\n\n"
    file = b"\n--=_deel\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n"
    picture = base64.encodebytes(bytes(range(256)) * 40)
    return b"\n\n" + part + text.encode(charset, "replace") + file + picture + b"\n--=_deel--"
