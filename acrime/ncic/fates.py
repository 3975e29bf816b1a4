"""What becomes of records entered into NCIC, and of hits."""

from acrime.common.fates import destroyed

destroyed("acrime.NcicEntry", "record")
destroyed("acrime.BasisDocument", "entry__record")
destroyed("acrime.DocumentCheck", "document__entry__record", blanked="hit")
destroyed("acrime.NcicTransaction", "entry__record")
destroyed("acrime.HitConfirmation", "record", blanked="entry previous")
