"""The outside companies, played on this machine: their wire protocols, their test cards, their faults.

Only `gigstream.asgi` knows of this package, and the rest of the site reaches it
through the companies' own SDKs over HTTP. It does not exist in production.
"""
