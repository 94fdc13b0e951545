"""The plain floor of the house: settings, urls, celery, safety, writing, mail, base templates and static files."""
