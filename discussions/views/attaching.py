"""Files with a form. They are cleaned and kept as they come, so that a refused form, a look first or a second thought
loses none; the browser itself would."""

from collections.abc import Sequence
from typing import IO, cast

from django.core.exceptions import ValidationError
from django.forms import Form
from django.utils import timezone

from accounts.models import User
from accounts.requests import MemberRequest
from discussions.actions import attachments
from discussions.drafting import Begun
from discussions.forms import refused
from discussions.models import Attachment, Post
from swexpertise.forms import sent

MOST_AT_ONCE = attachments.MOST_A_POST


class Attaching:
    """`waiting`: what came with this form and isn't posted; `standing`: what stands with the post that is changed;
    `dropped`: keys of those that its author takes away."""

    def __init__(self, request: MemberRequest, begun: Begun, post: Post | None = None) -> None:
        self.is_sent = sent(request) is not None
        self.is_only_added = "attach" in request.POST
        self.refusals: list[ValidationError] = []
        self.dropped = request.POST.getlist("drop")
        self.waiting = self._taken(request) if self.is_sent else self._kept(request.user, begun)
        self.standing = list(Attachment.objects.visible_to(request.user).of(post)) if post else []

    def _taken(self, request: MemberRequest) -> list[Attachment]:
        by = request.user
        keys = request.POST.getlist("attached")
        attachments.take_away(by=by, keys=set(keys) & set(self.dropped))
        for file in request.FILES.getlist("files")[:MOST_AT_ONCE]:
            try:
                keys.append(attachments.hand_in(by=by, file=cast(IO[bytes], file), at=timezone.now()).key)
            except ValidationError as refusal:
                self.refusals.append(refusal)
        attachments.describe(by=by, words={key: request.POST.get(f"words-{key}", "") for key in keys})
        return list(Attachment.objects.visible_to(by).waiting(by, keys))

    def _kept(self, by: User, begun: Begun) -> list[Attachment]:
        """With the draft that the form opens with."""
        kept = begun.draft.filled.get("attached", []) if begun.draft else []
        return list(Attachment.objects.visible_to(by).waiting(by, [kept] if isinstance(kept, str) else kept))

    @property
    def keys(self) -> Sequence[str]:
        return [row.key for row in self.waiting]

    def may_go_on(self, form: Form) -> bool:
        """Whether the form may be posted; a file that was refused says so on it, and the rest is kept."""
        for refusal in self.refusals:
            refused(form, refusal)
        return not self.refusals and not self.is_only_added
