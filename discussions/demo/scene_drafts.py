"""What two members of the demo began to write and didn't place yet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from discussions.actions import drafts
from discussions.models import Post
from discussions.models.draft import Kind, Place

if TYPE_CHECKING:
    from swexpertise.demo.world import World

REPLY = (
    "Bij ons vragen we het zo: “Is er iets in je werk of thuis waar ik rekening mee moet houden?” Dan kan iemand "
    "zelf kiezen wat ze vertelt. Ik zoek nog op hoe we dat in de"
)
OPENING = (
    "Steeds vaker zie ik iemand één keer, en dan niet meer, omdat de afspraak op een ander nummer stond.\n\n"
    "- Hoe houden jullie contact zonder dat er iets op een telefoon blijft staan?\n- "
)


def play(world: World) -> None:
    nurse = world.users["nurse"]
    post = Post.objects.get(thread=world.threads["vragen-zonder-oordeel"], number=1)
    drafts.keep(
        by=nurse,
        place=Place(Kind.REPLY, post.pk),
        text=REPLY,
        filled={},
        at=world.now - timedelta(minutes=50),
    )
    drafts.keep(
        by=nurse,
        place=Place(Kind.THREAD, world.spaces["veiligheid"].pk),
        text=OPENING,
        filled={"title": "Contact houden zonder sporen", "kind": "question", "topics": "telefoon, privacy"},
        at=world.now - timedelta(days=2),
    )
