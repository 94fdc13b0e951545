"""The posts of a page as HTML: `_post.html`, printed through stencils (swexpertise/stencils.py), since there may be a
hundred of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import datetime
from functools import cache, partial

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from discussions.models import Thread
from discussions.models.reaction import Tally
from discussions.pages import Line
from experts.faces import Face
from swexpertise.stencils import printed
from swexpertise.templatetags.site import indent, moment


def printed_posts(
    lines: Iterable[Line], thread: Thread, *, may_coordinate: bool, is_signed_in: bool, csrf_token: str, now: datetime
) -> SafeString:
    """`lines` of `thread` as list items. What they have in common, a face or the buttons, is made once."""
    in_words = cache(partial(moment, now=now))
    face_mark, buttons = cache(_face_mark), cache(_buttons)
    posts = []
    for line in lines:
        form: dict[str, Hashable] = {
            "is_new": line.is_new,
            "is_mine": line.is_mine,
            "is_gone": line.is_gone,
            "gone_by_author": line.gone_by_author,
            "is_answer": line.is_answer,
            "is_reply": line.depth > 0,
            "is_arranged": bool(thread.arranged),
            "parent_is_here": line.parent_is_here,
            "may_reply": line.may_reply,
            "may_edit": line.may_edit,
            "may_delete": line.may_delete,
            "may_restore": line.may_restore,
            "may_report": line.may_report,
            "may_choose": line.may_choose,
            "may_coordinate": may_coordinate,
            "is_signed_in": is_signed_in,
        }
        values: dict[str, object] = {
            "thread_pk": thread.pk,
            "pk": line.pk,
            "number": line.number,
            "anchor": line.anchor,
            "indent": indent(line.depth),
            "level": line.depth,
            "content_note": line.content_note,
            "text": line.html,
            "special_text": _special_text(line) if line.content_note or line.files else "",
            "face": face_mark(line.face),
            "name": line.face.display_name,
            "name_url": line.face.url,
            "headline": line.face.headline,
            "parent_name": line.parent.display_name if line.parent else "",
            "parent_pk": line.parent_pk,
            "when": in_words(line.posted_at),
            "edited": in_words(line.edited_at) if line.edited_at else "",
            "buttons": buttons(line.tallies) if line.tallies else "",
            "csrf_token": csrf_token,
        }
        posts.append(printed("discussions/_post.html", form=form, values=values))
    return mark_safe("".join(posts))  # noqa: S308  each was escaped when printed


def _face_mark(face: Face) -> str:
    return render_to_string("experts/_face.html", {"face": face})


def _buttons(tallies: tuple[Tally, ...]) -> str:
    return render_to_string("discussions/_reaction_buttons.html", {"tallies": tallies})


def _special_text(line: Line) -> str:
    """A text with a note above it or files under it: rare, so printed by itself."""
    return render_to_string("discussions/_post_text.html", {"line": line})
