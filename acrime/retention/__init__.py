"""How long records are kept, from when, on whose authority, and what is due."""
