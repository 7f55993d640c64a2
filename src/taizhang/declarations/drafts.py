"""A declaration as it stands: what the ledger says, and over it the differences, samples and confirmations given so far."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from taizhang.accounts.models import User
from taizhang.declarations.fields import Asked
from taizhang.declarations.models import Confirmation, Declaration, Difference, Sample, State
from taizhang.declarations.sections import Read, Record, Section, by, read_all
from taizhang.orgs.models import Particulars, Status

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """`hidden` differences are about people whose names the reader may not see."""

    declaration: Declaration
    read: Read
    differences: dict[tuple[str, str], Difference]
    samples: dict[tuple[str, str], Sample]
    confirmed: dict[str, Confirmation]
    struck_off: str = ""  # in words, and on which day
    hidden: int = 0

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.read.sections

    def record(self, key: str) -> Record | None:
        return self.read.by_key.get(key)

    def declared(self, record: Record, name: str) -> Any:
        """What the organisation says: the difference where there is one, otherwise the ledger."""
        difference = self.differences.get((record.key, name))
        return difference.new if difference else record.values.get(name)

    def values(self, key: str) -> dict[str, Any]:
        record = self.read.by_key[key]
        return {each.name: self.declared(record, each.name) for each in record.kind.fields}

    def is_stated(self, key: str) -> bool:
        """By the ledger, or now by a difference."""
        return key in self.read.by_key and (
            self.read.by_key[key].is_known or any(record == key for record, _ in self.differences)
        )

    def since(self, key: str) -> date | None:
        return next((each.since for (record, _), each in self.differences.items() if record == key), None)

    def is_hidden_sample(self, key: str, name: str) -> bool:
        """Chosen, and not typed yet: its value is not shown."""
        sample = self.samples.get((key, name))
        return sample is not None and sample.answer is None

    def changed(self) -> Iterator[tuple[Record, Asked, Difference]]:
        for (key, name), difference in self.differences.items():
            if record := self.read.by_key.get(key):
                yield record, record.kind.field(name), difference

    def offered(self) -> Iterator[tuple[Record, Asked, Any]]:
        """What the page asks to look at and correct, each filled with what is known; samples stand apart."""
        for record, asked in self.read.asked():
            if (record.key, asked.name) not in self.samples:
                yield record, asked, self.declared(record, asked.name)

    def asked_though_known(self) -> int:
        """How many fields were offered empty although the ledger knew them. It stays 0."""
        return sum(
            record.knows(asked.name) and value in (None, "") and (record.key, asked.name) not in self.differences
            for record, asked, value in self.offered()
        )

    def vanished(self) -> list[Difference]:
        """Differences from a record that the ledger no longer has."""
        return [each for (key, _), each in self.differences.items() if key not in self.read.by_key]


def draft_of(declaration: Declaration, *, names: bool) -> Draft:
    return drafts_of([declaration], names=names)[declaration.pk]


def again(draft: Draft) -> Draft:
    """For a verb, after what it wrote itself: over what it read of the ledger."""
    said = {draft.declaration.cut_off_on: {draft.declaration.organization_id: draft.read}}
    return over(said, [draft.declaration], names=True)[draft.declaration.pk]


def drafts_of(declarations: Iterable[Declaration], *, names: bool) -> dict[int, Draft]:
    """By the declaration's number. A fixed number of queries for each cut-off day."""
    wanted = list(declarations)
    said: dict[date, dict[int, Read]] = {}
    for day in {each.cut_off_on for each in wanted}:
        said[day] = read_all([each.organization for each in wanted if each.cut_off_on == day], day, names=names)
    return over(said, wanted, names=names)


def over(said: dict[date, dict[int, Read]], wanted: list[Declaration], *, names: bool) -> dict[int, Draft]:
    """What organisations say over what the ledger says."""
    of_these = {"declaration__in": [each.pk for each in wanted]}
    differences = by(Difference.objects.standing().filter(**of_these).select_related("by"), "declaration_id")
    samples = by(Sample.objects.filter(**of_these), "declaration_id")
    confirmed = by(Confirmation.objects.standing().filter(**of_these).select_related("by"), "declaration_id")
    gone = struck_off([each.organization_id for each in wanted])
    found = {}
    for each in wanted:
        standing, read = differences.get(each.pk, []), said[each.cut_off_on][each.organization_id]
        shown = [difference for difference in standing if names or not difference.about_people]
        chosen = samples.get(each.pk, []) if each.state != State.NOT_BEGUN else samples_of(each, read)
        found[each.pk] = Draft(
            each,
            read,
            {(difference.record, difference.field): difference for difference in shown},
            {(sample.record, sample.field): sample for sample in chosen},
            {confirmation.section: confirmation for confirmation in confirmed.get(each.pk, [])},
            struck_off=gone.get(each.organization_id, ""),
            hidden=len(standing) - len(shown),
        )
    return found


def samples_of(declaration: Declaration, said: Read) -> list[Sample]:
    """Which fields are typed anew: of those the ledger knows and no heading shows, the same ones whenever it is asked."""
    if declaration.round_id is None:
        return []
    known = [(record.key, each.name) for record, each in said.asked() if each.sampled and record.knows(each.name)]
    chosen = Random(declaration.pk).sample(known, min(SAMPLES, len(known)))
    return [Sample(declaration=declaration, record=key, field=name) for key, name in chosen]


def draft_for(declaration: Declaration, user: User) -> Draft:
    """As this person may see it."""
    return draft_of(declaration, names=user.people_scope.covers(declaration.unit.path))


def struck_off(organizations: Iterable[int]) -> dict[int, str]:
    """Which of them are no longer there, in words."""
    last = Particulars.objects.still().filter(organization__in=organizations).exclude(status=Status.NORMAL)
    return {each.organization_id: f"{each.since}已{each.get_status_display()}" for each in last}
