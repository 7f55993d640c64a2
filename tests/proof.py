"""Somebody who proved a moment ago who they are: what a sign-in leaves in a session and `force_login` does not."""

import time

from django.contrib.auth import SESSION_KEY
from django.test import Client

RECORDS = "account_authentication_methods"


def prove(client: Client, *, minutes_ago: int = 0) -> Client:
    session = client.session
    session[RECORDS] = [{"method": "password", "at": time.time() - 60 * minutes_ago}]
    session[f"{RECORDS}_user"] = session[SESSION_KEY]
    session.save()
    return client
