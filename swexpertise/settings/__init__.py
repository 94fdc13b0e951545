"""Settings by place: base (shared), development, test and production."""
