"""Hit confirmation: another agency asks whether a record of ICE's in NCIC stands."""
