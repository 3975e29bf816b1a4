"""What is told of a detainer: placing it, word of its lifting, notices to the justice system."""
