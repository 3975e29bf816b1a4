"""What ends by the calendar: roles, reviews, accounts and tokens that nobody uses."""
