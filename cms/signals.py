"""What is announced from here, with keyword arguments as listed, inside the transaction of what happened.

page_went_live     page (specific), by (User or None), is_first (it wasn't live before), is_history (it was loaded:
                   nobody is told)
page_withdrawn     page
"""

from django.dispatch import Signal

page_went_live = Signal()
page_withdrawn = Signal()
