"""What becomes of calls."""

from acrime.common.fates import destroyed

destroyed("acrime.Call", "record", blanked="hit query")
destroyed("acrime.CallStatement", "call__record")
destroyed("acrime.CallTask", "call__record")
