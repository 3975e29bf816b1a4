"""Records that ICE entered into NCIC: what they rest on, checking, validation, removal."""
