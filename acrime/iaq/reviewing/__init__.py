"""A second person's look at what was concluded."""
