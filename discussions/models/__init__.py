"""Space, Thread, TaggedThread, Decision, Post, Revision, Mention, Reading."""

from discussions.models.decision import Decision
from discussions.models.post import Mention, Post, Revision
from discussions.models.reading import Reading
from discussions.models.space import Space
from discussions.models.thread import TaggedThread, Thread

__all__ = ["Decision", "Mention", "Post", "Reading", "Revision", "Space", "TaggedThread", "Thread"]
