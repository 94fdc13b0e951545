"""A place in a discussion is called by its post, which stays what it is when it gets another number (D2, D8)."""

import pytest
from django.urls import reverse

from accounts.models import User
from discussions.actions import tidying
from discussions.models import Post, Space, Thread
from tests.cast import client_of
from tests.discussions.conftest import open_thread, opening_of, reply

pytestmark = pytest.mark.django_db


def test_the_same_address_names_the_same_post_before_and_after(
    coordinator: User, anna: User, cas: User, thread: Thread, space: Space, talk: dict[str, Post]
) -> None:
    """D8. After a split and after a merge, whatever number it has by then."""
    client, other = client_of(cas), open_thread(anna, space, "Een andere", "Twee.")
    ends = f"#post-{talk['c'].pk}"
    assert client.get(talk["c"].get_absolute_url()).url == thread.get_absolute_url() + ends
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    assert client.get(talk["c"].get_absolute_url()).url == new.get_absolute_url() + ends
    tidying.merge(by=coordinator, thread=new, into=other, reason="Bijeen.")
    assert client.get(talk["c"].get_absolute_url()).url == other.get_absolute_url() + ends
    page = client.get(other.get_absolute_url()).text
    assert page.count(f'id="post-{talk["c"].pk}"') == 1
    assert f'href="#post-{talk["b"].pk}"' in page  # "antwoord aan Bram"


def test_what_is_new_is_found_by_the_same_name(anna: User, bram: User, thread: Thread) -> None:
    """D5."""
    client = client_of(bram)
    client.get(thread.get_absolute_url())
    post = reply(anna, thread, "Nieuw.")
    assert client.get(reverse("discussions:first_new", args=[thread.pk])).url.endswith(f"?page=1#post-{post.pk}")
    assert f'href="#post-{post.pk}"' in client.get(thread.get_absolute_url()).text


def test_an_address_of_before_names_a_number_only_while_that_means_something(
    coordinator: User, cas: User, thread: Thread, talk: dict[str, Post]
) -> None:
    """D8. `#p3` arrives as long as nobody split or merged; after that it leads to no post rather than to another."""
    client = client_of(cas)
    page = client.get(thread.get_absolute_url()).text
    assert 'id="p3"' in page.partition(f'id="post-{talk["b"].pk}"')[2].partition("</li>")[0]
    tidying.split(by=coordinator, thread=thread, posts=[talk["a"].pk], title="Los", reason="Bijeen.")
    assert 'id="p3"' not in client.get(thread.get_absolute_url()).text


def test_the_opening_has_a_name_as_well(cas: User, thread: Thread) -> None:
    """D2."""
    opening = opening_of(thread)
    assert client_of(cas).get(opening.get_absolute_url()).url.endswith(f"/#{opening.anchor}")
