"""More than a form may bring along is refused before it is read, over a real connection; the text comes back."""

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from discussions.actions import attachments
from discussions.models import Attachment, Import, Post, Thread
from swexpertise.start import processes
from swexpertise.start.places import ROOT
from tests.cast import client_of

FIVE_GB = 5 * 1024**3
Ask = Callable[..., str]


def part(name: str, value: str) -> str:
    return f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


@pytest.fixture
def ask(child_env: dict[str, str], tmp_path: Path) -> Iterator[Ask]:
    """Sends the head of a form, its fields and the beginning of a file, and no more; gives what the server answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "swexpertise.wsgi",
        "--no-control-socket",
        "--worker-class",
        "gthread",
    ]
    log = tmp_path / "web.log"
    with log.open("wb") as output:
        web = processes.start(
            [*command, "--no-control-socket", "--threads", "4", "--bind", f"127.0.0.1:{port}"],
            env=child_env | {"TMPDIR": str(tmp_path)},
            output=output,
            cwd=ROOT,
        )

    def reachable() -> bool:
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", port)) == 0

    def send(client: Client, path: str, length: str, **fields: str) -> str:
        client.get("/accounts/password/change/")
        token = client.cookies["csrftoken"].value
        body = part("csrfmiddlewaretoken", token) + "".join(part(*field) for field in fields.items())
        body += '--edge\r\nContent-Disposition: form-data; name="files"; filename="x.jpg"\r\n\r\n' + "x" * 70_000
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n{length}\r\n"
        head += "Content-Type: multipart/form-data; boundary=edge\r\n\r\n"
        if "chunked" in length:
            body = f"{len(body):x}\r\n{body}\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall((head + body).encode())
            said = b""
            while b"</html>" not in said and (piece := line.recv(65536)):
                said += piece
                if said.startswith(b"HTTP/1.1 411"):
                    break
        return said.decode()

    try:
        assert processes.wait_until(reachable, within=120), log.read_text()
        yield send
    finally:
        processes.stop(web)


@pytest.mark.django_db(transaction=True)
def test_five_gigabytes_are_answered_unread(ask: Ask, bram: User, coordinator: User, thread: Thread) -> None:
    """D14, D20, D4. To an answer in a discussion, with its text; to an archive; and without a length."""
    length, reply = f"Content-Length: {FIVE_GB}", reverse("discussions:reply", args=[thread.pk])
    said = ask(client_of(bram), reply, length, text="Mijn lange antwoord ☂.")
    assert said.startswith("HTTP/1.1 413") and "Je bestanden zijn samen te groot" in said
    assert "Mijn lange antwoord ☂." in said and "Verder met je tekst" in said
    said = ask(client_of(coordinator), "/discussions/imports/new/", length)
    assert said.startswith("HTTP/1.1 413") and "samen groter dan 2049" in said
    said = ask(client_of(bram), "/discussions/imports/new/", f"Content-Length: {1024**3}")
    assert said.startswith("HTTP/1.1 413") and "samen groter dan 64" in said
    said = ask(client_of(bram), reply, "Transfer-Encoding: chunked", text="Ja.")
    assert said.startswith("HTTP/1.1 411")
    assert (
        not Post.objects.filter(number=2).exists() and not Attachment.objects.exists() and not Import.objects.exists()
    )


def test_of_a_file_that_is_too_large_little_is_kept(bram: User, thread: Thread, monkeypatch: Any) -> None:
    """D14. Only so much that it is seen to be too large; the text stays in its form."""
    seen: list[int] = []
    take = attachments.hand_in

    def measuring(**given: Any) -> Attachment:
        seen.append(given["file"].size)
        return take(**given)

    monkeypatch.setattr(attachments, "hand_in", measuring)
    file = SimpleUploadedFile("x.jpg", b"\xff\xd8\xff" + b"\0" * (15 << 20))
    address = reverse("discussions:reply", args=[thread.pk])
    page = client_of(bram).post(address, {"text": "Mijn lange antwoord.", "files": file}).content.decode()
    assert "hoogstens 10 MB" in page and "Mijn lange antwoord." in page
    assert len(seen) == 1 and attachments.MOST_BYTES < seen[0] <= attachments.MOST_BYTES + 128 * 1024


def test_the_files_of_a_visitor_are_not_kept_but_the_text_goes_along(thread: Thread) -> None:
    """D4. A session that ended while somebody wrote: the text goes through sign-in, as it did."""
    file = SimpleUploadedFile("x.jpg", b"\xff\xd8\xff" + b"\0" * 1000)
    answer = Client().post(
        reverse("discussions:reply", args=[thread.pk]), {"text": "Mijn lange antwoord.", "files": file}
    )
    assert answer.status_code in (200, 403) and b'name="carried"' in answer.content
    assert answer.wsgi_request.FILES["files"].size == 0
