"""What the database holds at the end of the day, in plain rows: none of the portal's rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

Row = Mapping[str, Any]

STATEMENTS: Mapping[str, str] = {
    "messages": """
        SELECT id, number, original_sha256, received_at, times_received, state, refusal_code
        FROM iaq_message ORDER BY id""",
    "queries": """
        SELECT query.record_id AS id, record.number, query.message_id, query.program,
               query.program_basis, query.state, query.received_at, query.due_at, query.no_match,
               query.fingerprint_based, query.citizenship_claimed, query.answered_at, query.ori,
               worker.username AS worker,
               (SELECT count(*) FROM iaq_encounter WHERE query_id = query.record_id) AS encounters
        FROM iaq_query query JOIN record ON record.id = query.record_id
        LEFT JOIN accounts_user worker ON worker.id = query.claimed_by_id ORDER BY record.id""",
    "determinations": """
        SELECT id, query_id, version, kind, state, author_id, reviewer_id, first_reviewer_id,
               further FROM iaq_determination ORDER BY id""",
    "steps": "SELECT query_id, result FROM iaq_research_step ORDER BY id",
    "items": """
        SELECT query_id, kind, due_at, made_at FROM iaq_work_item
        WHERE due_at IS NOT NULL ORDER BY id""",
    "responses": """
        SELECT response.record_id AS id, record.number, response.query_id, response.inside_only,
               response.text_sha256, response.disclosure_number, response.released_at,
               response.released_by_id, response.amends_id, response.determination_id
        FROM iar_response response JOIN record ON record.id = response.record_id
        ORDER BY record.id""",
    "disclosures": """
        SELECT id, number, disclosed_at, recipient_name, recipient_address, recipient_type,
               purpose, paragraph, letter, discloser_id, accuracy_checked_by_id, record_numbers,
               document_sha256, encode(sha256(document), 'hex') AS sha256,
               substr(document, 1, 5) AS begins
        FROM routine_uses_disclosure ORDER BY id""",
    "copies": """
        SELECT id, response_id, destination, channel, target, key, state, attempts, last_error,
               delivered_at FROM iar_delivery ORDER BY id""",
    "proofs": "SELECT delivery_id, kind FROM iar_delivery_proof ORDER BY id",
    "replies": "SELECT number, state, reference, times_received FROM iar_reply ORDER BY id",
    "outbox": """
        SELECT id, topic, key, available_at, attempts, last_error, failed_at FROM acrime_outbox
        WHERE done_at IS NULL ORDER BY id""",
    "checks": """
        SELECT approval.state, touched.record_id FROM routine_uses_approval approval
        JOIN routine_uses_approvedrecord touched ON touched.approval_id = approval.id
        ORDER BY approval.id""",
    "events": """
        SELECT kind, record_number, count(*) AS times FROM audit_event
        WHERE kind IN ('iar.response.released', 'iaq.query.answered', 'disclosure.made')
        GROUP BY 1, 2 ORDER BY 1, 2""",
}


@dataclass(frozen=True)
class Rows:
    """Everything, as it was at *at*, by the name of its statement."""

    at: datetime
    tables: Mapping[str, Sequence[Row]]

    def __getitem__(self, name: str) -> Sequence[Row]:
        return self.tables[name]

    def by(self, name: str, *key: str) -> dict[Any, list[Row]]:
        """The rows of *name* in groups of the same *key*."""
        groups: dict[Any, list[Row]] = {}
        for row in self[name]:
            value = row[key[0]] if len(key) == 1 else tuple(row[each] for each in key)
            groups.setdefault(value, []).append(row)
        return groups


def read_rows(*, at: datetime) -> Rows:
    """Read all of it."""
    tables = {}
    with connection.cursor() as cursor:
        for name, statement in STATEMENTS.items():
            cursor.execute(statement)
            columns = [column.name for column in cursor.description or ()]
            tables[name] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return Rows(at, tables)
