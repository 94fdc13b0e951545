"""Name, Profile, Topic, Organisation, Affiliation."""

from experts.models.name import Name
from experts.models.organisation import Affiliation, Organisation
from experts.models.profile import Profile
from experts.models.topic import TaggedProfile, Topic

__all__ = ["Affiliation", "Name", "Organisation", "Profile", "TaggedProfile", "Topic"]
