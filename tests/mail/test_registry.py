"""One door for all mail (N23)."""

import ast

import pytest
from django.conf import settings

from swexpertise.mail import MailKind, compose, kinds, register
from tests.house.source import files, tree_of, where

SENDS = {
    "send_mail", "send_mass_mail", "mail_admins", "mail_managers", "EmailMessage", "EmailMultiAlternatives",
    "get_connection", "email_user", "SMTP", "SMTP_SSL", "LMTP",
}  # fmt: skip
DOOR = settings.BASE_DIR / "swexpertise" / "mail"
SINK = settings.BASE_DIR / "swexpertise" / "start" / "mailsink.py"  # receives what a demo sends


def sends(node: ast.AST) -> bool:
    """Whether this calls, or takes from Django, something that sends mail."""
    if isinstance(node, ast.Call):
        called = node.func
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        return name in SENDS
    if isinstance(node, ast.ImportFrom) and node.module in ("django.core.mail", "smtplib"):
        return bool({alias.name for alias in node.names} & SENDS)
    return False


def test_no_other_code_sends_mail() -> None:
    """N23. Nothing outside the door."""
    found = [
        where(path, node)
        for path in files("**/*.py")
        if DOOR not in path.parents and path != SINK
        for node in ast.walk(tree_of(path))
        if sends(node)
    ]
    assert not found, "\n".join(sorted(found))


def test_the_walk_finds_what_it_looks_for() -> None:
    for line in ("mail.send_mail('x')", "smtplib.SMTP('x')", "from django.core.mail import EmailMessage"):
        assert any(map(sends, ast.walk(ast.parse(line)))), line


def test_a_kind_that_nobody_registered_is_not_composed() -> None:
    """N23."""
    stranger = MailKind("stranger", "a.txt", "b.txt")
    with pytest.raises(LookupError):
        compose(stranger, to="cas@cast.invalid", language="nl", context={})


def test_two_kinds_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="digest"):
        register(MailKind("digest", "other.txt", "other.txt"))


def test_the_kinds_of_notifications_are_known() -> None:
    assert {"digest", "at_once", "discreet"} <= set(kinds())
