"""What the tests stand on: servers, databases, a browser, a mail server, a worker. Each fixture is a real one."""
