"""What a hold on a tip holds along with it: who reported it, and the other way round."""

from acrime.records.choices import RecordKind
from acrime.retention.holds.reach import register_repeats

register_repeats(
    "SELECT record_id FROM tip_source WHERE tip_id = {record}.id "
    "UNION ALL SELECT tip_id FROM tip_source WHERE record_id = {record}.id",
    kinds=[RecordKind.TIP, RecordKind.TIP_SOURCE],
)
