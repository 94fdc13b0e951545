"""Who someone is: address, password, role, circles, preferences. How they show themselves is for `experts`."""
