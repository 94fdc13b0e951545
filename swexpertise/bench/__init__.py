"""Measuring: each app lists what it measures in its `bench.py`; `make bench` runs them all."""
