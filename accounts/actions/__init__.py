"""What can be done with accounts: one noun a file, keyword-only verbs that say who."""
