"""Name, Veil, Leaving, TakenSpelling, Profile, ProfileFact, Topic, TopicAlias, Organisation, Affiliation, Body,
BodySeat, Mandate."""

from experts.models.body import Body, BodySeat
from experts.models.fact import FactKind, ProfileFact
from experts.models.leaving import Leaving, TakenSpelling
from experts.models.mandate import Mandate, MandateKind
from experts.models.name import Name
from experts.models.organisation import Affiliation, Organisation
from experts.models.profile import Profile
from experts.models.topic import TaggedProfile, Topic
from experts.models.topic_alias import TopicAlias
from experts.models.veil import Veil

__all__ = [
    "Affiliation",
    "Body",
    "BodySeat",
    "FactKind",
    "Leaving",
    "Mandate",
    "MandateKind",
    "Name",
    "Organisation",
    "Profile",
    "ProfileFact",
    "TaggedProfile",
    "TakenSpelling",
    "Topic",
    "TopicAlias",
    "Veil",
]
