"""Whatever somebody uploads is taken or refused with a reason: nothing dies, nothing answers 500, nothing stays behind."""

import os
import random
import re
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from taizhang.cases.actions import open_case
from taizhang.cases.tests.papers import PDF, docx, jpeg, package, png
from taizhang.imports.models import Batch, Upload
from taizhang.imports.reading import Look, Unreadable, blocks
from taizhang.imports.tests import files
from taizhang.imports.tests.files import mutated, mutated_parts
from tests.faults import hostile

MUTATED = 10_000 if os.environ.get("TAIZHANG_NIGHTLY") else 300
SEED = int(os.environ.get("TAIZHANG_SEED", random.randrange(10**9)))
READ_AT_MOST = 20  # of the mutated workbooks that were taken, so many are read to the end: a child each
REASON = re.compile('class="remedy"|class="invalid-feedback')
SECONDS = 10  # on a machine that does other things too; alone the slowest takes two


class Doors:
    """The two doors that take files, as a clerk uses them."""

    def __init__(self, world):
        self.client = Client(raise_request_exception=False)
        self.client.force_login(world.clerk)
        unit = world.organization("甲协会").unit
        self.case = open_case("orgs:register", "在办事项", unit=unit, by=world.clerk)
        self.answers: Counter = Counter()
        self.slowest = 0.0

    def offer(self, name: str, content: bytes) -> list[str]:
        """What went wrong, for each door."""
        wrong = []
        for door, data in (
            ("/imports/upload/", {"sheet": "organisations", "on": "2017-06-30"}),
            (f"/cases/{self.case.pk}/attach/", {"title": "材料"}),
        ):
            begun = time.monotonic()
            answer = self.client.post(door, {**data, "file": SimpleUploadedFile(name, content)})
            took = time.monotonic() - begun
            self.slowest = max(self.slowest, took)
            self.answers[f"{door.split('/')[1]} {answer.status_code}"] += 1
            if answer.status_code not in (302, 422) or took > SECONDS:
                wrong.append(f"{door} answers {answer.status_code} after {took:.1f} s")
            if answer.status_code == 422 and not REASON.search(answer.content.decode()):
                wrong.append(f"{door} refuses without a reason")
        return wrong

    def read(self, content: bytes) -> str:
        """The batch that was taken last is read as a worker does."""
        batch = Batch.objects.order_by("-pk").first()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            path.write_bytes(content)
            try:
                return f"{sum(len(block.rows) for block in blocks(path, Look.from_data(batch.look)))} rows"
            except Unreadable as refusal:
                return refusal.code


@pytest.fixture
def at_the_doors(world, tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("kept")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield Doors(world)
    assert [*folder.iterdir()] == [], "a file stayed behind"


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_files_made_by_hand_are_taken_or_refused_with_a_reason(at_the_doors, tmp_path, capsys):
    wrong, tried, read = [], 0, Counter()
    before = memory()
    for name, file_name, content in [*hostile.workbooks(tmp_path), *hostile.other_files()]:
        taken = Batch.objects.count()
        wrong += [f"{name}: {each}" for each in at_the_doors.offer(file_name, content)]
        tried += 1
        if Batch.objects.count() > taken:
            read[at_the_doors.read(content)] += 1
    with capsys.disabled():
        print(
            f"\n{tried} files by hand, {dict(at_the_doors.answers)}, read {dict(read)}, slowest {at_the_doors.slowest:.1f} s"
        )
    assert wrong == [] and tried >= 40
    assert memory() - before < 700, "the web process grew with what was sent"


def originals(folder: Path) -> list[tuple[str, bytes]]:
    table = "\n".join(",".join(row) for row in [files.HEADING, *files.ROWS])
    return [
        ("表.xlsx", files.honest(folder / "a.xlsx").read_bytes()),
        ("表.csv", table.encode("gb18030")),
        ("表.csv", table.encode()),
        ("表.xls", files.compound(folder / "a.xls", "Workbook").read_bytes()),
        ("函.docx", docx()),
        ("公文.ofd", package("OFD.xml", "Doc_0/Document.xml")),
        ("请示.pdf", PDF),
        ("照片.png", png()),
        ("照片.jpg", jpeg()),
    ]


def test_mutated_files_are_taken_or_refused_with_a_reason(at_the_doors, tmp_path, capsys):
    wrong, read = [], Counter()
    whole = originals(tmp_path)
    for number in range(MUTATED):
        name, original = whole[number % len(whole)]
        content = mutated(original, SEED + number)
        if name.endswith("xlsx") and number % 2:
            content = mutated_parts(tmp_path / "m.xlsx", tmp_path / "a.xlsx", SEED + number).read_bytes()
        taken = Batch.objects.count()
        wrong += [f"seed {SEED + number} {name}: {each}" for each in at_the_doors.offer(name, content)]
        if Batch.objects.count() > taken and read.total() < READ_AT_MOST * (MUTATED // 300):
            read[at_the_doors.read(content).split()[-1]] += 1
    with capsys.disabled():
        print(
            f"\n{MUTATED} mutated files from seed {SEED}, {dict(at_the_doors.answers)}, read {dict(read)}, slowest {at_the_doors.slowest:.1f} s"
        )
    assert wrong == []
    assert Upload.objects.count() == Batch.objects.count()


@pytest.mark.parametrize("address", ["/api/organizations", "/api/cases", "/api/people"])
def test_json_of_any_depth_is_refused_and_not_broken(world, address):
    client = Client(raise_request_exception=False)
    client.force_login(world.clerk)
    for depth in (10, 10_000, 100_000):
        answer = client.post(address, hostile.nested_json(depth), content_type="application/json")
        assert 400 <= answer.status_code < 500, (depth, answer.status_code)
