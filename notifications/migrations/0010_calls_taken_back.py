from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0009_as_its_space"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("never", "no mail is wanted"),
                    ("unseen", "the post was deleted or can no longer be seen"),
                    ("read", "it was read on the site"),
                    ("level", "it is no longer followed"),
                    ("muted", "whoever wrote it is muted"),
                    ("away", "the account is switched off"),
                    ("taken", "the call was taken back before it was mailed"),
                ],
                max_length=8,
            ),
        ),
    ]
