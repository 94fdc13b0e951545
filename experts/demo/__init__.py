"""The sample members of the demo: invented people, each marked as a sample."""
