"""The tip line: open or closed for intake, and handed over to a successor."""
