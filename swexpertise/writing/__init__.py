"""Markdown in; sanitised HTML and plain text out, once, at save. `write(source)` is the door."""

from swexpertise.writing.markdown import Written, clean, write

__all__ = ["Written", "clean", "write"]
