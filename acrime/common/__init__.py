"""What every room stands on: time, numbers, refusals, sealed fields, pages, PDF and the outbox."""
