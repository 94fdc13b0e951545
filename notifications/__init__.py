"""Hears everything below and tells members: watch levels, outbox, inbox, digests, mail."""
