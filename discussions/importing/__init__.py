"""Years of a mailing list brought along: reading an archive (mbox, mail, text), finding its threads (threading)."""
