"""The original: set in type once, the same every time, with a digest that any other byte breaks; a failure is noted and tried again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from django.utils.timezone import localdate

from taizhang.kit.refusals import Refused
from taizhang.ledger import sealing
from taizhang.papers import actions as papers
from taizhang.papers import digest, fonts, printing, tasks
from taizhang.papers.content import content_of, issued_content
from taizhang.papers.kinds import kinds
from taizhang.papers.models import Paper, Rendering
from taizhang.papers.tests.office import CHECKED, office_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(world):
    return office_of(world)


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_rendered_with_its_digest_on_it(office, world, kind):
    paper = office.issued(kind=kind, facts=kinds()[kind].examples())
    rendering = papers.render(paper, by=world.clerk)
    pdf = bytes(rendering.pdf)
    assert pdf.startswith(b"%PDF-1.7") and pdf.endswith(b"%%EOF")
    assert digest.read(pdf) == (rendering.digest, rendering.digest)
    assert rendering.pages == len(printing.images(issued_content(paper), ppi=20))


def test_rendering_again_gives_the_same_bytes(office, world):
    paper = office.issued()
    first = papers.render(paper, by=world.clerk)
    assert papers.render(paper, by=world.clerk) == first
    assert digest.stamp(printing.pdf(issued_content(paper))).pdf == bytes(first.pdf)


def test_it_bears_the_digest_of_the_last_day_that_was_sealed_before_and_never_another(office, world):
    """The world's acts are sealed today; a paper of today does not bear today's, which may still grow."""
    sealing.seal_what_waits()
    seal = sealing.digest_of(localdate())
    assert papers.render(office.issued(), by=world.clerk).chain == ""
    later = papers.issue(office.signed(), on=localdate() + timedelta(days=1), by=world.clerk)
    first = papers.render(later, by=world.clerk)
    assert first.chain == f"{seal.day} 第{seal.pk}批 {digest.grouped(bytes(seal.digest).hex())}"
    assert digest.read(bytes(first.pdf)) == (first.digest, first.digest)
    world.organization("后来的协会")
    sealing.seal_what_waits()
    assert sealing.digest_of(localdate()) != seal and papers.render(later, by=world.clerk) == first


def test_what_would_come_out_otherwise_is_refused_and_the_original_stays(office, world, monkeypatch):
    paper = office.issued()
    first = papers.render(paper, by=world.clerk)
    other = {role: tuple(reversed(["Noto Sans SC", "Noto Serif SC"])) for role in fonts.FAMILIES}
    other["body"] = ("Noto Sans SC",)
    monkeypatch.setattr(fonts, "chosen", lambda: other)
    with pytest.raises(Refused) as refusal:
        papers.render(paper, by=world.clerk)
    assert [each.code for each in refusal.value.obstacles] == ["differs"]
    assert Rendering.objects.get() == first


@pytest.mark.parametrize("place", [0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_any_other_byte_is_found(office, world, place):
    pdf = bytearray(papers.render(office.issued(), by=world.clerk).pdf)
    pdf[int(place * (len(pdf) - 1))] ^= 1
    try:
        printed, taken = digest.read(bytes(pdf))
    except digest.NotOurs:
        return
    assert printed != taken


def test_a_changed_digest_on_the_paper_is_found(office, world):
    rendering = papers.render(office.issued(), by=world.clerk)
    forged = digest.filled(bytes(rendering.pdf), "ab" * 32)
    printed, taken = digest.read(forged)
    assert (printed, taken) == ("ab" * 32, rendering.digest)


def test_an_original_is_written_once_even_by_the_owner(office, world, owner):
    papers.render(office.issued(), by=world.clerk)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Rendering.objects.update(digest="0" * 64)
    with owner(), pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Rendering.objects.update(digest="0" * 64)


def test_only_what_is_issued_has_an_original(office, world):
    with pytest.raises(Refused):
        papers.render(office.signed(), by=world.clerk)


def test_a_character_without_a_glyph_is_refused_by_name(office, world):
    paper = office.draft(facts={"matter": "成立中共𠮷祥协会支部委员会", "body": "会议"})
    with pytest.raises(Refused) as refusal:
        papers.check(paper, on=CHECKED, by=office.reviewer)
    found = {(each.code, each.where) for each in refusal.value.obstacles}
    assert found == {("no-glyph", "title"), ("no-glyph", "body")}
    assert "𠮷" in refusal.value.obstacles[0].reason and "U+20BB7" in refusal.value.obstacles[0].reason


def test_rare_characters_of_names_are_there():
    assert fonts.missing_from("body", "昇喆垚祎赟昶㛃䶮镕堃翀") == []


def test_a_draft_is_marked_and_has_no_digest(office, world):
    content = content_of(office.draft(), None, on=CHECKED)
    assert (content.watermark, content.digest) == ("草稿", "")
    with pytest.raises(digest.NotOurs):
        digest.stamp(printing.pdf(content))


def test_what_is_typed_is_data_not_markup(office, world):
    text = '#panic("x") $a$ *b* _c_ `d` <label> @ref \\ // /* #read("/etc/passwd") [e]'
    facts = {"matter": "成立支部", "body": "会议", "decisions": [text]}
    paper = office.issued(facts=facts)
    assert papers.render(paper, by=world.clerk).pages >= 1


def test_a_rendering_that_fails_is_noted_and_tried_again(office, world, monkeypatch):
    """The fonts are gone when the job runs, and back a quarter of an hour later."""
    paper = office.issued()
    number = paper.number
    monkeypatch.setattr(fonts, "chosen", lambda: dict.fromkeys(fonts.FAMILIES, ()))
    with pytest.raises(Exception):  # noqa: B017 (whatever the typesetter says)
        tasks.attempt(paper, by=world.clerk)
    paper.refresh_from_db()
    assert paper.failure and paper.number == number and not Rendering.objects.exists()
    tasks.render_rest(timestamp=0)
    assert not Rendering.objects.exists()
    monkeypatch.undo()
    tasks.render_rest(timestamp=0)
    paper.refresh_from_db()
    assert (paper.failure, paper.number, Rendering.objects.get().paper) == ("", number, paper)


def test_the_job_is_done_as_the_person_who_issued(office, world):
    paper = office.issued()
    tasks.render(paper=paper.pk, user=world.clerk.pk)
    assert Rendering.objects.filter(paper=paper).exists()


def test_a_void_paper_keeps_its_original_without_a_mark(office, world):
    paper = office.issued()
    first = papers.render(paper, by=world.clerk)
    paper = papers.void(paper, on=paper.issued_on, by=world.leader, note="改由后一次会议决定")
    assert papers.render(paper, by=world.clerk) == first
    assert content_of(paper, paper.agency, on=CHECKED).watermark == "作废"
    assert Paper.objects.get(pk=paper.pk).number == paper.number


def test_the_same_text_under_another_number_has_another_digest(office, world):
    one, two = (papers.render(office.issued(), by=world.clerk) for _ in range(2))
    assert one.digest != two.digest
    content = issued_content(one.paper)
    assert printing.pdf(content) != printing.pdf(replace(content, number="某社党〔2017〕9号"))
