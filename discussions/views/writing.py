"""A look at a text before it is placed; it needs no script."""

from django.core.exceptions import ValidationError
from django.forms import Form
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from discussions import mentions, quoting
from discussions.actions.posts import check_text, clean_note, written_text
from discussions.forms import refused
from discussions.models.post import in_place_of
from experts.models import Name
from swexpertise.writing import references


def preview_of(form: Form, viewer: User) -> SafeString | str:
    """What a valid `form` would show; a text that would be refused is refused here already, on the form."""
    try:
        return as_readers_see(form.cleaned_data["text"], viewer, form.cleaned_data.get("content_note", ""))
    except ValidationError as refusal:
        refused(form, refusal)
        return ""


def as_readers_see(text: str, viewer: User, note: str = "") -> SafeString:
    """`text` written and read as if it were placed, unfolded under its content note. ValidationError: it would be
    refused."""
    check_text(text)
    written = written_text(text, 0, by=viewer)
    names = mentions.with_handles(Name.objects.visible_to(viewer), written.handles).with_faces()
    links = mentions.links_by_handle(names, viewer)
    shown = mentions.linked(written.html, links, references.targets(viewer, written.html))
    note = clean_note(note) or quoting.carried_note(written.source, viewer)
    return format_html('<p class="note">{}</p>{}', in_place_of(note), shown) if note else shown
