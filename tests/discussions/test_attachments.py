"""Pictures and PDFs with a post: clean, described, and there for whoever may read the post, for nobody else."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.actions import attachments, posts, purging
from discussions.models import Attachment, Post, Space, Thread
from tests.cast import client_of, first_name
from tests.discussions.conftest import opening_of, reply
from tests.harness.browser import fits_width
from tests.harness.files import pdf, photo, plain


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "attachments"


def upload(data: bytes, name: str = "anna-thuis-kanarie.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="text/html")


def hand_in(user: User, data: bytes | None = None) -> Attachment:
    return attachments.hand_in(by=user, file=BytesIO(photo() if data is None else data), at=timezone.now())


def with_files(user: User, thread: Thread, *files: Attachment, text: str = "Kijk.") -> Post:
    return reply(user, thread, text, attached=[file.key for file in files])


def status(who: User | None, url: str) -> int:
    answer = client_of(who).get(url)
    answer.getvalue()
    return answer.status_code


def send(user: User, thread: Thread, *files: SimpleUploadedFile, **more: Any) -> Any:
    said = {"text": "Zie de foto.", "name": first_name(user).key, "files": list(files), **more}
    return client_of(user).post(f"/discussions/threads/{thread.pk}/reply/", said)


def test_a_file_is_posted_with_its_text_clean_and_without_its_name(anna: User, cas: User, thread: Thread) -> None:
    """D14, S5. By its first bytes, whatever its name and type say."""
    assert send(anna, thread, upload(photo()), upload(pdf(), "notulen-kanarie.docx")).status_code == 302
    picture, document = Attachment.objects.of(Post.objects.get(number=2))
    assert (picture.kind, picture.width, document.kind) == ("picture", 60, "pdf")
    page = client_of(cas).get(thread.get_absolute_url()).content.decode()
    assert f'src="{picture.get_absolute_url()}"' in page and f'href="{document.get_absolute_url()}"' in page
    assert "anarie" not in page
    for file in (picture, document):
        answer = client_of(cas).get(file.get_absolute_url())
        data = answer.getvalue()
        assert b"anarie" not in (plain(data) if file is document else data)
        assert "anarie" not in str(answer.headers) + file.file.name
        assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "no-store"
        assert answer["Content-Disposition"].startswith("inline" if file is picture else "attachment")
        assert answer["Content-Type"] == ("image/jpeg" if file is picture else "application/pdf")


def test_it_is_served_through_the_rule_of_its_post(
    anna: User, bram: User, cas: User, coordinator: User, circle_thread: Thread
) -> None:
    """D14. A circle's file is absent for others, coordinators outside it included; a visitor is asked to sign in."""
    file = hand_in(anna)
    assert [status(who, file.get_absolute_url()) for who in (anna, bram, cas)] == [200, 404, 404]
    post = with_files(anna, circle_thread, file)
    readers = (anna, bram, cas, coordinator, None)
    assert [status(who, file.get_absolute_url()) for who in readers] == [200, 200, 404, 404, 302]
    posts.delete(by=anna, post=post)
    assert [status(who, file.get_absolute_url()) for who in (anna, bram)] == [404, 404]
    posts.restore(by=anna, post=post)
    assert status(bram, file.get_absolute_url()) == 200


def test_nobody_posts_the_file_of_another(anna: User, bram: User, thread: Thread) -> None:
    """D14. Nor takes it away, nor describes it."""
    file = hand_in(anna)
    with_files(bram, thread, file)
    send(bram, thread, attached=[file.key], drop=[file.key], **{f"words-{file.key}": "van mij"})
    file.refresh_from_db()
    assert (file.post, file.waits_for, file.words) == (None, anna, "")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "alleen afbeeldingen"),
        (b"<html><script>alert(1)</script>", "alleen afbeeldingen"),
        (b"PK\x03\x04docx", "alleen afbeeldingen"),
        (b"", "alleen afbeeldingen"),
        (photo()[:300], "niet lezen"),
        (b"%PDF-1.7 kapot", "niet te lezen"),
        (photo() + b"\0" * attachments.MOST_BYTES, "hoogstens 10 MB"),
    ],
    ids=["svg", "web page", "zip", "empty", "cut off", "broken pdf", "too large"],
)
def test_what_may_not_come_is_refused_in_words_and_the_rest_is_kept(
    anna: User, thread: Thread, folder: Path, data: bytes, words: str
) -> None:
    """D14, D20, S5. The text and the good file come back; nothing is posted, no half file stays."""
    page = send(anna, thread, upload(photo()), upload(data)).content.decode()
    assert words in page and "Zie de foto." in page
    assert Post.objects.count() == 1 and len(list(folder.iterdir())) == 1
    file = Attachment.objects.get()
    assert f'value="{file.key}"' in page
    assert send(anna, thread, attached=[file.key]).status_code == 302
    assert Attachment.objects.of(Post.objects.get(number=2)).get() == file


def test_files_wait_while_the_writer_looks_first_and_can_be_described(anna: User, thread: Thread) -> None:
    """D14, D19. Without script: add, describe, take one away, post."""
    page = send(anna, thread, upload(photo()), upload(photo("PNG")), attach="1").content.decode()
    first, second = Attachment.objects.waiting(anna)
    assert page.count("Wat is erin te zien") == 2 and Post.objects.count() == 1
    more = {f"words-{first.key}": " Een  rood <b>vlak</b> ", "preview": "1"}
    page = send(anna, thread, attached=[first.key, second.key], **more).content.decode()
    assert "Een rood &lt;b&gt;vlak&lt;/b&gt;" in page and Post.objects.count() == 1
    send(anna, thread, attached=[first.key, second.key], drop=[second.key], **{f"words-{first.key}": "Een vlak"})
    post = Post.objects.get(number=2)
    assert [file.words for file in Attachment.objects.of(post)] == ["Een vlak"]
    assert Attachment.objects.count() == 1
    assert 'alt="Een vlak"' in client_of(anna).get(thread.get_absolute_url()).content.decode()


def test_a_refused_text_keeps_the_file(anna: User, thread: Thread) -> None:
    """D4, D14."""
    page = send(anna, thread, upload(photo()), text="").content.decode()
    assert f'value="{Attachment.objects.get().key}"' in page


def test_a_new_discussion_and_a_changed_post_take_files(anna: User, bram: User, space: Space, thread: Thread) -> None:
    """D14, D6. What its author takes away is gone for everybody at once, bytes and all."""
    said = {"title": "Met foto", "text": "Zie.", "kind": "discussion", "name": first_name(anna).key}
    answer = client_of(anna).post(f"/discussions/{space.slug}/new/", said | {"files": [upload(photo())]})
    assert answer.status_code == 302
    post = Post.objects.get(thread__title="Met foto")
    file = Attachment.objects.of(post).get()
    edit = f"/discussions/posts/{post.pk}/edit/"
    page = client_of(anna).get(edit).content.decode()
    assert "Haal het weg, meteen en voor iedereen" in page
    client_of(anna).post(edit, {"text": "Zie.", "files": [upload(pdf())], "drop": [file.key]})
    assert [row.kind for row in Attachment.objects.of(post)] == ["pdf"]
    assert status(bram, file.get_absolute_url()) == 404


@pytest.mark.django_db(transaction=True)
def test_bytes_go_with_what_they_belong_to(anna: User, thread: Thread, folder: Path) -> None:
    """D6, D7, S6. Thirty days after a deletion; ninety after a file was left waiting; no sooner."""
    now = timezone.now()
    kept, _waiting = hand_in(anna), hand_in(anna)
    post = with_files(anna, thread, kept)
    posts.delete(by=anna, post=post, at=now)
    assert attachments.forget(now=now + timedelta(days=29)) == 0 and len(list(folder.iterdir())) == 2
    purging.purge(now=now + timedelta(days=31))
    assert not Attachment.objects.filter(pk=kept.pk).exists() and len(list(folder.iterdir())) == 1
    assert attachments.forget(now=now + timedelta(days=91)) == 1
    assert list(folder.iterdir()) == [] and not Attachment.objects.exists()


def test_a_draft_keeps_the_files_that_wait_for_it(anna: User, thread: Thread) -> None:
    """D4, D14. They come back with the form, and after signing in again."""
    file, opening = hand_in(anna), opening_of(thread)
    said = {"place": f"reply.{opening.pk}", "text": "Later meer.", "attached": [file.key]}
    client_of(anna).post("/discussions/drafts/keep/", said)
    page = client_of(anna).get(f"/discussions/threads/{thread.pk}/reply/?post={opening.pk}").content.decode()
    assert "Later meer." in page and f'name="attached" value="{file.key}"' in page


def test_there_is_an_end_to_it(anna: User, thread: Thread) -> None:
    """D14, D20. Six with a post; thirty waiting."""
    files = [hand_in(anna) for _n in range(7)]
    with pytest.raises(ValidationError, match="hoogstens 6"):
        with_files(anna, thread, *files)
    assert Post.objects.count() == 1
    Attachment.objects.bulk_create(
        Attachment(waits_for=anna, kind="pdf", file="x.pdf", size=1) for _n in range(attachments.MOST_WAITING - 7)
    )
    with pytest.raises(ValidationError, match="veel bestanden"):
        hand_in(anna)


def test_a_page_of_posts_with_files_costs_no_more(
    anna: User, cas: User, thread: Thread, django_assert_max_num_queries: Any
) -> None:
    """D17. They come in the query of the posts."""
    row, client = hand_in(anna), client_of(cas)
    for number in range(40):
        post = reply(anna, thread, "Ja.")
        Attachment.objects.bulk_create(
            Attachment(post=post, kind="picture", file=row.file.name, size=1, width=9, height=9) for _n in range(3)
        )
        if number in (9, 39):
            with django_assert_max_num_queries(10):
                page = client.get(thread.get_absolute_url()).content.decode()
            assert page.count("/discussions/attachments/") == 6 * (number + 1)


def test_a_large_photo_is_made_smaller(anna: User) -> None:
    """D14. What a phone makes of 12 megapixels becomes what a page needs."""
    stream = BytesIO()
    Image.effect_noise((4000, 3000), 40).convert("RGB").save(stream, "JPEG", quality=60)
    file = hand_in(anna, stream.getvalue())
    assert (file.width, file.height) == (2048, 1536) and file.size < len(stream.getvalue())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_on_a_phone_and_a_desk(
    live_site: LiveServer,
    phone_page: Page,
    axe: Callable[[Page], None],
    anna: User,
    thread: Thread,
    tmp_path: Path,
    width: int,
    scheme: Any,
) -> None:
    """D14, D19. Add, describe, look, post; nothing sticks out and axe finds nothing."""
    for name, data in (("foto.jpg", photo(size=(1600, 900))), ("stuk.pdf", pdf())):
        (tmp_path / name).write_bytes(data)
    phone_page.emulate_media(color_scheme=scheme)
    phone_page.set_viewport_size({"width": width, "height": 800})
    cookie = client_of(anna).cookies["sessionid"]
    phone_page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_site.url}])
    phone_page.goto(live_site.url + thread.get_absolute_url())
    phone_page.get_by_label("Jouw antwoord").fill("Zo ziet het eruit.")
    phone_page.get_by_text("Voeg een foto of pdf toe").click()
    phone_page.get_by_label("Bestanden").set_input_files([tmp_path / "foto.jpg", tmp_path / "stuk.pdf"])
    phone_page.get_by_role("button", name="Voeg de bestanden toe").click()
    phone_page.get_by_label("Wat is erin te zien of te lezen?").first.fill("Een rood vlak")
    axe(phone_page)
    assert fits_width(phone_page)
    phone_page.get_by_role("button", name="Plaats antwoord").click()
    expect(phone_page.get_by_alt_text("Een rood vlak")).to_be_visible()
    axe(phone_page)
    assert fits_width(phone_page)
    loaded = "() => [...document.querySelectorAll('.attachments img')].every(image => image.naturalWidth > 0)"
    phone_page.wait_for_function(loaded)
    assert opening_of(thread).number == 1
