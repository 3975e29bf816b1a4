"""The machine's own Chromium."""

from tests.support.browser import base_url, browser_type_launch_args

__all__ = ["base_url", "browser_type_launch_args"]
