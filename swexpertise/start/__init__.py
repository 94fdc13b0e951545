"""Starting the platform on nothing but this repository and Python: servers, processes, checks."""
