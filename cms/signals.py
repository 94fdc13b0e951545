"""What is announced from here, with keyword arguments as listed, inside the transaction of what happened.

page_went_live     page (specific), by (User or None), is_first (it wasn't live before), is_history (it was loaded:
                   nobody is told)
page_withdrawn     page; it isn't live any more, or is being deleted
page_narrowed      page, by (User or None); fewer people may read it from now on, together with what stands under it
"""

from django.dispatch import Signal

page_went_live = Signal()
page_withdrawn = Signal()
page_narrowed = Signal()
