from typing import Any

import pytest

from accounts.models import User
from experts.actions import profiles
from experts.models import Organisation, Profile
from tests.cast import first_name

FIELDS = (
    "headline",
    "pronouns",
    "introduction",
    "knows",
    "languages",
    "region",
    "organisations",
    "links",
    "publications",
    "availability",
)


def show(user: User, audience: str = "members", **fields: Any) -> Profile:
    """Fills fields of the user's first profile, all for one audience."""
    heard = {f"{field}_audience": audience for field in fields}
    return profiles.update(by=user, profile=first_name(user).profile, **fields, **heard)


@pytest.fixture
def proud(db: None) -> Organisation:
    return Organisation.objects.create(slug="soa-fonds", name="Soafonds Noord", kind="ngo")
