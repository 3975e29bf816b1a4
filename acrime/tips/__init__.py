"""Tips: what the public reports, who reported it, and what becomes of it."""
