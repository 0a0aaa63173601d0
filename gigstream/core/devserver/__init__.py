"""The development server: `__main__` opens the port, `supervise` restarts it, `serve` is it."""
