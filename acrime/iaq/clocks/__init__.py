"""When an answer is due, where that comes from, and who is told as the time runs out."""
