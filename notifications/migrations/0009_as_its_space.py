from typing import Any

from django.db import migrations, models

LEVELS = ["watching", "following", "normal", "muted"]


def let_go(apps: Any, schema_editor: Any) -> None:
    """Backwards: a thread that was put back to as its space has no row, as before."""
    apps.get_model("notifications", "Watch").objects.filter(level="").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0008_notices_of_decisions"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="watch", name="a_known_level"),
        migrations.AlterField(
            model_name="watch",
            name="level",
            field=models.CharField(
                blank=True,
                choices=[
                    ("watching", "watching"),
                    ("following", "following"),
                    ("normal", "normal"),
                    ("muted", "muted"),
                ],
                max_length=9,
                verbose_name="level",
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(level__in=LEVELS) | models.Q(level="", thread__isnull=False),
                name="a_known_level",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, let_go, elidable=True),
    ]
