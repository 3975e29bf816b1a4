"""What comes back after an answer left: acknowledgements, and the response as others have it."""
