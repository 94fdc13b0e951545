"""`/mailbox/`: what the demo mailed, to look at in a browser. Only in demo mode; the mail sink fills its folder."""
