"""What becomes of alerts, questions about looks, and reports of misuse."""

from acrime.common.fates import apart, destroyed, kept

destroyed("acrime.AlertRecord", "record", needed="alert")
destroyed("acrime.Alert", last="records", why="Goes with the last record that it tells of.")
destroyed("acrime.AlertQuestion", last="alert", why="As its alert.")
kept(
    "acrime.Referral",
    schedule="AUDIT",
    why="A report of misuse is of people of the agency; it names a record by its number.",
    envelope="id number reporter reported_at about record_number state taken_by taken_at finding "
    "closed_by closed_at",
    blanked="alert",
    other="about_text text",
)
kept(
    "acrime.ReferralNote",
    schedule="AUDIT",
    why="As its report.",
    envelope="id referral author written_at",
    other="text",
)
apart(
    "acrime.AlertDigest",
    "acrime.AlertMail",
    why="That an e-mail without personal data went, and how often one wants it.",
)
