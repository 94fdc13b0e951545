"""Why no mail leaves at all, as long as it doesn't: told to coordinators on the site, since mail can't (N16)."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from swexpertise.mail import Trouble

KINDS = [
    (Trouble.NO_TLS.value, _("the mail server speaks no TLS")),
    (Trouble.CERTIFICATE.value, _("the mail server's certificate can't be trusted")),
    (Trouble.LOGIN.value, _("the mail server refuses our name and password")),
    (Trouble.AWAY.value, _("the mail server doesn't answer")),
]
WHAT_TO_DO = {
    Trouble.NO_TLS: _(
        "Ask whoever looks after the mail server to switch on STARTTLS. Until then mail waits here: it never leaves "
        "unencrypted."
    ),
    Trouble.CERTIFICATE: _(
        "It has expired, is for another name, or nobody vouches for it. Ask whoever looks after the mail server to "
        "renew it. Until then mail waits here: it never leaves to a server that could be somebody else's."
    ),
    Trouble.LOGIN: _("Ask whoever looks after this site to look at the name and password that it mails with."),
    Trouble.AWAY: _(
        "Often it passes by itself. After an hour, ask whoever looks after the mail server whether it runs, and can "
        "be reached from here."
    ),
}


class MailTroubleQuerySet(models.QuerySet["MailTrouble"]):
    def visible_to(self, viewer: User | AnonymousUser) -> MailTroubleQuerySet:
        """Coordinators. It says nothing of any mail or member."""
        return self.all() if viewer.is_authenticated and viewer.is_coordinator else self.none()


class MailTrouble(models.Model):
    """One row at most, and none when mail leaves."""

    kind = models.CharField(max_length=11, primary_key=True, choices=KINDS)
    since = models.DateTimeField()

    objects = MailTroubleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Trouble]), name="a_trouble_that_is_known"
            ),
        ]

    @property
    def what_to_do(self) -> str:
        return str(WHAT_TO_DO[Trouble(self.kind)])
