"""Work for later, in the transaction that asks for it: if that is rolled back, nobody does the work."""

from typing import Any

from procrastinate.contrib.django import app


def later(name: str, **arguments: Any) -> None:
    """The job of that name (accounts.working) gets ids and plain values; `user` is the number of the person who asks."""
    app.configure_task(name).defer(**arguments)
