"""Open letters: text, recipients, delivery, outcome."""
