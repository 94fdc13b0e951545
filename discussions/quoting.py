"""The beginning of a reply that quotes: the text with `>` before each line, and a link to where it stands."""

import re

from django.utils.translation import gettext as _

from accounts.models import User
from discussions.models import Post
from swexpertise.writing.markdown import MENTION

LONGEST = 1500


_QUOTED = re.compile(r"\]\(/discussions/posts/([0-9]{1,18})/\)[^\n]{0,9}\n\s{0,9}>")


def carried_note(text: str, by: User) -> str:
    """The content note of what `text` (as stored) quotes: whoever quotes a folded text folds it along (D3)."""
    if not (quoted := _QUOTED.findall(text)):
        return ""
    posts = Post.objects.visible_to(by).filter(pk__in=quoted[:50]).exclude(content_note="").order_by("pk")
    return posts.values_list("content_note", flat=True).first() or ""


def quote(post: Post) -> str:
    """Names nobody: the link leads to whoever wrote it, while they want to be known. Inner quotes are left out."""
    lines = [line for line in post.source.splitlines() if not line.startswith(">")]
    text = re.sub(r"\n\s*\n+", "\n\n", "\n".join(lines)).strip()
    text = MENTION.sub(r"\1", text)  # who is quoted as called is not called again
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit(" ", 1)[0] + " …"
    if not text:
        return ""
    quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    source = _("[From this post](%(url)s):") % {"url": post.get_absolute_url()}
    return f"{source}\n\n{quoted}\n\n"
