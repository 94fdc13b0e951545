"""What is done here: record, tell, plan, send, watch, choose, lower."""
