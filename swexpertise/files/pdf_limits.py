"""What the process that cleans PDFs may use, and how it says no: read by it and by who starts it."""

LOCKED, TOO_LONG = 10, 11  # exit codes
MOST_PAGES = 3000
MEMORY = 1 << 30  # bytes
CPU_SECONDS = 15
SECONDS = 20
