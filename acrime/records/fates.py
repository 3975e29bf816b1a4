"""What becomes of the envelope."""

from acrime.common.fates import destroyed

destroyed("acrime.Record", "pk")
destroyed("acrime.RecordAllowedUser", "content_object")
destroyed("acrime.RecordAllowedOffice", "content_object")
destroyed(
    "acrime.RecordSubject",
    "record",
    "individual__record",
    why="The link goes with either of its ends; a person's record follows the last of them.",
)
