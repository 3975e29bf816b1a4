"""What becomes of clocks, authorities and holds when a record is destroyed."""

from acrime.common.fates import apart, destroyed, kept

destroyed("acrime.RetentionClock", "record")
apart("acrime.RetentionWalk", why="How far the walk along all records has come.")
apart(
    "acrime.ScheduleAuthority",
    "acrime.AuthorityDocument",
    "acrime.AuthorityEnding",
    why="Authorities speak of items of the schedule and of no record.",
)
destroyed(
    "acrime.HoldItem",
    "record",
    "individual__record",
    why="What a released hold named; while it stands the record is not destroyed.",
)
_KEEPING = "Shows that the record was free to be destroyed, as long as its evidence is kept."
kept(
    "acrime.Hold",
    schedule="DISPOSITION",
    why=_KEEPING,
    envelope="id number kind authority custodian review_on scope kinds program matter opened_from "
    "opened_to placed_by placed_at asked_by asked_at released_by released_at",
    other="name ground reason asked_because release_ground",
)
kept(
    "acrime.Matter",
    schedule="DISPOSITION",
    why=_KEEPING,
    envelope="id number opened_by opened_at",
    other="name",
)
kept(
    "acrime.HoldLetter",
    schedule="DISPOSITION",
    why="Names records by number alone. " + _KEEPING,
    envelope="id number hold kind custodian sha256 written_at acknowledged_at",
    other="document",
)
