"""The scene of notifications: who follows what, and the digests that come within a minute."""
