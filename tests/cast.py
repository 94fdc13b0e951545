"""The people of the tests. Anna and Bram share a circle, Cas is a stranger to it; Dora coordinates, Aad administers,
Sep is suspended. Each has a first name. `make_member` makes more, `client_of` opens a browser for one."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from accounts.actions import circles, members
from accounts.models import Circle, User
from experts.actions import names
from experts.models import Name

PASSWORD = "een-heel-lang-wachtwoord"


def make_member(called: str, *, email: str = "", audience: str = "members", **account: Any) -> User:
    """A member whose first name is `called`; `account` goes to `members.create` (role, language, rhythm, …)."""
    address = email or f"{called.lower().replace(' ', '.')}@cast.invalid"
    user = members.create(email=address, password=account.pop("password", PASSWORD), **account)
    names.create(by=user, holder=user, display_name=called, is_first=True, audience=audience)
    return user


def first_name(user: User) -> Name:
    return user.names.select_related("profile").get(is_first=True)


def client_of(user: User | AnonymousUser | None) -> Client:
    """A browser in which `user` is signed in; a visitor's for None or AnonymousUser."""
    client = Client()
    if user is not None and user.is_authenticated:
        client.force_login(user)  # type: ignore[arg-type]  # who is authenticated is a User
    return client


@pytest.fixture
def kerngroep(db: None) -> Circle:
    return circles.create(by=None, slug="kerngroep", name="Kerngroep")


@pytest.fixture
def anna(kerngroep: Circle) -> User:
    user = make_member("Anna")
    circles.add(by=None, circle=kerngroep, user=user)
    return user


@pytest.fixture
def bram(kerngroep: Circle) -> User:
    user = make_member("Bram")
    circles.add(by=None, circle=kerngroep, user=user)
    return user


@pytest.fixture
def cas(db: None) -> User:
    return make_member("Cas")


@pytest.fixture
def coordinator(db: None) -> User:
    return make_member("Dora", role="coordinator")


@pytest.fixture
def administrator(db: None) -> User:
    return make_member("Aad", role="administrator")


@pytest.fixture
def suspended(db: None) -> User:
    user = make_member("Sep")
    user.is_active = False
    user.save(update_fields=["is_active"])
    return user


@pytest.fixture
def visitor() -> AnonymousUser:
    return AnonymousUser()
