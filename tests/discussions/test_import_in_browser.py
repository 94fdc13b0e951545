"""A coordinator hands in the archive of a mailing list, says who is who, and takes it back."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Circle, User
from discussions.actions import import_jobs
from discussions.models import Import, Post, Space, Thread
from discussions.models.importing import State
from swexpertise.start import processes
from tests.cast import client_of, first_name
from tests.discussions.test_import import ODDITIES, made_up
from tests.harness.browser import fits_width
from tests.harness.processes import Workers

NEW = "/discussions/imports/new/"


@pytest.fixture(autouse=True)
def archives(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "imports"


def hand_in(client: Client, space: Space, data: bytes | None = None, **more: Any) -> Any:
    file = SimpleUploadedFile("oude-lijst.mbox", ODDITIES.read_bytes() if data is None else data)
    return client.post(NEW, {"space": space.pk, "file": file, "is_told": "on", **more})


def look_through(client: Client, space: Space, data: bytes | None = None) -> Import:
    """Handed in, and the worker has been there."""
    assert hand_in(client, space, data).status_code == 302
    batch = Import.objects.newest_first()[0]
    import_jobs.work(pk=batch.pk, now=timezone.now())
    batch.refresh_from_db()
    return batch


def test_from_the_file_to_the_threads_and_back(space: Space, coordinator: User, anna: User, archives: Path) -> None:
    """D15. Dry run, report, table, import, undo. The file and the addresses are gone as soon as they can be."""
    client = client_of(coordinator)
    batch = look_through(client, space)
    assert batch.state == State.LOOKED and not Post.objects.exists() and len(list(archives.iterdir())) == 1
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "<strong>14</strong> berichten in het bestand" in page and "jan@oud.invalid" in page
    assert "Een datum in de toekomst" in page and "regel " in page
    number = next(n for n, author in enumerate(batch.authors) if author["address"] == "jan@oud.invalid")
    client.post(batch.get_absolute_url(), {"act": "begin", f"who-{number}": f"@{first_name(anna).handle}"})
    import_jobs.work(pk=batch.pk, now=timezone.now())
    batch.refresh_from_db()
    assert batch.state == State.DONE and Post.objects.count() == 14
    assert Post.objects.get(plain__contains="een lange regel").author == first_name(anna)
    assert batch.authors == [] and not batch.file and list(archives.iterdir()) == []
    assert "jan@oud.invalid" not in client.get(batch.get_absolute_url()).content.decode()
    assert "Haal het terug" in client.get(f"{batch.get_absolute_url()}take-back/").content.decode()
    client.post(f"{batch.get_absolute_url()}take-back/")
    import_jobs.work(pk=batch.pk, now=timezone.now())
    assert not Post.objects.exists() and not Import.objects.exists()


def test_a_file_that_is_none_is_refused_with_what_to_do(space: Space, coordinator: User, settings: Any) -> None:
    """D15, D20."""
    client = client_of(coordinator)
    assert "Is het heel?" in hand_in(client, space, b"PK\x03\x04 zip").content.decode()
    assert "Pak het uit" in hand_in(client, space, b"7z\xbc\xaf").content.decode()
    assert "is leeg" in hand_in(client, space, b"").content.decode()
    assert "Vertel het eerst" in hand_in(client, space, is_told="").content.decode()
    settings.IMPORT_MOST_BYTES = 100
    assert "groter dan 100" in hand_in(client, space).content.decode().replace("\xa0", " ")
    assert not Import.objects.exists()


def test_a_packed_archive_is_taken_as_it_is(space: Space, coordinator: User, archives: Path) -> None:
    """D15. As Mailman gives it; unpacked by the worker, and nothing of it stays."""
    batch = look_through(client_of(coordinator), space, gzip.compress(ODDITIES.read_bytes()))
    assert batch.state == State.LOOKED and batch.report["messages"] == 14
    import_jobs.begin(by=coordinator, batch=batch)
    import_jobs.work(pk=batch.pk, now=timezone.now())
    assert Post.objects.count() == 14 and list(archives.iterdir()) == []


def test_what_unpacks_to_too_much_stops_in_words(space: Space, coordinator: User, settings: Any) -> None:
    """D15, D20. Only its beginning was looked at when it was handed in."""
    settings.IMPORT_MOST_BYTES = 50_000
    client = client_of(coordinator)
    batch = look_through(client, space, gzip.compress(made_up(500)))
    assert batch.state == State.FAILED
    assert "Uitgepakt is het groter dan" in client.get(batch.get_absolute_url()).content.decode()


def test_an_unknown_handle_keeps_the_table(space: Space, coordinator: User) -> None:
    """D15, D20."""
    client = client_of(coordinator)
    batch = look_through(client, space)
    page = client.post(batch.get_absolute_url(), {"act": "begin", "who-0": "niemand"}).content.decode()
    assert "Niemand heeft deze korte naam" in page and 'value="niemand"' in page
    batch.refresh_from_db()
    assert batch.state == State.LOOKED


def test_only_coordinators_who_see_the_space_get_near_it(
    space: Space, circle_space: Space, coordinator: User, anna: User
) -> None:
    """D15. Others find nothing there; a coordinator outside the circle can't choose its space."""
    batch = look_through(client_of(coordinator), space)
    for address in ("/discussions/imports/", NEW, batch.get_absolute_url(), f"{batch.get_absolute_url()}take-back/"):
        assert client_of(anna).get(address).status_code == 404
        assert client_of(anna).post(address, {"act": "begin"}).status_code == 404
    Import.objects.filter(pk=batch.pk).update(space=circle_space)
    assert client_of(coordinator).get(batch.get_absolute_url()).status_code == 404
    assert "Kernruimte" not in client_of(coordinator).get(NEW).content.decode()
    assert hand_in(client_of(coordinator), circle_space).status_code == 200


def test_a_page_sent_twice_or_too_late_says_so(space: Space, coordinator: User) -> None:
    """D15."""
    client = client_of(coordinator)
    batch = look_through(client, space)
    client.post(batch.get_absolute_url(), {"act": "begin"})
    assert (
        "intussen verder gegaan"
        in client.post(batch.get_absolute_url(), {"act": "begin"}, follow=True).content.decode()
    )
    import_jobs.work(pk=batch.pk, now=timezone.now())
    assert import_jobs.work(pk=batch.pk, now=timezone.now()) is None and Post.objects.count() == 14


def test_what_lies_for_a_week_is_thrown_away(
    space: Space, coordinator: User, archives: Path, django_capture_on_commit_callbacks: Any
) -> None:
    """D15. With the addresses in it; what was brought along stays."""
    batch = look_through(client_of(coordinator), space)
    assert import_jobs.forget(now=timezone.now() + timedelta(days=6)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert import_jobs.forget(now=batch.started_at + timedelta(days=8)) == 1
    assert not Import.objects.exists() and list(archives.iterdir()) == []


def test_a_file_that_is_gone_or_a_worker_that_dies_thrice_stops_it(space: Space, coordinator: User) -> None:
    """D15, N9. In words, with a way out."""
    client = client_of(coordinator)
    hand_in(client, space)
    batch = Import.objects.get()
    batch.file.delete(save=False)
    import_jobs.work(pk=batch.pk, now=timezone.now())
    assert "Het bestand is er niet meer" in client.get(batch.get_absolute_url()).content.decode()
    Import.objects.update(state=State.LOOKING, attempts=3, leased_until=timezone.now() - timedelta(minutes=1))
    import_jobs.work(pk=batch.pk, now=timezone.now())
    assert "brak drie keer af" in client.get(batch.get_absolute_url()).content.decode()
    throw_away = f"/discussions/imports/{batch.pk}/throw-away/"
    assert f'href="{throw_away}"' in client.get(batch.get_absolute_url()).content.decode()
    client.post(throw_away)
    assert not Import.objects.exists()


def test_an_archive_goes_after_a_question_and_not_when_it_was_brought(
    space: Space, coordinator: User, bram: User
) -> None:
    """D15. Who is who may have taken an hour to fill in."""
    client = client_of(coordinator)
    batch = look_through(client, space, made_up(3))
    throw_away = f"/discussions/imports/{batch.pk}/throw-away/"
    assert client_of(bram).post(throw_away).status_code == 404
    assert "Dit archief weggooien?" in client.get(throw_away).content.decode()
    assert Import.objects.exists()
    Import.objects.update(state=State.DONE)
    client.post(throw_away)
    assert Import.objects.exists()
    Import.objects.update(state=State.LOOKED)
    assert client.post(throw_away).url == "/discussions/imports/" and not Import.objects.exists()


def test_the_pages_cost_the_same_for_few_and_many(
    space: Space, coordinator: User, django_assert_max_num_queries: Any
) -> None:
    """D15, D17."""
    client = client_of(coordinator)
    batch = look_through(client, space, made_up(30))
    for count in (3, 12):
        Import.objects.bulk_create(Import(space=space, state=State.DONE) for _n in range(count))
        batch.authors = [{"address": f"p{n}@x.invalid", "messages": 1, "handle": ""} for n in range(count * 40)]
        batch.save()
        for address in ("/discussions/imports/", batch.get_absolute_url()):
            with django_assert_max_num_queries(8):
                client.get(address)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_nothing_out_and_nothing_twice(
    space: Space, coordinator: User, workers: Workers, settings: Any
) -> None:
    """D15, N7. SIGKILL in the middle of a real import; the next worker goes on when the lease is over."""
    batch = Import(space=space, by=coordinator, state=State.BRINGING)
    batch.file.save("x", ContentFile(made_up(3000)))
    doomed = workers.start(MEDIA_ROOT=str(settings.MEDIA_ROOT))
    import_jobs._wake(batch)
    assert processes.wait_until(lambda: 0 < Post.objects.count() < 3000, within=60), doomed.said
    doomed.kill()
    assert Post.objects.count() < 3000
    Import.objects.filter(pk=batch.pk).update(leased_until=timezone.now())
    import_jobs.work(pk=batch.pk, now=timezone.now())
    batch.refresh_from_db()
    assert batch.state == State.DONE and Post.objects.count() == 3000 and Thread.objects.count() == 300
    assert (batch.report["new"], batch.report["known"]) == (3000, 0)


@pytest.mark.django_db(transaction=True)
def test_on_a_phone_with_a_worker_at_it(
    live_site: LiveServer,
    phone_page: Page,
    axe: Callable[[Page], None],
    space: Space,
    coordinator: User,
    kerngroep: Circle,
    workers: Workers,
    tmp_path: Path,
) -> None:
    """D15, D19. Upload, progress that moves by itself, the table, bringing along, and back."""
    workers.start(MEDIA_ROOT=str(tmp_path))
    archive = tmp_path / "lijst.mbox"
    archive.write_bytes(made_up(400))
    cookie = client_of(coordinator).cookies["sessionid"]
    phone_page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_site.url}])
    phone_page.goto(live_site.url + "/discussions/imports/")
    axe(phone_page)
    phone_page.get_by_role("link", name="Breng een archief over").click()
    expect(phone_page.get_by_label("Naar welke ruimte")).to_be_visible()
    axe(phone_page)
    phone_page.get_by_label("Naar welke ruimte").select_option("Zorg")
    phone_page.get_by_label("Archief", exact=False).first.set_input_files(archive)
    phone_page.get_by_label("De mensen van deze lijst weten").check()
    phone_page.get_by_role("button", name="Kijk het door").click()
    expect(phone_page.get_by_role("heading", name="Wie is wie?")).to_be_visible(timeout=30_000)
    axe(phone_page)
    assert fits_width(phone_page)
    phone_page.get_by_role("button", name="Breng het over").click()
    expect(phone_page.get_by_text("Het archief is overgebracht")).to_be_visible(timeout=30_000)
    axe(phone_page)
    assert Post.objects.count() == 400
    phone_page.get_by_role("link", name="Haal het terug").click()
    expect(phone_page.get_by_role("button", name="Haal het terug")).to_be_visible()
    axe(phone_page)
    phone_page.get_by_role("button", name="Haal het terug").click()
    assert processes.wait_until(lambda: not Post.objects.exists(), within=30)
