"""Every kind of mail, made for the worst-placed member: nothing stands in it that they may not read (N23)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.actions import circles, invitations
from accounts.models import Circle, Preferences, User
from accounts.sending import mail_account, mail_invitation
from discussions.actions import posts
from experts.actions import names
from notifications.actions import events, notes
from notifications.models.reachability import NoteKind
from swexpertise.mail import kinds
from tests.harness.mail import MailServer
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db
ALWAYS = ("Kringkanarie", "Ondersonskanarie", "Wegkanarie", "Nootkanarie", "Bram", "bram@", "Kerngroep")
EXCERPT, NAMES = ("Tekstkanarie",), ("Titelkanarie", "Schuilkanarie", "Zorg", "zorg", "gesprek")


@pytest.fixture
def world(anna: User, bram: User, cas: User, kerngroep: Circle, space: Any, circle_space: Any, detail: str) -> None:
    """Cas follows what he lost again, what was deleted and what bears a note, and an open thread in which Bram speaks
    under a name that nobody knows to be his."""
    wants(cas, detail=detail)
    circles.add(by=None, circle=kerngroep, user=cas)
    hidden = open_thread(anna, circle_space, "Kringkanarie", "Onder ons.", is_history=True)
    shown = open_thread(anna, space, "Titelkanarie", "Begin.", is_history=True)
    follows(follows(cas, circle_space), shown)
    reply(anna, hidden, "Ondersonskanarie, @cas")
    other = names.create(by=bram, holder=bram, display_name="Schuilkanarie", is_sample=True)
    say = {"by": bram, "name": other, "thread": shown, "at": BEFORE}
    posts.reply(**say, text="Tekstkanarie voor @cas.")
    posts.reply(**say, text="Nootkanarie.", content_note="geweld")
    gone = posts.reply(**say, text="Wegkanarie.")
    events.fan_out(now=BEFORE)
    posts.delete(by=bram, post=gone)
    circles.remove(by=None, circle=kerngroep, user=cas)


def digest(cas: User, **_: Any) -> None:
    sweep()


def at_once(cas: User, **_: Any) -> None:
    Preferences.objects.filter(user=cas).update(rhythm="at_once")
    sweep(BEFORE + timedelta(minutes=11))


def discreet(cas: User, **_: Any) -> None:
    wants(cas, detail="discreet")
    sweep()


def steady(cas: User, **_: Any) -> None:
    wants(cas, detail="discreet", is_steady=True)
    sweep()


def invitation(coordinator: User, **_: Any) -> None:
    made, _secret = invitations.invite(by=coordinator, email="nieuw@cast.invalid", at=MORNING)
    mail_invitation(made.pk, now=MORNING)


def account(what: str) -> Callable[..., None]:
    return lambda cas, **_: mail_account(what, email=cas.email, now=MORNING)


def note(kind: NoteKind) -> Callable[..., None]:
    def send(cas: User, **_: Any) -> None:
        notes.leave(recipient=cas, kind=kind, at=MORNING)
        notes.send_all(now=MORNING)

    return send


MAKE: dict[str, Callable[..., None]] = {
    "digest": digest,
    "at_once": at_once,
    "discreet": discreet,
    "steady": steady,
    "invitation": invitation,
    "password_reset": account("reset"),
    "security_note": account("anything"),
    # What was decided about something of a member is told by the discreet mail itself.
    **{f"note_{kind}": note(kind) for kind in NoteKind if kind != NoteKind.DECIDED},
}
NAMING = {"digest", "at_once"}  # the kinds in which something of a discussion may stand


def test_every_kind_that_is_registered_is_looked_at_here() -> None:
    """N23. A new kind of mail fails the build until somebody says how to make it."""
    assert set(MAKE) == set(kinds())


@pytest.mark.parametrize("detail", ["full", "titles", "discreet"])
@pytest.mark.parametrize("kind", sorted(MAKE))
def test_no_kind_says_what_this_member_may_not_read(
    mail: MailServer, settings: Any, world: None, coordinator: User, cas: User, kind: str, detail: str
) -> None:
    """N23, N3, N12, N13. In no header, part or address; by whatever level of discretion."""
    MAKE[kind](cas=cas, coordinator=coordinator)
    (received,) = mail.inbox
    whole = "\n".join([*map(str, received.message.items()), received.text, received.html, received.sender])
    forbidden = list(ALWAYS)
    if detail != "full" or kind not in NAMING:
        forbidden += EXCERPT
    if detail == "discreet" or kind not in NAMING:
        forbidden += NAMES
    assert not [word for word in forbidden if word in whole]
    if kind in NAMING and detail != "discreet":
        assert "Titelkanarie" in whole and "Schuilkanarie" in whole
