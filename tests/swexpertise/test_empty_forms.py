"""Whatever form is sent with nothing in it says in the reader's language what is missing, and is no error of ours
(D20, S8)."""

import ast
import re
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.core.signing import dumps
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.actions import invitations
from accounts.models import Preferences, User
from discussions.models import Thread
from experts.models import Organisation, Topic
from notifications.models import ParkedReply
from notifications.models.inbound import Reason
from tests.cast import client_of, first_name
from tests.discussions.conftest import circle_space, circle_thread, opening_of, space, thread  # noqa: F401  fixtures
from tests.discussions.test_nonsense import FORM, addresses, filled, known  # noqa: F401  fixture
from tests.house.source import files, tree_of, where

APPS = ["accounts", "discussions", "experts", "letters", "notifications", "search"]
FORMS = re.compile(r"<form\b(?P<tag>[^>]*)>(?P<inside>.*?)</form>", re.DOTALL)
ACTION = re.compile(r'\baction="([^"]*)"')
# What a page says at its form when something is wrong; where that is said at its top, or in a place of its own.
WRONG = {"nl": "Dit klopt nog niet", "en": "isn&#x27;t right yet"}
ELSEWHERE = ('class="message error"', 'role="alert"')


def asking(page: Any) -> set[str]:
    """Where the forms of a page go that ask for something; the page itself as an empty word."""
    found = set()
    for form in FORMS.finditer(page.content.decode()):
        if 'method="post"' in form["tag"] and re.search(
            r"<(?:input|textarea|select)\b[^>]*\srequired", form["inside"]
        ):
            action = ACTION.search(form["tag"])
            found.add(unescape(action[1]) if action else "")
    return found


def send_nothing(client: Client, address: str) -> Any:
    """Followed to the page that it leads to; nothing of it stays."""
    with transaction.atomic():
        answer = client.post(address, data="", content_type=FORM, follow=True)
        transaction.set_rollback(True)
    assert answer.status_code < 500, (address, answer.status_code)
    return answer


@pytest.fixture
def everything(known: dict[str, list[str]], bram: User, coordinator: User, thread: Thread) -> dict[str, list[str]]:  # noqa: F811  fixtures
    """As `known`, of the other apps too."""
    Preferences.objects.update_or_create(user=coordinator, defaults={"language": "en"})
    invitation, secret = invitations.invite(by=coordinator, email="nieuw@cast.invalid", language="nl")
    organisation = Organisation.objects.first()
    parked = ParkedReply.objects.create(
        recipient=bram, post=opening_of(thread), text="Van de mail.", reason=Reason.LATE, received_at=timezone.now()
    )
    mine = [first_name(bram).key]
    more = {
        "profile": mine,
        "names": mine,
        "members": mine,
        "join": [secret],
        "topics": [topic.slug for topic in Topic.objects.all()[:1]],
        "organisations": [organisation.slug] if organisation else ["x"],
        "invitations": [str(invitation.pk)],
        "replies": [str(parked.pk)],
        "confirm": [dumps(bram.pk)],
    }
    return known | more


@pytest.mark.parametrize("who", ["visitor", "bram", "coordinator", "administrator"])
@pytest.mark.parametrize("app", APPS)
def test_a_form_that_is_sent_with_nothing_in_it_says_what_is_missing(
    request: pytest.FixtureRequest, everything: dict[str, list[str]], app: str, who: str
) -> None:
    """D20, S8. Every address of the app, and wherever a form on its page goes that asks for something."""
    client = client_of(None if who == "visitor" else request.getfixturevalue(who))
    wrong = WRONG["en" if who == "coordinator" else "nl"]
    for pattern in addresses(app):
        for address in filled(pattern, everything):
            cache.clear()  # so that nobody is told to wait
            page = client.get(address)
            send_nothing(client, address)
            is_page = page.status_code == 200 and "html" in page.headers.get("Content-Type", "")
            for action in asking(page) if is_page else ():
                cache.clear()
                answer = send_nothing(client, action or address)
                text = answer.content.decode()
                new = [mark for mark in ELSEWHERE if mark in text and mark not in page.content.decode()]
                is_said = answer.status_code >= 400 or wrong in text or new
                assert is_said, (address, action, answer.status_code, answer.redirect_chain)


def test_the_forms_of_the_site_are_found(everything: dict[str, list[str]], bram: User, coordinator: User) -> None:
    """A proof that finds nothing to try proves nothing."""
    found = {"bram": 0, "coordinator": 0}
    for who, user in (("bram", bram), ("coordinator", coordinator)):
        client = client_of(user)
        for app in APPS:
            for pattern in addresses(app):
                for address in filled(pattern, everything)[:1]:
                    page = client.get(address)
                    if page.status_code == 200 and "html" in page.headers.get("Content-Type", ""):
                        found[who] += len(asking(page))
    assert found["bram"] > 12 and found["coordinator"] > 20, found


def test_no_view_takes_an_empty_form_for_a_page_that_is_only_opened() -> None:
    """`request.POST or None` does: a form is bound to `swexpertise.forms.sent`."""
    found = []
    for path in files("**/*.py"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
                first = node.values[0]
                if isinstance(first, ast.Attribute) and first.attr == "POST":
                    found.append(where(path, node))
    assert not found, found
