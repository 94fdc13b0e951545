"""What can be done with names, profiles and organisations: one noun a file, keyword-only verbs that say who."""
