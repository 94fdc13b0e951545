"""Under which names somebody may write in a discussion, the one that a form proposes first."""

from collections.abc import Iterable

from accounts.audiences import Viewer
from discussions import permissions
from discussions.models import Thread
from experts.models import Name


def voices_in(viewer: Viewer, thread: Thread, names: Iterable[Name] | None = None) -> list[Name]:
    """“A member” first where the viewer asked that way, so that nobody gives themselves away by answering (D12); then
    the names they hold. `thread` was fetched with_my_name; `names`: visible ones that hold the viewer's own, when they
    are at hand already."""
    if names is None:
        names = Name.objects.visible_to(viewer).held_by(viewer)
    own = permissions.names_to_speak_as(viewer, names)
    veiled = _veiled(viewer, thread, own)
    return [veiled, *own] if veiled else own


def _veiled(viewer: Viewer, thread: Thread, own: list[Name]) -> Name | None:
    """Fetched only where it isn't whoever opened the thread: a part of a discussion that was put elsewhere."""
    if thread.author.is_anonymous and permissions.may_speak_as(viewer, thread.author, thread):
        return thread.author
    if thread.my_name is None or thread.my_name in {name.pk for name in own}:
        return None
    return Name.objects.veiling(viewer).filter(pk=thread.my_name).first()
