"""The API is tried by a machine that knows only its description: calls in sequences, each built on what earlier ones told.

No answer is 5xx, every answer is what the description says, and no operation answers to a missing or wrong token.
A share in every run; by night as many as TAIZHANG_NIGHTLY asks for.
"""

import os
from datetime import timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from taizhang.accounts.tokens import make_token
from taizhang.config.api import document
from taizhang.config.wsgi import application
from taizhang.kit.clock import today
from taizhang.members import actions as members
from tests.world import FIRST_DAY

pytestmark = pytest.mark.django_db

NIGHT = bool(os.environ.get("TAIZHANG_NIGHTLY"))
SEQUENCES, STEPS = (3000, 12) if NIGHT else (40, 8)
# What fits the description may still be refused: whether an organisation may be registered is no matter of shape.
CHECKS = {"checks": {"positive_data_acceptance": {"enabled": False}}}


@pytest.fixture
def secret(world):
    first = world.organization("甲协会")
    branch = world.branch(first)
    person = members.add(name="张三", unit=first.unit, on=FIRST_DAY, by=world.clerk, telephone="13900001234")
    members.engage(person, organization=first, employment="full_time", on=FIRST_DAY, by=world.clerk)
    members.admit(person, party_organization=branch, standing="full", on=FIRST_DAY, by=world.clerk)
    token = {"name": "试", "scope": "write", "expires_on": today() + timedelta(days=1)}
    return make_token(**token, on=today(), at=timezone.now(), by=world.clerk)[1]


@pytest.fixture(autouse=True)
def one_connection():
    """The server's own handler would close the connection after each call, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def trial(secret: str):
    schema = schemathesis.openapi.from_dict(document(), config=SchemathesisConfig.from_dict(CHECKS))
    schema.app = application

    @schema.auth()
    class Presented:
        def get(self, case, context):
            return secret

        def set(self, case, data, context):
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}

    class Trial(schema.as_state_machine()):
        """Each sequence begins in the same world: what it does is given up at its end."""

        def setup(self):
            self.given_up = transaction.atomic()
            self.given_up.__enter__()

        def teardown(self):
            transaction.set_rollback(True)
            self.given_up.__exit__(None, None, None)

    return Trial


def test_no_call_breaks_it_and_none_goes_past_the_token(secret):
    trial(secret).run(
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate] if not NIGHT else [Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
    )
