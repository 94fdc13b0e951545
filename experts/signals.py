"""What experts announce, after it happened and inside the same transaction.

name_created(name), name_changed(name): its spelling or audience; name_retired(name)
profile_updated(profile): what it shows, or to whom
organisation_loaded(organisation): it is new or brought up to date
"""

from django.dispatch import Signal

name_created = Signal()
name_changed = Signal()
name_retired = Signal()
profile_updated = Signal()
organisation_loaded = Signal()
