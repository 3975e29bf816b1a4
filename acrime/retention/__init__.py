"""How long records are kept, what keeps them longer, and how they are destroyed."""
