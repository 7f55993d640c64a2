"""Work for later, in the transaction that asks for it: if that is rolled back, nobody does the work."""

from typing import Any

from procrastinate.contrib.django import app


def later(name: str, **arguments: Any) -> None:
    """The task of that name gets ids and plain values, and calls a verb as the person who asked."""
    app.configure_task(name).defer(**arguments)
