"""Looks into everything, through each owner's own rule."""
