"""Headers, leaving quickly, health, neutral errors."""
