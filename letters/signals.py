"""What is announced from here, inside the transaction of the action.

letter_published   letter, by (User or None), is_history (True for what was loaded: nobody is told)
"""

from django.dispatch import Signal

letter_published = Signal()
