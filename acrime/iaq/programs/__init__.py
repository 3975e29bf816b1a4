"""Which program a query belongs to, by rules that two people agreed on."""
