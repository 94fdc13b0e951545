import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("discussions", "0016_undo_split_and_merge")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="other",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="discussions.thread",
            ),
        ),
    ]
