"""The portal's interface for other systems."""
