"""Messages that come in by the hundred: in batches, from a folder, and how full intake is."""
