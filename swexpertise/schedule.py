"""The timetable: everything that happens by the clock, a line per job in plain words. Times are UTC."""

from typing import Any

from celery.schedules import crontab

TIMETABLE: dict[str, dict[str, Any]] = {
    "every minute: send what a lost wake-up left behind": {
        "task": "notifications.sweep",
        "schedule": 60.0,
        "kwargs": {"by_the_clock": True},
    },
    "every minute: read the mailbox for answers by mail and bounces, where there is one": {
        "task": "notifications.read_mailbox",
        "schedule": 60.0,
    },
    "every minute: mail the invitations that a lost wake-up left behind": {
        "task": "accounts.sweep_invitations",
        "schedule": 60.0,
    },
    "every minute: send the mails about accounts that a lost wake-up left behind": {
        "task": "accounts.send_account_mail",
        "schedule": 60.0,
    },
    "every five minutes: put pages online that were planned, and take down what was planned to end": {
        "task": "cms.publish_scheduled",
        "schedule": 300.0,
    },
    "every minute: close the polls whose time has come": {
        "task": "discussions.close_polls",
        "schedule": 60.0,
    },
    "every night: let go of the texts of posts deleted thirty days ago, and of what others quoted of them": {
        "task": "discussions.purge",
        "schedule": crontab(hour=3, minute=20),
    },
    "every quarter of an hour: let go of names whose account was erased, each at its own moment": {
        "task": "experts.lapse_names",
        "schedule": 900.0,
    },
    "every night: let go of drafts that nobody touched for ninety days, and of changes to posts that are gone": {
        "task": "discussions.sweep_drafts",
        "schedule": crontab(hour=3, minute=30),
    },
    "every hour: let go of what is kept to undo a split or merge of more than a day ago": {
        "task": "discussions.let_go_of_tidyings",
        "schedule": crontab(minute=50),
    },
    "every minute: go on with archives of mailing lists that no worker is at": {
        "task": "discussions.sweep_imports",
        "schedule": 60.0,
    },
    "every night: throw away archives of mailing lists that nobody brought along within a week": {
        "task": "discussions.forget_imports",
        "schedule": crontab(hour=3, minute=40),
    },
}
