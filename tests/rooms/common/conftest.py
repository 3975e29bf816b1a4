"""Browser tests of the page parts."""

from tests.support.browser import base_url, browser_type_launch_args

__all__ = ["base_url", "browser_type_launch_args"]
