"""What a hold on a call, or on what it is about, holds along with it."""

from acrime.records.choices import RecordKind
from acrime.retention.holds.reach import register_program, register_repeats

register_repeats(
    "SELECT query_id FROM call WHERE record_id = {record}.id "
    "UNION ALL SELECT hit_id FROM call WHERE record_id = {record}.id "
    "UNION ALL SELECT record_id FROM call WHERE query_id = {record}.id "
    "UNION ALL SELECT record_id FROM call WHERE hit_id = {record}.id",
    kinds=[RecordKind.CALL, RecordKind.QUERY, RecordKind.HIT],
)
register_program(
    "SELECT query.program FROM call JOIN iaq_query query ON query.record_id = call.query_id "
    "WHERE call.record_id = {record}.id",
    kinds=[RecordKind.CALL],
)
