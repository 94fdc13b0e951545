"""The posts of a page as HTML: `_post.html`, printed through stencils (swexpertise/stencils.py), since there may be a
hundred of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from discussions.models import Thread
from discussions.models.reaction import Tally
from discussions.pages import Line
from experts.faces import Face
from swexpertise.stencils import Printer
from swexpertise.templatetags.site import indent, moment

# In the order in which `printed_posts` gives them.
FORM = """is_new is_mine is_gone gone_by_author is_answer is_reply parent_is_here may_reply may_edit may_delete
    may_restore may_report may_choose is_arranged may_coordinate is_signed_in"""
VALUES = """thread_pk pk number anchor indent level content_note text special_text face name name_url headline
    parent_name parent_pk when edited buttons csrf_token"""
POST = Printer("discussions/_post.html", form=FORM.split(), values=VALUES.split())


def printed_posts(
    lines: Iterable[Line], thread: Thread, *, may_coordinate: bool, is_signed_in: bool, csrf_token: str, now: datetime
) -> SafeString:
    """`lines` of `thread` as list items. What they have in common, a face or the buttons, is made once."""
    face_mark, buttons = cache(_face_mark), cache(_buttons)
    of_all = bool(thread.arranged), may_coordinate, is_signed_in
    posts = []
    for line in lines:
        face, depth = line.face, line.depth
        form = (
            line.is_new,
            line.is_mine,
            line.is_gone,
            line.gone_by_author,
            line.is_answer,
            depth > 0,
            line.parent_is_here,
            line.may_reply,
            line.may_edit,
            line.may_delete,
            line.may_restore,
            line.may_report,
            line.may_choose,
            *of_all,
        )
        values = (
            thread.pk,
            line.pk,
            line.number,
            line.anchor,
            indent(depth),
            depth,
            line.content_note,
            line.html,
            _special_text(line) if line.content_note or line.files else "",
            face_mark(face),
            face.display_name,
            face.url,
            face.headline,
            line.parent.display_name if line.parent else "",
            line.parent_pk,
            moment(line.posted_at, now),
            moment(line.edited_at, now) if line.edited_at else "",
            buttons(line.tallies) if line.tallies else "",
            csrf_token,
        )
        posts.append(POST.printed(form, values))
    return mark_safe("".join(posts))  # noqa: S308  each was escaped when printed


def _face_mark(face: Face) -> str:
    return render_to_string("experts/_face.html", {"face": face})


def _buttons(tallies: tuple[Tally, ...]) -> str:
    return render_to_string("discussions/_reaction_buttons.html", {"tallies": tallies})


def _special_text(line: Line) -> str:
    """A text with a note above it or files under it: rare, so printed by itself."""
    return render_to_string("discussions/_post_text.html", {"line": line})
