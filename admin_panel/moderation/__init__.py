"""The desk at which moderators look at new gigs, changes of gigs, and what people reported."""
