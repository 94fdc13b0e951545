"""Where a thread stood when something was decided about it; before, that was where it stands. A decision from before
that has no reason gets a dash: it can't be asked any more."""

import django.db.models.deletion
from django.db import migrations, models

GROUNDS = [
    ("privacy", "It gives somebody away, or says where they are"),
    ("attack", "It attacks or threatens somebody"),
    ("harm", "It can do harm: dangerous or wrong advice"),
    ("spam", "It is advertising"),
    ("rules", "It breaks a house rule"),
    ("tidy", "To keep things findable"),
    ("other", "Something else"),
]
WITH_REASON = ["lock", "unlock", "move", "remove", "restore"]


class Migration(migrations.Migration):
    dependencies = [("discussions", "0014_pages_of_merged_threads")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="space",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="title_before",
            field=models.CharField(blank=True, max_length=200, default=""),
            preserve_default=False,
        ),
        migrations.RunSQL(
            "SET CONSTRAINTS ALL IMMEDIATE; "
            "UPDATE discussions_decision SET space_id = discussions_thread.space_id FROM discussions_thread "
            "WHERE discussions_thread.id = discussions_decision.thread_id; "
            "UPDATE discussions_decision SET reason = '-' WHERE reason = '' "
            "AND act IN ('lock', 'unlock', 'move', 'remove'); "
            "SET CONSTRAINTS ALL DEFERRED",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="decision",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="discussions.space"
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="act",
            field=models.CharField(
                choices=[
                    ("lock", "closed"),
                    ("unlock", "opened again"),
                    ("pin", "put on top"),
                    ("unpin", "no longer on top"),
                    ("rename", "renamed"),
                    ("move", "moved"),
                    ("remove", "removed"),
                    ("restore", "put back"),
                    ("split", "split"),
                    ("merge", "merged"),
                    ("remove_post", "a post removed"),
                    ("urgent", "marked urgent"),
                    ("restore_post", "a post put back"),
                    ("ask", "the author asked to change a post"),
                    ("dismiss", "a post left as it is"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="grounds",
            field=models.CharField(blank=True, choices=GROUNDS, max_length=8, verbose_name="what is the matter"),
        ),
        migrations.AlterField(
            model_name="report",
            name="grounds",
            field=models.CharField(choices=GROUNDS, max_length=8, verbose_name="what is the matter"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("act__in", WITH_REASON), _negated=True) | models.Q(("reason__gt", "")),
                name="a_decision_about_a_thread_has_its_reason",
            ),
        ),
    ]
