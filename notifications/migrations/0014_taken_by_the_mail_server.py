from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0013_counted_in_its_mail")]

    operations = [
        migrations.AddField(model_name="issue", name="taken_at", field=models.DateTimeField(null=True)),
    ]
