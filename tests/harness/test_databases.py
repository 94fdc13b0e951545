import os

import pytest
from django.db import connection


@pytest.mark.django_db
def test_each_run_has_a_database_of_its_own():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
    assert name.startswith(f"swx_test_{os.getpid()}_")


@pytest.mark.django_db
def test_what_search_and_names_need_can_be_created():
    with connection.cursor() as cursor:
        for extension in ("pg_trgm", "unaccent", "citext", "btree_gin"):
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        cursor.execute("SELECT unaccent('Één'), similarity('paraplu', 'paraplus') > 0.5")
        assert cursor.fetchone() == ("Een", True)


@pytest.mark.parametrize("turn", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_what_migrations_made_is_there_again_after_a_test_with_real_transactions(turn):
    from wagtail.models import Locale, Page

    assert Page.objects.filter(depth=1).exists()
    assert Locale.objects.exists()
