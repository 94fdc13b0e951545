"""What accounts announce, after it happened and inside the same transaction.

role_given(user, role): an account has this role from now on, the role of a new account included.
member_admitted(user): an account exists and may sign in.
member_suspended(user): an account may not sign in any more, and its sessions have ended.
member_restored(user): it may again.
member_erased(user, at): the account goes for good, with the rows that hang on it, right after this.
circle_joined(user, circle), circle_left(user, circle)
"""

from django.dispatch import Signal

role_given = Signal()
member_admitted = Signal()
member_suspended = Signal()
member_restored = Signal()
member_erased = Signal()
circle_joined = Signal()
circle_left = Signal()
