"""What is announced from here. Sent by actions, inside their transaction, with keyword arguments as listed.

thread_opened      thread, post (its opening), by (User)
post_published     post, by (User); not sent for an opening post, nor for an imported one
post_edited        post, by, newly_mentioned (list of Name), groups_called (how many groups for the first time)
posts_purged       posts (list of ids) whose texts are let go of, passages (Passages: what they said)
post_made_urgent   post, by
post_deleted       post, by
post_restored      post, by
thread_read        thread, user, numbers (list of post numbers that are now read)
thread_moved       thread, by, from_space
thread_renamed     thread, by
thread_restored    thread: what was removed stands there again
thread_split       thread, new (Thread, with the posts that went there), by, kept (None; when it undoes a merge, the
                   dict of that)
thread_merged      thread (that goes on), gone (Thread without posts), opening (Post that opened `gone`), by, kept (a
                   dict in which a listener puts, as JSON and under a word of its own, what undoing needs; None
                   when this undoes a split)
texts_forgotten    posts (list of Post with their thread and its space) from which a quotation was taken out
decision_taken     decision (about a post, with its reports closed, or about a thread as a whole)
tidying_decided    decisions (list): a split, a merge or its undoing; the first is about the thread that goes on, each
                   of the others about a post, one for each name whose posts went
appeal_settled     appeal: another coordinator did
decisions_read     decisions (list of ids), user: whoever they are about, or who reported, opened what they say
poll_opened        poll, by
poll_closed        poll, by (User, or None when its time came)
posts_imported     posts (list of Post with their thread and its space): history, nobody is told
posts_withdrawn    posts (list of ids), threads (list of ids): an import was taken back
`is_history` = True in thread_opened, post_published and poll_opened marks what was imported or played by the demo:
nobody is told.
"""

from django.dispatch import Signal

thread_opened = Signal()
post_published = Signal()
post_edited = Signal()
post_made_urgent = Signal()
post_deleted = Signal()
post_restored = Signal()
texts_forgotten = Signal()
posts_purged = Signal()
decision_taken = Signal()
tidying_decided = Signal()
appeal_settled = Signal()
decisions_read = Signal()
thread_read = Signal()
thread_moved = Signal()
thread_renamed = Signal()
thread_restored = Signal()
thread_split = Signal()
thread_merged = Signal()
poll_opened = Signal()
poll_closed = Signal()
posts_imported = Signal()
posts_withdrawn = Signal()
