"""What becomes of detainers."""

from acrime.common.fates import destroyed

destroyed("acrime.Detainer", "record", blanked="query")
destroyed("acrime.DetainerNotice", "detainer__record")
