"""Space, Thread, TaggedThread, ThreadAlias, StandRevision, Decision, Post, Revision, Mention, GroupMention, Reading,
Reaction, Bookmark, Poll, Vote, Turnout, Ballot, Attachment, Import, ImportAuthor, ImportedMessage."""

from discussions.models.alias import ThreadAlias
from discussions.models.attachment import Attachment
from discussions.models.decision import Decision
from discussions.models.draft import Draft
from discussions.models.importing import Import, ImportAuthor, ImportedMessage
from discussions.models.poll import Ballot, Poll, Turnout, Vote
from discussions.models.post import GroupMention, Mention, Post, Revision
from discussions.models.reaction import Bookmark, Reaction
from discussions.models.reading import Reading
from discussions.models.space import Space
from discussions.models.stand import StandRevision
from discussions.models.thread import TaggedThread, Thread

__all__ = [
    "Attachment",
    "Ballot",
    "Bookmark",
    "Decision",
    "Draft",
    "GroupMention",
    "Import",
    "ImportAuthor",
    "ImportedMessage",
    "Mention",
    "Poll",
    "Post",
    "Reaction",
    "Reading",
    "Revision",
    "Space",
    "StandRevision",
    "TaggedThread",
    "Thread",
    "ThreadAlias",
    "Turnout",
    "Vote",
]
