"""A text under a content note is folded, and stands in nothing that comes unasked, unless the reader chose so."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.actions import preferences
from accounts.models import User
from discussions.actions import posts, threads
from discussions.models import Post, Revision, Space, Thread
from discussions.models.post import LONGEST_NOTE
from notifications.actions import rounds
from notifications.feeds import feed_of
from tests.cast import client_of, first_name
from tests.discussions.conftest import opening_of, reply
from tests.harness.mail import MailServer

PREVIEW = {"preview": "1"}
WORD = "nachtzwaluw"  # stands in no other text
TEXT = f"Wat mij overkwam: {WORD}."


def noted(user: User, thread: Thread, text: str = TEXT, **more) -> Post:
    return reply(user, thread, text, content_note="geweld", **more)


def unfolded(html: str) -> str:
    """What is read without opening anything."""
    return re.sub(r"<details(?: class=\"fold\")?>.*?</details>", "", html, flags=re.DOTALL)


def page_of(user: User | None, address: str) -> str:
    return client_of(user).get(address).content.decode()


def test_a_noted_text_is_folded_under_its_note(anna: User, bram: User, cas: User, thread: Thread) -> None:
    """D3. On the page, and in what one answers; opened by a reader who wants to."""
    post = noted(anna, thread)
    page = page_of(cas, thread.get_absolute_url())
    assert "Waarschuwing: geweld" in page and WORD in page and WORD not in unfolded(page)
    assert WORD not in unfolded(page_of(cas, reverse("discussions:reply", args=[thread.pk]) + "?to=2"))
    preferences.choose_reading(by=cas, shows_noted=True)
    page = unfolded(page_of(cas, thread.get_absolute_url()))
    assert "Waarschuwing: geweld" in page and WORD in page
    assert Post.objects.visible_to(bram).for_eyes_of(bram).get(pk=post.pk).excerpt == "Waarschuwing: geweld"


def test_a_noted_text_stands_in_no_list_and_no_excerpt(anna: User, cas: User, visitor, thread: Thread) -> None:
    """N13. What one kept, before deleting, under an article, among what search finds; and with the choice it does."""
    post = noted(anna, thread)
    client = client_of(cas)
    client.post(reverse("discussions:post_keep", args=[post.pk]), {"note": ""})
    request = RequestFactory().get("/")

    def everything(viewer: User) -> dict[str, str]:
        request.user = viewer
        teaser = Template("{% load discussions %}{% thread_teaser thread %}")
        return {
            "kept": page_of(viewer, "/discussions/kept/") if viewer == cas else "",
            "keep": page_of(viewer, reverse("discussions:post_keep", args=[post.pk])),
            "feed": feed_of(thread.space, viewer),
            "search": page_of(viewer, "/search/?q=overkwam"),
            "teaser": teaser.render(Context({"request": request, "thread": thread})),
        }

    for place, shown in everything(cas).items():
        assert WORD not in shown and "Waarschuwing: geweld" in shown, place
    preferences.choose_reading(by=cas, shows_noted=True)
    for place, shown in everything(cas).items():
        assert WORD in shown, place
    assert WORD not in page_of(anna, reverse("discussions:post_delete", args=[post.pk]))


def test_the_opening_of_a_discussion_is_no_exception(anna: User, cas: User, space: Space) -> None:
    """N13. In search it stands in the entry of its discussion."""
    threads.open_thread(
        by=anna, name=first_name(anna), space=space, title="Over vroeger", text=TEXT, content_note="geweld"
    )
    page = page_of(cas, "/search/?q=overkwam")
    assert "Over vroeger" in page and "Waarschuwing: geweld" in page and WORD not in page


@pytest.mark.django_db(transaction=True)
def test_a_noted_text_stands_in_no_mail_but_of_who_chose_so(
    anna: User, bram: User, cas: User, thread: Thread, smtp_server: MailServer
) -> None:
    """N13. The same post for two members in one round."""
    for user in (bram, cas):
        user.preferences.mail_detail, user.preferences.rhythm = "full", "daily"
        user.preferences.save()
    preferences.choose_reading(by=bram, shows_noted=True)
    noted(anna, thread, f"@bram @cas {TEXT}", at=timezone.now() - timedelta(hours=3))
    rounds.sweep(now=timezone.now())
    rounds.sweep(now=timezone.now() + timedelta(days=2))
    (mail,) = smtp_server.to(cas.email)
    assert WORD not in mail.text + mail.html and "Waarschuwing: geweld" in mail.text
    (mail,) = smtp_server.to(bram.email)
    assert WORD in mail.text and WORD in mail.html


def test_a_note_goes_and_comes_back_with_its_text(anna: User, cas: User, thread: Thread) -> None:
    """D7. Deleted, the row says nothing; restored, it is folded again."""
    post = noted(anna, thread)
    assert posts.delete(by=anna, post=post).content_note == ""
    posts.restore(by=anna, post=post)
    assert Post.objects.get(pk=post.pk).content_note == "geweld"


def test_a_note_that_comes_later_folds_the_earlier_texts_too(anna: User, cas: User, thread: Thread) -> None:
    """D6, N13. Each keeps the note it had; one that came later counts for what was said before."""
    long_ago = timezone.now() - timedelta(hours=2)
    post = reply(anna, thread, TEXT, at=long_ago)
    posts.edit(by=anna, post=post, text=TEXT + " Meer.", content_note="geweld")
    address = reverse("discussions:post_history", args=[post.pk])
    assert Revision.objects.get(post=post).content_note == ""
    assert WORD in page_of(cas, address) and WORD not in unfolded(page_of(cas, address))
    posts.edit(by=anna, post=Post.objects.get(pk=post.pk), text=TEXT, at=timezone.now() + timedelta(hours=1))
    assert Post.objects.get(pk=post.pk).content_note == "geweld", "left as it was"
    assert page_of(cas, address).count('<details class="fold">') == 2


def test_only_adding_a_note_is_enough_and_search_hears_of_it(anna: User, cas: User, thread: Thread) -> None:
    """N13."""
    post = reply(anna, thread, TEXT)
    assert WORD in page_of(cas, "/search/?q=overkwam")
    form = {"text": TEXT, "content_note": "geweld"}
    client_of(anna).post(reverse("discussions:post_edit", args=[post.pk]), form)
    assert WORD not in page_of(cas, "/search/?q=overkwam")
    assert Post.objects.get(pk=post.pk).edited_at is None


def test_who_quotes_a_noted_text_folds_it_along(anna: User, bram: User, cas: User, thread: Thread) -> None:
    """D3, N13. By the form, and when the note was left out of it."""
    post = noted(anna, thread)
    address = reverse("discussions:reply", args=[thread.pk]) + "?to=2&quote=1"
    form = client_of(bram).get(address).context["form"]
    assert form["content_note"].value() == "geweld" and WORD in form["text"].value()
    answer = reply(bram, thread, form["text"].value() + "Sterkte.")
    assert answer.content_note == "geweld"
    assert reply(bram, thread, f"Wat [hier]({post.get_absolute_url()}) staat.").content_note == ""
    assert reply(bram, thread, form["text"].value(), content_note="aangifte").content_note == "aangifte"


def test_a_look_first_shows_the_note_too(anna: User, thread: Thread) -> None:
    """D3. By the button and by the script; for a summary there is a look first as well."""
    form = {"text": TEXT, "content_note": "geweld", "preview": "1"}
    shown = client_of(anna).post(reverse("discussions:reply", args=[thread.pk]), form).content.decode()
    assert '<p class="note">Waarschuwing: geweld</p>' in shown and "<p>Wat mij overkwam" in shown
    html = client_of(anna).post(reverse("discussions:preview"), form).json()["html"]
    assert html.startswith('<p class="note">Waarschuwing: geweld</p>')
    stand = client_of(anna).post(reverse("discussions:stand_edit", args=[thread.pk]), {"text": "**Eens.**", **PREVIEW})
    assert "<strong>Eens.</strong>" in stand.content.decode()
    assert Thread.objects.get(pk=thread.pk).stand_html == "" and Post.objects.count() == 1


def test_a_note_is_short_and_on_one_line(anna: User, thread: Thread) -> None:
    """D20. Refused in words, with the text kept; direction changes and line ends are taken out."""
    assert noted(anna, thread).content_note == "geweld"
    assert reply(anna, thread, "x", content_note=" a\n\u202eb\x00 ").content_note == "a b"
    with pytest.raises(ValidationError, match=str(LONGEST_NOTE)):
        reply(anna, thread, "x", content_note="x" * (LONGEST_NOTE + 1))
    form = {"text": TEXT, "content_note": "x" * (LONGEST_NOTE + 1)}
    page = client_of(anna).post(reverse("discussions:reply", args=[thread.pk]), form).content.decode()
    assert TEXT in page and str(LONGEST_NOTE) in page
    page = client_of(anna).post(reverse("discussions:reply", args=[thread.pk]), {**form, "content_note": "<b>"})
    assert opening_of(thread).content_note == "" and page.status_code == 302
    assert "Waarschuwing: &lt;b&gt;" in page_of(anna, thread.get_absolute_url())


def test_a_member_chooses_in_their_settings(cas: User) -> None:
    """N13. And chooses back."""
    client, address = client_of(cas), reverse("accounts:reading")
    for data, chosen in (({"shows_noted": "on"}, True), ({}, False)):
        assert client.post(address, data).status_code == 302
        cas.preferences.refresh_from_db()
        assert cas.preferences.shows_noted is chosen
    assert "Toon altijd teksten met een waarschuwing" in client.get("/accounts/settings/").content.decode()
    assert client_of(None).post(address, {"shows_noted": "on"}).status_code == 302
