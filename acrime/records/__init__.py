"""The envelope that every record wears: owner, limits, approval, subjects, number."""
