"""Terms under which a recipient may use and pass on what it gets."""
