"""What may stand in mail: the strictest of member, space, thread and author wins (N3)."""

from functools import cache

from accounts.models.preferences import MailDetail
from discussions.models import Post

FROM_OPEN_TO_CLOSED = [MailDetail.FULL, MailDetail.TITLES, MailDetail.DISCREET]


@cache
def strictest(*details: str) -> MailDetail:
    return max((MailDetail(detail) for detail in details), key=FROM_OPEN_TO_CLOSED.index)


def allowed_by(post: Post) -> MailDetail:
    """What the space, the thread and whoever wrote it let stand in a mail about `post`, as they say now."""
    return strictest(post.thread.space.mail_detail, post.thread.mail_detail, post.author.mail_detail)
