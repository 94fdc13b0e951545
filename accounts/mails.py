"""The mails of accounts: an invitation, and whatever allauth has to tell (reset, changes). Each has its three files."""

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
