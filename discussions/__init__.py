"""Spaces, threads, posts in a true reply tree, exact reading."""
