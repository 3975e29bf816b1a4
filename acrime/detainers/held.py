"""What a hold on a detainer, or on the query that it follows, holds along with it."""

from acrime.records.choices import RecordKind
from acrime.retention.holds.reach import register_repeats

register_repeats(
    "SELECT query_id FROM detainer WHERE record_id = {record}.id "
    "UNION ALL SELECT record_id FROM detainer WHERE query_id = {record}.id",
    kinds=[RecordKind.DETAINER, RecordKind.QUERY],
)
