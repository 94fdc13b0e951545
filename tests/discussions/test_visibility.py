"""The stranger at the door of a circle's space: list, space, thread, post, reply, edit, teaser, topic."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from discussions.actions import posts, reading, threads
from discussions.models import Post, Reading, Space, Thread
from tests.cast import client_of, first_name
from tests.discussions.conftest import opening_of, reply


def addresses(thread: Thread) -> list[str]:
    post = opening_of(thread)
    names = ["reply", "first_new", "thread_read", "stand_edit", "topics_edit", "thread_rename", "thread_move"]
    return [
        thread.get_absolute_url(),
        thread.space.get_absolute_url(),
        reverse("discussions:thread_new", args=[thread.space.slug]),
        reverse("discussions:space_read", args=[thread.space.slug]),
        reverse("discussions:thread_decide", args=[thread.pk, "lock"]),
        *(reverse(f"discussions:{name}", args=[thread.pk]) for name in names),
        *(
            reverse(f"discussions:{name}", args=[post.pk])
            for name in ("post", "post_edit", "post_delete", "post_restore", "post_history")
        ),
    ]


def test_for_a_stranger_a_circles_thread_is_as_absent_as_one_that_never_was(
    cas: User, coordinator: User, circle_thread: Thread
) -> None:
    """D1, S3. By every address, reading or sending; a coordinator outside the circle is a stranger too."""
    form = {"text": "Ik ben binnen", "title": "x", "reason": "x", "topics": "x", "form_key": uuid.uuid4()}
    for viewer in (cas, coordinator):
        client = client_of(viewer)
        for address in addresses(circle_thread):
            for response in (client.get(address, follow=True), client.post(address, form, follow=True)):
                assert response.status_code in (404, 405), address
                assert "anarie" not in response.content.decode() and "Kernruimte" not in response.content.decode()
    assert Post.objects.filter(thread=circle_thread).count() == 1
    assert "Kernruimte" not in client_of(cas).get("/discussions/").content.decode()


def test_a_visitor_is_asked_to_sign_in_whether_it_exists_or_not(circle_thread: Thread, thread: Thread) -> None:
    """D1."""
    client = Client()
    for address in [
        "/discussions/",
        "/discussions/nergens/",
        "/discussions/t/999999/x/",
        "/discussions/posts/999999/",
    ]:
        response = client.get(address)
        assert response.status_code == 302 and response.url.startswith("/accounts/login/"), address
    for address in [*addresses(thread), *addresses(circle_thread)]:
        response = client.get(address)
        assert response.status_code in (302, 405), address
        assert response.status_code == 405 or response.url.startswith("/accounts/login/"), address


def test_actions_ask_the_rule_again(cas: User, circle_thread: Thread, circle_space: Space) -> None:
    """D1. Mail and other callers come past no view."""
    with pytest.raises(PermissionDenied):
        reply(cas, circle_thread)
    with pytest.raises(PermissionDenied):
        posts.edit(by=cas, post=opening_of(circle_thread), text="x")
    with pytest.raises(PermissionDenied):
        posts.delete(by=cas, post=opening_of(circle_thread))
    with pytest.raises(PermissionDenied):
        threads.open_thread(by=cas, name=first_name(cas), space=circle_space, title="x", text="x")
    with pytest.raises(PermissionDenied):
        threads.set_stand(by=cas, name=first_name(cas), thread=circle_thread, text="x")
    reading.mark_read(by=cas, thread=circle_thread, numbers=[1])
    reading.mark_all_read(by=cas, thread=circle_thread)
    assert not Reading.objects.filter(user=cas).exists()


def test_who_left_the_circle_no_longer_reads(bram: User, kerngroep, circle_thread: Thread) -> None:
    """D1."""
    from accounts.actions import circles

    client = client_of(bram)
    assert client.get(circle_thread.get_absolute_url()).status_code == 200
    circles.remove(by=None, circle=kerngroep, user=bram)
    assert client.get(circle_thread.get_absolute_url(), follow=True).status_code == 404


def test_a_removed_thread_is_gone_for_everybody(anna: User, coordinator: User, thread: Thread) -> None:
    """D8."""
    threads.remove(by=coordinator, thread=thread, reason="Daarom.")
    for viewer in (anna, coordinator):
        assert client_of(viewer).get(thread.get_absolute_url(), follow=True).status_code == 404


def test_another_page_shows_of_a_thread_what_its_reader_may_see(
    bram: User, cas: User, visitor, anna: User, thread: Thread, circle_thread: Thread
) -> None:
    """D1. Teaser and topic, by the rule of whoever looks."""
    reply(bram, thread, "Een laatste woord.")
    reply(bram, circle_thread, "Een geheim woord.")
    threads.set_topics(by=anna, thread=circle_thread, topics=["vaccinatie"])
    topic = thread.topics.get()

    def shown(viewer, source: str) -> str:
        request = RequestFactory().get("/")
        request.user = viewer
        template = Template("{% load discussions %}" + source)
        return template.render(Context({"request": request, "open": thread, "shut": circle_thread, "topic": topic}))

    assert "Een laatste woord." in shown(cas, "{% thread_teaser open %}")
    assert shown(cas, "{% thread_teaser shut %}").strip() == ""
    assert "Een geheim woord." in shown(bram, "{% thread_teaser shut %}")
    assert "woord" not in shown(visitor, "{% thread_teaser open %}{% thread_teaser shut.pk %}")
    assert "Prikken op locatie" in shown(cas, "{% threads_about topic %}{% newest_threads %}")
    assert "Zwijgkanarie" not in shown(cas, "{% threads_about topic %}{% newest_threads 9 only_news=True %}")
    assert "Zwijgkanarie" in shown(bram, "{% threads_about topic %}")
    assert shown(visitor, "{% threads_about topic %}{% newest_threads %}").strip() == ""
