"""What a hold on a query or a response holds along with it."""

from acrime.records.choices import RecordKind
from acrime.retention.holds.reach import register_program, register_repeats

register_repeats(
    "SELECT query_id FROM iar_response WHERE record_id = {record}.id "
    "UNION ALL SELECT record_id FROM iar_response WHERE query_id = {record}.id "
    "UNION ALL SELECT other.record_id FROM iar_response this JOIN iar_response other "
    "ON other.query_id = this.query_id WHERE this.record_id = {record}.id",
    kinds=[RecordKind.QUERY, RecordKind.RESPONSE],
)
register_program(
    "SELECT query.program FROM iaq_query query WHERE query.record_id = {record}.id "
    "UNION ALL SELECT query.program FROM iar_response this JOIN iaq_query query "
    "ON query.record_id = this.query_id WHERE this.record_id = {record}.id",
    kinds=[RecordKind.QUERY, RecordKind.RESPONSE],
)
