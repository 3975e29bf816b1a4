"""What becomes of responses and of their copies."""

from acrime.common.fates import destroyed

destroyed("acrime.StatusResponse", "record", needed="query determination amends")
for _label in ("acrime.Delivery", "acrime.FollowUp", "acrime.Amendment"):
    destroyed(_label, "response__record")
destroyed(
    "acrime.InboundReply",
    "response__record",
    beside="delivery",
    why="A reply that fits no response is settled on the desk.",
)
destroyed("acrime.DeliveryProof", "delivery__response__record", beside="reply")
