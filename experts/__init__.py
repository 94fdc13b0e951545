"""How people show themselves: names, faces, profiles, organisations, bodies, mandates, topics."""
