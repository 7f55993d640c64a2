"""Random offices, random histories: every channel shows everybody exactly what a few plain sets say is theirs."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from taizhang.accounts.models import User
from taizhang.accounts.scope import Scope
from taizhang.members.models import Engagement, Membership, PersonQuerySet
from taizhang.orgs.models import OrganizationQuerySet
from tests.doors import signed_in
from tests.leaks.channels import Judge, Leak, is_shut_out
from tests.leaks.office import begin, live

ENOUGH = int(os.environ.get("TAIZHANG_JUDGEMENTS", "20000"))
SEED = int(os.environ.get("TAIZHANG_SEED", random.randrange(10**9)))
TOLD = Path(__file__).resolve().parents[2] / "build" / "leaks.txt"
# So many things happen, then everybody is asked; by night everybody is also asked on the way.
EPOCHS = (50, 15, 45) if ENOUGH > 100_000 else (110,)


def judge(world, seed: int, channels: Callable[[Judge], Counter] = Judge.everywhere) -> Counter:
    """One office from its beginning, given up afterwards."""
    judged: Counter = Counter()
    with transaction.atomic():
        office = begin(world, seed)
        for deeds in EPOCHS:
            live(office, deeds)
            for user in office.users:
                if user.pk in office.closed:
                    assert is_shut_out(signed_in(user)), "a closed account is let in"
                    judged["closed"] += sum(map(len, office.everything().values()))
                else:
                    judged.update(channels(Judge(office, User.objects.get(pk=user.pk))))
        transaction.set_rollback(True)
    return judged


def test_everybody_sees_exactly_what_is_theirs(world, capsys):
    judged, seed, begun = Counter(), SEED, time.monotonic()
    while judged.total() < ENOUGH:
        try:
            judged.update(judge(world, seed))
        except AssertionError as error:
            raise Leak(f"{error}\nseen with TAIZHANG_SEED={seed}") from error
        seed += 1
    channels = ", ".join(f"{channel} {count:,}" for channel, count in judged.most_common())
    line = f"{judged.total():,} judgements in {time.monotonic() - begun:.0f} s (seeds {SEED}–{seed - 1}), 0 leaks"
    TOLD.parent.mkdir(exist_ok=True)
    TOLD.write_text(f"{channels}\n{line}\n", encoding="utf-8")
    with capsys.disabled():
        print(f"\n{channels}\n{line}")


def sees_everything(self, user):
    return self


def sees_ended_relations_too(self, user):
    """As it was once: who ever was in the unit."""
    scope = user.people_scope
    engaged = Engagement.objects.current().filter(scope.q("organization__unit__path")).values("person")
    held = Membership.objects.current().filter(scope.q("party_organization__unit__path")).values("person")
    return self.filter(pk__in=engaged.union(held))


def quickly(each: Judge) -> Counter:
    """Lists for programs and drop-downs alone: between them they ask for every noun."""
    each.programs()
    each.drop_downs()
    return each.judged


@pytest.mark.parametrize(
    ("where", "what", "broken"),
    [
        (OrganizationQuerySet, "visible_to", sees_everything),
        (PersonQuerySet, "visible_to", sees_everything),
        (PersonQuerySet, "visible_to", sees_ended_relations_too),
        (Scope, "of", classmethod(lambda cls, paths: cls(tuple(path.split(".")[0] + "." for path in paths)))),
        (Scope, "of", classmethod(lambda cls, paths: cls(tuple(sorted(set(paths)))[:1]))),
    ],
    ids=["organisations without a scope", "people without a scope", "who left", "the whole tree", "only one grant"],
)
def test_a_fault_in_the_scope_is_found(world, monkeypatch, where, what, broken):
    """The trial can fail: a scope that is broken on purpose, too wide or too narrow, is found within a few offices."""
    monkeypatch.setattr(where, what, broken)
    with pytest.raises(Leak):
        for seed in range(6):
            judge(world, seed, quickly)
