"""What experts announce, after it happened and inside the same transaction.

name_created(name), name_changed(name): its spelling or audience; name_retired(name)
name_lapsed(name, nobody): its account was erased, and its row goes right after this; `nobody` is the name of all who
    went
profile_updated(profile): what it shows, or to whom
organisation_loaded(organisation): it is new or brought up to date
topics_joined(topic, gone, by): what carried `gone` carries `topic` now; what else hangs on
    `gone` goes with it after this
"""

from django.dispatch import Signal

name_created = Signal()
name_changed = Signal()
name_retired = Signal()
name_lapsed = Signal()
profile_updated = Signal()
organisation_loaded = Signal()
topics_joined = Signal()
