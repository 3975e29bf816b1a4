"""What a hold on an entry in NCIC, or on a hit, holds along with it."""

from acrime.records.choices import RecordKind
from acrime.retention.holds.reach import register_repeats

register_repeats(
    "SELECT entry_id FROM hit_confirmation WHERE record_id = {record}.id "
    "UNION ALL SELECT record_id FROM hit_confirmation WHERE entry_id = {record}.id "
    "UNION ALL SELECT other.record_id FROM hit_confirmation this JOIN hit_confirmation other "
    "ON other.entry_id = this.entry_id WHERE this.record_id = {record}.id",
    kinds=[RecordKind.NCIC_ENTRY, RecordKind.HIT],
)
