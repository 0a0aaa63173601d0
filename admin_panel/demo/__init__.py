FEWEST_GIGS = 9
"""So many gigs the stories of the demo's orders are about."""
