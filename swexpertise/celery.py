"""The Celery application. Tasks are wake-ups of two or three lines; what is to be done stands in PostgreSQL."""

import os

from celery import Celery

from swexpertise.schedule import TIMETABLE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "swexpertise.settings.development")
app = Celery("swexpertise")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = TIMETABLE
app.autodiscover_tasks()
