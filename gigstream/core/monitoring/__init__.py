"""What an operator sees of the running site: a line per request, slow queries, figures.

`trace` knows which request the current thread works for; logs, Sentry and the figures ask
it, so that all of them name the same request.
"""
