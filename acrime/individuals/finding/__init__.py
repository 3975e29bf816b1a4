"""Finding people: normal forms, the index, the search and what it says of each person found."""
