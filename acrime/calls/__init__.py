"""The communications center: who calls, whether it is they, what is said, what follows."""
