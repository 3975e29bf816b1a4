"""Pages as a person uses them: follow the link that says so, fill in the form, press the button.

For stories told through Django's client, without a browser.
"""

from typing import Any

from django.test import Client
from lxml import html


class NotOnThePage(AssertionError):
    """The page has no such link or button: nobody could have taken this step."""


def follow(client: Client, page: Any, text: str) -> Any:
    """The page behind the link on *page* whose words begin with *text*.

    Raises:
        NotOnThePage: there is none.
    """
    for link in _tree(page).iter("a"):
        if _words(link).startswith(text):
            return client.get(link.get("href"), follow=True)
    raise NotOnThePage(f"No link “{text}” on {_path(page)}")


def press(client: Client, page: Any, button: str, **values: Any) -> Any:
    """The page after the form with *button* on *page* was sent.

    Args:
        values: what the person enters, by the name of the control; other controls keep what
            the page put into them.

    Raises:
        NotOnThePage: no form has that button, or the form has no control of that name.
    """
    for form in _tree(page).forms:
        pressed = next((each for each in form.iter("button") if _words(each) == button), None)
        if pressed is None:
            continue
        unknown = values.keys() - set(form.fields.keys())
        if unknown:
            raise NotOnThePage(f"No control {sorted(unknown)} in the form of “{button}”")
        sent = dict(form.form_values()) | values
        if pressed.get("name"):
            sent[pressed.get("name")] = pressed.get("value", "")
        return client.post(form.get("action") or _path(page), sent, follow=True)
    raise NotOnThePage(f"No button “{button}” on {_path(page)}")


def text_of(page: Any) -> str:
    """The words of the page, as one line."""
    return _words(_tree(page).body)


def _tree(page: Any) -> Any:
    assert page.status_code in (200, 422), f"{_path(page)} answered {page.status_code}"
    return html.fromstring(page.content.decode())


def _words(element: Any) -> str:
    return " ".join(str(element.text_content()).split())


def _path(page: Any) -> str:
    return str(page.request["PATH_INFO"])
