"""What is known of a person beyond the identity, each with its source, and what is in force."""
