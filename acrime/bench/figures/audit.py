"""What it costs that nothing is read unseen."""

from acrime.audit.choices import Channel
from acrime.bench.measure import WARM_UP, medians, must_agree
from acrime.bench.report import Result
from acrime.bench.stage import Stage
from acrime.records.access import access_record
from acrime.records.models import Record


def view_event(stage: Stage) -> Result:
    """Looking a record up by its number: written down and told to its owner, and neither."""
    others = Record.objects.visible_to(stage.analyst).exclude(owner=stage.analyst)
    numbers = list(
        others.order_by("-created_at").values_list("number", flat=True)[: stage.rounds + WARM_UP]
    )

    def ours(turn: int) -> Record:
        return access_record(
            number=numbers[turn % len(numbers)],
            user=stage.analyst,
            at=stage.at,
            channel=Channel.PAGE,
        )

    def baseline(turn: int) -> Record | None:
        number = numbers[turn % len(numbers)]
        return Record.objects.visible_to(stage.analyst).filter(number=number).first()

    must_agree(ours(0), baseline(0))
    took, unseen = medians(ours, baseline, rounds=stage.rounds)
    return Result(
        "audit.view_event",
        took,
        unseen,
        "ms",
        f"one of {stage.scale} records by its number, with its event and its owner's alert "
        "committed, and looked up only",
    )
