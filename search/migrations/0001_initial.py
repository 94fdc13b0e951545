"""The index, and the two ways of stemming it is made with: accents folded, then Dutch or English."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),  # makes the extensions
        ("cms", "0001_initial"),
        ("discussions", "0002_decisions_and_deleted_posts"),
        ("letters", "0001_initial"),
        ("experts", "0002_facts_bodies_mandates"),
    ]

    operations = [
        *(
            migrations.RunSQL(
                f"CREATE TEXT SEARCH CONFIGURATION {language}_folded (COPY = pg_catalog.{language}); "
                f"ALTER TEXT SEARCH CONFIGURATION {language}_folded "
                f"ALTER MAPPING FOR hword, hword_part, word WITH unaccent, {language}_stem",
                f"DROP TEXT SEARCH CONFIGURATION {language}_folded",
            )
            for language in ("dutch", "english")
        ),
        migrations.CreateModel(
            name="Rebuild",
            fields=[
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("page", "page"),
                            ("thread", "discussion"),
                            ("post", "reply"),
                            ("organisation", "organisation"),
                            ("term", "term"),
                            ("letter", "letter"),
                        ],
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "last",
                    models.BigIntegerField(help_text="The key up to which everything of this kind is in the index."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("page", "page"),
                            ("thread", "discussion"),
                            ("post", "reply"),
                            ("organisation", "organisation"),
                            ("term", "term"),
                            ("letter", "letter"),
                        ],
                        max_length=12,
                    ),
                ),
                ("object_id", models.BigIntegerField()),
                ("from_level", models.PositiveSmallIntegerField(default=0)),
                ("to_level", models.PositiveSmallIntegerField(default=2)),
                ("language", models.CharField(blank=True, max_length=5)),
                ("title", models.CharField(blank=True, max_length=400)),
                ("words", models.CharField(blank=True, max_length=800)),
                ("body", models.TextField(blank=True)),
                ("url", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "tsv",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                language="en",
                                then=django.contrib.postgres.search.CombinedSearchVector(
                                    django.contrib.postgres.search.SearchVector(
                                        "title", config="english_folded", weight="A"
                                    ),
                                    "||",
                                    django.contrib.postgres.search.SearchVector(
                                        "body", config="english_folded", weight="D"
                                    ),
                                    django.contrib.postgres.search.SearchConfig("english_folded"),
                                ),
                            ),
                            models.When(
                                language="",
                                then=django.contrib.postgres.search.CombinedSearchVector(
                                    django.contrib.postgres.search.CombinedSearchVector(
                                        django.contrib.postgres.search.CombinedSearchVector(
                                            django.contrib.postgres.search.SearchVector(
                                                "title", config="dutch_folded", weight="A"
                                            ),
                                            "||",
                                            django.contrib.postgres.search.SearchVector(
                                                "body", config="dutch_folded", weight="D"
                                            ),
                                            django.contrib.postgres.search.SearchConfig("dutch_folded"),
                                        ),
                                        "||",
                                        django.contrib.postgres.search.SearchVector(
                                            "title", config="english_folded", weight="A"
                                        ),
                                        django.contrib.postgres.search.SearchConfig("dutch_folded"),
                                    ),
                                    "||",
                                    django.contrib.postgres.search.SearchVector(
                                        "body", config="english_folded", weight="D"
                                    ),
                                    django.contrib.postgres.search.SearchConfig("dutch_folded"),
                                ),
                            ),
                            default=django.contrib.postgres.search.CombinedSearchVector(
                                django.contrib.postgres.search.SearchVector(
                                    "title", config="dutch_folded", weight="A"
                                ),
                                "||",
                                django.contrib.postgres.search.SearchVector("body", config="dutch_folded", weight="D"),
                                django.contrib.postgres.search.SearchConfig("dutch_folded"),
                            ),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="experts.name",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="discussions.thread",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of the index",
                "verbose_name_plural": "entries of the index",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["tsv"], name="entry_search"),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("words", ""), _negated=True),
                        fields=["words"],
                        name="entry_likeness",
                        opclasses=["gin_trgm_ops"],
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "object_id", "from_level"), name="indexed_once"),
                    models.CheckConstraint(
                        condition=models.Q(("to_level__gte", models.F("from_level")), ("to_level__lte", 2)),
                        name="a_text_for_some_level",
                    ),
                ],
            },
        ),
    ]
