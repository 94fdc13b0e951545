"""The real letters, with the organisations they name."""

import pytest

from experts.actions import organisations
from letters.actions import letters


@pytest.fixture
def shelf(db: None) -> None:
    organisations.load()
    letters.load()
