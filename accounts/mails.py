"""The mails of accounts: an invitation, and what allauth has to tell (reset, changes). Each has its three files."""

from django.utils.translation import gettext_lazy as _

from swexpertise.mail import MailKind, register

INVITATION = register(
    MailKind(
        name="invitation",
        subject="accounts/mail/invitation_subject.txt",
        text="accounts/mail/invitation.txt",
        html="accounts/mail/invitation.html",
    )
)
PASSWORD_RESET = register(
    MailKind(
        name="password_reset",
        subject="accounts/mail/password_reset_subject.txt",
        text="accounts/mail/password_reset.txt",
        html="accounts/mail/password_reset.html",
        is_automatic=False,
    )
)
SECURITY_NOTE = register(
    MailKind(
        name="security_note",
        subject="accounts/mail/security_note_subject.txt",
        text="accounts/mail/security_note.txt",
        html="accounts/mail/security_note.html",
    )
)

RESET = "password_reset_key"  # allauth's name for a reset
# What a security note says, by allauth's name for what happened.
NOTES = {
    "password_changed": _("Your password was changed."),
    "password_reset": _("Your password was set anew."),
    "password_set": _("A password was set."),
    "email_changed": _("Your e-mail address was changed."),
    "totp_activated": _("A second step at sign-in was switched on."),
    "totp_deactivated": _("The second step at sign-in was switched off."),
    "recovery_codes_generated": _("New recovery codes were made."),
    "webauthn_added": _("A passkey was added."),
    "webauthn_removed": _("A passkey was removed."),
}
SOMETHING = _("Something changed in how you sign in.")  # for what is not listed
