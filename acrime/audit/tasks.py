"""Tasks of the ledger."""

import logging
from typing import Any

from celery import shared_task

from acrime.audit.choices import Channel
from acrime.audit.partitions import prepare_partitions
from acrime.audit.retirement import NotRetired, retire_ledger
from acrime.audit.sealing import ChainBroken, seal_ledger
from acrime.audit.verification import verify_ledger
from acrime.audit.watch import tell_if_late, write_down
from acrime.common import clock

log = logging.getLogger(__name__)

# Verifying years of events takes longer than other tasks may.
VERIFICATION_SECONDS = 4 * 3600


@shared_task(name="acrime.audit.tasks.prepare_ledger_partitions")
def prepare_ledger_partitions(**_: Any) -> None:
    """Make the coming months' partitions."""
    prepare_partitions(at=clock.now())


@shared_task(name="acrime.audit.tasks.seal")
def seal(**_: Any) -> None:
    """Seal what is finished; say so when something waits too long for its seal."""
    try:
        seal_ledger(at=clock.now())
    except ChainBroken as broken:
        log.error("the ledger is not sealed: %s", broken)
    if (late := tell_if_late(at=clock.now())) is not None:
        log.error("%s events wait for their seal since %s", late.events, late.oldest)


@shared_task(name="acrime.audit.tasks.verify", time_limit=VERIFICATION_SECONDS)
def verify(**_: Any) -> None:
    """Verify the whole ledger and write the result down."""
    report = verify_ledger()
    write_down(report, at=clock.now(), channel=Channel.JOB)
    for finding in report.findings:
        log.error("the ledger does not verify: %s", finding)


@shared_task(name="acrime.audit.tasks.retire", time_limit=VERIFICATION_SECONDS)
def retire(**_: Any) -> None:
    """Drop the months whose years are over."""
    try:
        retire_ledger(at=clock.now(), channel=Channel.JOB)
    except NotRetired as refused:
        for finding in refused.report.findings:
            log.error("no month was retired: %s", finding)
    except ChainBroken as broken:
        log.error("no month was retired: %s", broken)
