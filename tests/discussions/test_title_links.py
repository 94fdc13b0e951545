"""Links that say the title of what they lead to say it only to those who may see it (D3)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import circles
from accounts.models import User
from cms.models import ArticlePage
from discussions.actions import threads, tidying
from discussions.models import Post, Space, Thread
from experts.models import Name, Organisation
from letters.models import Letter
from notifications.feeds import feed_of
from search.models import Entry
from tests.cast import client_of, first_name
from tests.cms.conftest import Tree, close, plant, tree  # noqa: F401  the fixture is found by its name here
from tests.discussions.conftest import opening_of, reply

LETTER = {"title_nl": "Brievenkanarie", "title_en": "Letter canary", "slug": "brievenkanarie"}


@pytest.fixture
def letter(db: None) -> Letter:
    organisation = Organisation.objects.create(slug="o", name="O", kind="ngo")
    return Letter.objects.create(state="draft", initiator=organisation, **LETTER)


def shown_to(viewer: User | None, thread: Thread) -> str:
    return client_of(viewer).get(thread.get_absolute_url()).content.decode()


def test_a_title_is_read_by_those_who_may_see_it_and_by_nobody_else(
    anna: User, bram: User, cas: User, thread: Thread, circle_thread: Thread
) -> None:
    """D3. Typed with its title in the address; the others see neither title nor address."""
    post = reply(anna, thread, f"Zie {circle_thread.get_absolute_url()} en {thread.get_absolute_url()}#p1")
    assert "zwijgkanarie" not in (post.source + post.html + post.plain).lower()
    known, strange = shown_to(bram, thread), shown_to(cas, thread)
    assert f'href="/discussions/t/{circle_thread.pk}/">Zwijgkanarie</a>' in known
    assert f'href="/discussions/t/{thread.pk}/#p1">Prikken op locatie</a>' in strange
    assert "een gesprek dat je niet kunt zien" in strange
    assert "zwijgkanarie" not in strange.lower() and f"/t/{circle_thread.pk}/" not in strange


def test_a_title_follows_its_discussion(anna: User, coordinator: User, space: Space, thread: Thread) -> None:
    """D3, D8. Renamed, it is called by its new title; removed, by none."""
    other = threads.open_thread(by=anna, name=first_name(anna), space=space, title="Oude titel", text="x")
    reply(anna, thread, f"Zie {other.get_absolute_url()}")
    assert "Oude titel" in shown_to(anna, thread)
    threads.rename(by=coordinator, thread=other, title="Nieuwe titel", reason="Daarom.")
    assert "Nieuwe titel" in shown_to(anna, thread) and "Oude titel" not in shown_to(anna, thread)
    threads.remove(by=coordinator, thread=other, reason="Daarom.")
    assert "een gesprek dat je niet kunt zien" in shown_to(anna, thread)


def test_a_merged_discussion_is_called_as_the_one_it_went_to(
    anna: User, bram: User, cas: User, coordinator: User, space: Space, thread: Thread, circle_space: Space, kerngroep
) -> None:
    """D3, D8. By whoever sees that; its own title is said to nobody any more. Its address arrives."""
    gone = threads.open_thread(by=anna, name=first_name(anna), space=space, title="Oude titel", text="x")
    into = threads.open_thread(by=anna, name=first_name(anna), space=circle_space, title="Kringkanarie", text="x")
    reply(anna, thread, f"Zie {gone.get_absolute_url()}")
    assert "Oude titel" in shown_to(cas, thread)
    circles.add(by=None, circle=kerngroep, user=coordinator)
    tidying.merge(by=coordinator, thread=gone, into=into, reason="Bijeen.")
    known, strange = shown_to(bram, thread), shown_to(cas, thread)
    assert f'href="/discussions/t/{gone.pk}/">Kringkanarie</a>' in known and "Oude titel" not in known
    assert "een gesprek dat je niet kunt zien" in strange and "anarie" not in strange and "Oude titel" not in strange
    assert client_of(bram).get(f"/discussions/t/{gone.pk}/", follow=True).context["thread"] == into
    threads.rename(by=coordinator, thread=into, title="Daarna", reason="Zo.")
    assert ">Daarna</a>" in shown_to(bram, thread)


def test_what_is_hidden_and_what_never_was_look_the_same(
    anna: User, cas: User, thread: Thread, circle_thread: Thread
) -> None:
    """D3, P6."""
    reply(anna, thread, f"[[thread:{circle_thread.pk}]]")
    hidden = client_of(cas).get(reverse("discussions:reply", args=[thread.pk]) + "?to=2").content.decode()
    Post.objects.filter(thread=thread, number=2).update(
        html=Post.objects.get(thread=thread, number=2).html.replace(str(circle_thread.pk), "987654321")
    )
    absent = client_of(cas).get(reverse("discussions:reply", args=[thread.pk]) + "?to=2").content.decode()
    assert 'class="ref">een gesprek dat je niet kunt zien<' in hidden
    assert hidden.count("een gesprek dat je niet kunt zien") == absent.count("een gesprek dat je niet kunt zien") == 1


def test_posts_and_experts_are_called_by_their_names(
    anna: User, bram: User, cas: User, thread: Thread, circle_thread: Thread
) -> None:
    """D3."""
    name = first_name(bram)
    reply(anna, thread, f"{opening_of(circle_thread).get_absolute_url()} van {name.get_absolute_url()}")
    assert "een bericht in “Zwijgkanarie”" in shown_to(bram, thread)
    strange = shown_to(cas, thread)
    assert "een bericht dat je niet kunt zien" in strange and f'href="/experts/{name.key}/">Bram</a>' in strange
    Name.objects.filter(pk=name.pk).update(retired_at="2026-01-01T00:00Z")
    assert "iemand die je niet kunt zien" in shown_to(cas, thread)


def test_a_letter_and_a_page_lose_their_telling_address(
    anna: User,
    cas: User,
    coordinator: User,
    thread: Thread,
    letter: Letter,
    tree: Tree,  # noqa: F811  as above
) -> None:
    """D3. The draft of a letter and a page for coordinators: by number and key, titled for coordinators."""
    page = plant(tree.hub, ArticlePage, "Paginakanarie", slug="paginakanarie", by=coordinator)
    post = reply(coordinator, thread, f"Zie {letter.get_absolute_url()}, {page.get_url()} en /p/{page.pk}/")
    assert post.source == f"Zie /letters/l/{letter.pk}/, {page.permanent_url} en {page.permanent_url}"
    assert "Paginakanarie" in shown_to(cas, thread)
    close(page, "coordinators", by=coordinator)
    strange, known = shown_to(cas, thread).lower(), shown_to(coordinator, thread)
    assert "kanarie" not in strange
    assert "een brief die je niet kunt zien" in strange and "een pagina die je niet kunt zien" in strange
    assert "Brievenkanarie" in known and known.count("Paginakanarie") == 2
    assert client_of(coordinator).get(f"/letters/l/{letter.pk}/").headers["Location"] == letter.get_absolute_url()
    assert client_of(cas).get(f"/letters/l/{letter.pk}/").status_code == 404


@pytest.mark.parametrize("host", ["", "https://testserver", "<https://testserver"])
def test_a_space_is_called_by_its_name_by_those_who_may_enter_it(
    anna: User, bram: User, cas: User, thread: Thread, circle_space: Space, host: str
) -> None:
    """D3. Its address by number leads there, and tells nothing to others; whoever doesn't see it can't turn it."""
    address, end = f"{host}/discussions/kern/", ">" if host[:1] == "<" else ""
    post = reply(anna, thread, f"Zie {address}{end} en {host}{thread.space.get_absolute_url()}?tag=x{end}")
    assert post.source == f"Zie /discussions/s/{circle_space.pk}/ en /discussions/s/{thread.space_id}/"
    known, strange = shown_to(bram, thread), shown_to(cas, thread)
    assert f'href="/discussions/s/{circle_space.pk}/">Kernruimte</a>' in known and ">Zorg</a>" in known
    assert "een ruimte die je niet kunt zien" in strange and "kernruimte" not in strange.lower()
    assert f'href="/discussions/s/{thread.space_id}/">Zorg</a>' in strange
    number = f"/discussions/s/{circle_space.pk}/"
    assert client_of(bram).get(number).headers["Location"] == circle_space.get_absolute_url()
    assert client_of(cas).get(number).status_code == client_of(cas).get("/discussions/s/987654321/").status_code == 404
    typed = reply(cas, thread, address + end)
    assert typed.source == address + end and "data-ref" not in typed.html


@pytest.mark.parametrize("page", ["drafts", "kept", "log", "reports/mine", "zorg/new", "zorg/read"])
def test_pages_that_are_no_space_stay_addresses(anna: User, thread: Thread, page: str) -> None:
    """D3."""
    post = reply(anna, thread, f"/discussions/{page}/")
    assert post.source == f"/discussions/{page}/" and "data-ref" not in post.html


def test_an_address_of_what_the_writer_may_not_see_is_not_looked_up(cas: User, thread: Thread, letter: Letter) -> None:
    """D3, P6. That it changed would say that it exists."""
    post = reply(cas, thread, f"{letter.get_absolute_url()} of /letters/bestaat-niet/")
    assert post.source == f"{letter.get_absolute_url()} of /letters/bestaat-niet/" and "data-ref" not in post.html


def test_a_page_is_called_in_the_readers_language(anna: User, thread: Thread, tree: Tree) -> None:  # noqa: F811  as above
    """D3, K10."""
    reply(anna, thread, tree.article.get_url())
    assert "Kanarie nl" in shown_to(anna, thread)
    anna.preferences.language = "en"
    anna.preferences.save()
    client = client_of(anna)
    client.cookies["django_language"] = "en"
    assert "Kanarie en" in client.get(thread.get_absolute_url()).content.decode()


@pytest.mark.parametrize("count", [10, 40])
def test_links_of_every_kind_cost_one_query_together(
    anna: User,
    bram: User,
    cas: User,
    space: Space,
    thread: Thread,
    letter: Letter,
    tree: Tree,  # noqa: F811  as above
    count: int,
) -> None:
    """D17. However many there are; and none when there is no link."""
    client = client_of(bram)
    reply(anna, thread, "Niets.")
    client.get(thread.get_absolute_url())
    with CaptureQueriesContext(connection) as without:
        client.get(thread.get_absolute_url())
    others = [
        threads.open_thread(by=anna, name=first_name(anna), space=space, title=f"Ander gesprek {n}", text="x")
        for n in range(count)
    ]
    links = [other.get_absolute_url() for other in others]
    links += [tree.article.get_url(), first_name(cas).get_absolute_url(), opening_of(thread).get_absolute_url()]
    links += [f"/letters/l/{letter.pk}/"]
    reply(anna, thread, "\n".join(links))
    client.get(thread.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        page = client.get(thread.get_absolute_url()).content.decode()
    assert page.count('<a class="ref"') == count + 3 and page.count("dat je niet") + page.count("die je niet") == 1
    assert len(queries) == len(without) + 1 <= 10


def test_mail_search_and_teaser_hold_no_title(
    anna: User, bram: User, cas: User, coordinator: User, thread: Thread, circle_thread: Thread
) -> None:
    """D3, N12, Q3. What is made for many readers at once says the address that tells nothing."""
    threads.set_stand(by=anna, name=first_name(anna), thread=thread, text=f"Zie {circle_thread.get_absolute_url()}")
    post = reply(anna, thread, f"@cas zie {circle_thread.get_absolute_url()}")
    entry = Entry.objects.get(kind="post", object_id=post.pk)
    assert entry.body == f"@cas zie /discussions/t/{circle_thread.pk}/"
    assert "zwijgkanarie" not in feed_of(thread.space, cas).lower()
    pages = ["/discussions/", "/discussions/zorg/", "/search/?q=zie", f"/discussions/posts/{post.pk}/keep/"]
    for page in pages:
        assert "zwijgkanarie" not in client_of(cas).get(page).content.decode().lower(), page


def test_a_look_first_shows_what_readers_see(anna: User, cas: User, thread: Thread, circle_thread: Thread) -> None:
    """D3."""
    address = reverse("discussions:reply", args=[thread.pk])
    form = {"text": f"Zie {circle_thread.get_absolute_url()}", "preview": "1"}
    assert ">Zwijgkanarie</a>" in client_of(anna).post(address, form).content.decode()
    strange = client_of(cas).post(address, form).content.decode()
    assert "een gesprek dat je niet kunt zien" in strange and ">Zwijgkanarie</a>" not in strange
