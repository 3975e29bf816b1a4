"""What becomes of the ledger, of the change history, and of tables that no room owns."""

from acrime.common.fates import Fate, apart, bare, kept, store

kept(
    "acrime.AuditEvent",
    "record_id",
    schedule="AUDIT",
    why="Kept seven years as whole sealed months. Which of the three texts of a kind of event hold "
    "values, its declaration says (shred).",
    envelope="id kind occurred_at written_at actor actor_name channel outcome record_id "
    "record_number matched_ids displayed_ids source_address session_tag request_id xid salt",
    blanked="purpose criteria details",
)
apart(
    "acrime.Seal",
    "acrime.SealEntries",
    why="Digests and signatures over events, each with a random salt; they tell nothing.",
)
kept(
    "auditlog.LogEntry",
    schedule="AUDIT",
    why="Values of people are masked when they are written; what is left goes with the record. An "
    "entry is found by the table and the key of the row that it is about.",
    envelope="id content_type object_pk object_id object_repr action actor actor_email cid "
    "remote_addr remote_port timestamp xid written_at",
    blanked="serialized_data changes_text changes additional_data",
)
kept(
    "acrime.OutboxMessage",
    schedule="AUDIT",
    why="Work that is done or given up; a payload holds keys and codes and no values.",
    envelope="id topic key created_at available_at claimed_until attempts last_error done_at "
    "failed_at",
    blanked="payload",
)
apart(
    "contenttypes.ContentType",
    "auth.Permission",
    "auth.Group",
    "auth.Group_permissions",
    why="Names of tables and of rights.",
)
apart(
    "guardian.UserObjectPermission",
    "guardian.GroupObjectPermission",
    why="Never written: allow-lists are rows of the records room that point to their record.",
)
bare("django_migrations", why="Which changes of the tables were made.")
store("broker_folder", fate=Fate.PASSES, why="Tasks under way; they hold keys of the outbox.")
store("seal_file", fate=Fate.APART, why="Heads of the chain of seals.")
store(
    "delivery_ca",
    fate=Fate.APART,
    why="A certificate, made elsewhere.",
)
store("delivery_certificate", fate=Fate.APART, why="A certificate, made elsewhere.")
store("delivery_key", fate=Fate.APART, why="A key, made elsewhere.")
store(
    "mail",
    fate=Fate.PASSES,
    why="Mail on its way, without personal data; the folder is for local portals.",
)
