"""Whether somebody may work: training, roles, their reviews, and use of the account."""
