"""Space, Thread, TaggedThread, ThreadAlias, Tidying, StandRevision, Decision, Report, Appeal, Post, Revision, Mention,
GroupMention, Reading, Reaction, Bookmark, Draft, Poll, Vote, Turnout, Ballot, Attachment, Import, ImportAuthor,
ImportedMessage."""

from discussions.models.alias import ThreadAlias
from discussions.models.appeal import Appeal
from discussions.models.attachment import Attachment
from discussions.models.decision import Decision
from discussions.models.draft import Draft
from discussions.models.importing import Import, ImportAuthor, ImportedMessage
from discussions.models.poll import Ballot, Poll, Turnout, Vote
from discussions.models.post import GroupMention, Mention, Post, Revision
from discussions.models.reaction import Bookmark, Reaction
from discussions.models.reading import Reading
from discussions.models.report import Report
from discussions.models.space import Space
from discussions.models.stand import StandRevision
from discussions.models.thread import TaggedThread, Thread
from discussions.models.tidying import Tidying

__all__ = [
    "Appeal",
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
    "Report",
    "Revision",
    "Space",
    "StandRevision",
    "TaggedThread",
    "Thread",
    "ThreadAlias",
    "Tidying",
    "Turnout",
    "Vote",
]
