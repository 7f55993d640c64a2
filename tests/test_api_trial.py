"""The API is tried by a machine that knows only its description: each operation for itself, and calls in sequences, each
built on what earlier ones told.

No answer is 5xx, every answer is what the description says, and no operation answers to a missing or wrong token.
A share in every run; by night as many as RELIABILITY asks for.
"""

import os
from collections import Counter
from datetime import timedelta

import pytest
import schemathesis
from django.apps import apps
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig

from taizhang.accounts.tokens import make_token
from taizhang.config.api import document
from taizhang.config.wsgi import application
from taizhang.kit.clock import today
from tests import furnished
from tests import world as cast

pytestmark = pytest.mark.django_db

NIGHT = bool(os.environ.get("TAIZHANG_NIGHTLY"))
SEQUENCES, STEPS = (3000, 12) if NIGHT else (25, 8)
EXAMPLES = 500 if NIGHT else 2
HOW = {
    "deadline": None,
    "database": None,
    "phases": [Phase.generate, Phase.shrink] if NIGHT else [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}
# What fits the description may still be refused: whether an organisation may be registered is no matter of shape.
CHECKS = {"checks": {"positive_data_acceptance": {"enabled": False}}}
ADMINISTERING = {"账户": "security", "审计": "auditor"}


@pytest.fixture(autouse=True)
def one_connection():
    """The server's own handler would close the connection after each call, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def office():
    """Something in every register."""
    world = cast.build()
    furnished.kept_by(furnished.keep_own, world)
    furnished.kept_by(furnished.hide, world, "璟")
    return world


def secret_of(user) -> str:
    token = {"name": "试", "scope": "write", "expires_on": today() + timedelta(days=1)}
    return make_token(**token, on=today(), at=timezone.now(), by=user)[1]


def described(secret):
    """The document, called as whoever `secret(operation's tag)` belongs to."""
    schema = schemathesis.openapi.from_dict(document(), config=SchemathesisConfig.from_dict(CHECKS))
    schema.app = application

    @schema.auth()
    class Presented:
        def get(self, case, context):
            return secret(case.operation.definition.raw["tags"][0])

        def set(self, case, data, context):
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}

    return schema


def numbers() -> list[int]:
    """Of rows that there are, of every kind."""
    found = set()
    for model in apps.get_models():
        if model.__module__.startswith("taizhang."):
            found |= {
                number for number in model._base_manager.values_list("pk", flat=True)[:2] if isinstance(number, int)
            }
    return sorted(found)


def pointed_at(case, known: list[int], choose) -> None:
    """Half of the numbers made up are replaced by those of rows that there are: else nearly all would be answered 404."""
    for name, value in (case.path_parameters or {}).items():
        if isinstance(value, int) and choose.random() < 0.8:
            case.path_parameters[name] = choose.choice(known)
    if isinstance(case.body, dict):
        for name, value in case.body.items():
            if isinstance(value, int) and not isinstance(value, bool) and choose.random() < 0.5:
                case.body[name] = choose.choice(known)


def test_no_operation_breaks_whatever_fits_or_does_not_fit_its_description(office, capsys):
    secrets = {name: secret_of(getattr(office, name)) for name in ("clerk", "security", "auditor")}
    schema = described(lambda tag: secrets[ADMINISTERING.get(tag, "clerk")])
    known, told = numbers(), Counter()
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=EXAMPLES, **HOW)
        @given(case=operation.as_strategy(), choose=st.randoms(use_true_random=False))
        def tried(case, choose):
            with transaction.atomic():
                pointed_at(case, known, choose)
                response = case.call()
                told[response.status_code] += 1
                case.validate_response(response)
                transaction.set_rollback(True)

        tried()
    with capsys.disabled():
        print(f"\n{sum(told.values()):,} calls of {len(schema)} operations: {dict(sorted(told.items()))}")
    assert told[200] > 20 and told[422] > 50 and not any(status >= 500 for status in told)


def test_no_sequence_of_calls_breaks_it(office, capsys):
    secret, told = secret_of(office.clerk), Counter()

    class Trial(described(lambda tag: secret).as_state_machine()):
        """Each sequence begins in the same world: what it does is given up at its end."""

        def setup(self):
            self.given_up = transaction.atomic()
            self.given_up.__enter__()

        def teardown(self):
            transaction.set_rollback(True)
            self.given_up.__exit__(None, None, None)

        def after_call(self, response, case):
            told[response.status_code] += 1

    Trial.run(settings=settings(max_examples=SEQUENCES, stateful_step_count=STEPS, **HOW))
    with capsys.disabled():
        print(f"\n{sum(told.values()):,} calls in {SEQUENCES:,} sequences: {dict(sorted(told.items()))}")
    assert told[200] > 20
