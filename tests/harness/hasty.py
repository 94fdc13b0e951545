"""The settings of the tests with a faster clock: what the timetable does each minute it does `FASTER` times in it.
For beat and workers of a test that shows in seconds what takes minutes."""

import os

from swexpertise.schedule import TIMETABLE
from swexpertise.settings.test import *  # noqa: F403  settings are read as one namespace

for job in TIMETABLE.values():
    if isinstance(job["schedule"], float):
        job["schedule"] /= int(os.environ["FASTER"])
