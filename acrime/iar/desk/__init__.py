"""The desk of delivery: copies that did not arrive, and replies that match nothing."""
