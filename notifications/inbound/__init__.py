"""Mail that comes in: `receiving.receive` takes it, from a pipe or a mailbox; the rest reads, judges and strips it.

reading     from bytes to head and text, within bounds
proof       what our own mail server says of the sender
automatic   whether a machine wrote it
stripping   what is new in it, and what makes that doubtful
reports     what a bounce says
mailbox     a mailbox read by IMAP
"""
