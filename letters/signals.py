"""What is announced from here, inside the transaction of the action.

letter_published   letter, by (User or None), is_history (True for what was loaded: nobody is told)
letter_moved_on    letter, was (its state before), by (User or None), at; it is open, closed, delivered or answered
                   now, or something came of it that wasn't known before
"""

from django.dispatch import Signal

letter_published = Signal()
letter_moved_on = Signal()
