"""The answer leaves: composing, releasing, delivering."""
