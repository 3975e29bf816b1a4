"""Who is one person to a hold: all records that were merged, whichever of them it names."""

from acrime.retention.holds.reach import register_same_person

register_same_person(
    "SELECT merged_into_id FROM individual WHERE record_id = {person} "
    "AND merged_into_id IS NOT NULL "
    "UNION ALL SELECT record_id FROM individual WHERE merged_into_id = {person}"
)
