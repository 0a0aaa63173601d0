"""The development server: `supervise` restarts it, `serve` is it."""
