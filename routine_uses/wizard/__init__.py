"""The wizard: something of existing records goes to somebody outside, step by step."""
