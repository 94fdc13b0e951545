"""Footnotes are addressed by the key of their post, which stays when a split or merge gives it another number."""

from django.db import migrations

TO_KEY = r"""
UPDATE discussions_post SET html = regexp_replace(html, '((?:id|href)="#?fn(?:ref)?-)p[0-9]+-', '\1k' || id || '-', 'g')
WHERE html LIKE '%-ref"%' AND html ~ 'fn(ref)?-p[0-9]+-';
UPDATE discussions_revision
SET html = regexp_replace(html, '((?:id|href)="#?fn(?:ref)?-)p[0-9]+-', '\1k' || post_id || '-', 'g')
WHERE html LIKE '%-ref"%' AND html ~ 'fn(ref)?-p[0-9]+-';
"""


class Migration(migrations.Migration):
    dependencies = [("discussions", "0008_split_and_merge")]
    operations = [migrations.RunSQL(TO_KEY, migrations.RunSQL.noop)]
