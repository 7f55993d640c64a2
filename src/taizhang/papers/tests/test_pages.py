"""The pages of papers: looked at, acted on, taken away; and who is not let in."""

import io
import zipfile

import pytest
from django.urls import reverse

from taizhang.accounts.models import AuditKind, AuditRecord
from taizhang.papers import actions as papers
from taizhang.papers.kinds import kinds
from taizhang.papers.models import Master, Paper, State
from taizhang.papers.tests.office import CHECKED, DRAFTED, SIGNED, office_of
from tests.proof import prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(world):
    return office_of(world)


@pytest.fixture
def as_user(client):
    def sign_in(user):
        client.force_login(user)
        return prove(client)

    return sign_in


def page(name: str, *numbers) -> str:
    return reverse(f"papers:{name}", args=numbers)


def test_the_register_finds_by_number_and_title(as_user, office, world):
    office.issued()
    office.draft(kind="notice", facts=kinds()["notice"].examples())
    client = as_user(world.clerk)
    assert "〔2017〕1号" in client.get(page("list"), {"q": "某社党"}).content.decode()
    assert "〔2017〕1号" not in client.get(page("list"), {"q": "筹备"}).content.decode()
    assert "筹备" in client.get(page("list"), {"state": "draft", "kind": "notice"}).content.decode()
    assert "没有符合条件" in client.get(page("list"), {"year": "2016"}).content.decode()


@pytest.mark.parametrize("name", ["list", "waiting"])
def test_a_list_asks_a_fixed_number_of_questions(as_user, office, world, django_assert_max_num_queries, name):
    client = as_user(world.leader)
    for _ in range(4):
        office.checked()
    client.get(page(name))
    with django_assert_max_num_queries(14):
        client.get(page(name))


def test_a_paper_shows_its_pages_and_offers_only_what_may_be_done(as_user, office, world):
    paper = office.draft()
    client = as_user(office.reviewer)
    text = client.get(page("detail", paper.pk)).content.decode()
    assert page("page", paper.pk, 1) in text and page("check", paper.pk) in text
    assert page("sign", paper.pk) not in text
    picture = client.get(page("page", paper.pk, 1))
    assert picture["Content-Type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert client.get(page("page", paper.pk, 99)).status_code == 404


def test_from_draft_to_issue_through_the_pages(as_user, office, world):
    filled = {key: value for key, value in kinds()["approval"].examples().items() if isinstance(value, str)}
    asked = f"{page('compose')}?kind=approval&issuer={world.committee.pk}"
    client = as_user(world.clerk)
    assert "决定机构" in client.get(asked).content.decode()
    assert client.post(asked, {**filled, "on": DRAFTED}).status_code == 422
    sent = client.post(asked, {**filled, "to": "甲协会\n乙协会", "decisions": "隶属综合党委。", "on": DRAFTED})
    paper = Paper.objects.get()
    assert sent.url == page("detail", paper.pk)
    assert (paper.addressees, "二、隶属综合党委。" in paper.body) == (["甲协会", "乙协会"], True)
    revised = {"title": "关于丙事的批复", "addressees": "丙协会", "body": "同意丙事。", "on": DRAFTED}
    assert client.post(page("revise", paper.pk), revised).status_code == 302
    assert as_user(office.reviewer).post(page("check", paper.pk), {"on": CHECKED}).status_code == 302
    assert as_user(world.leader).post(page("sign", paper.pk), {"on": SIGNED}).status_code == 302
    issued = as_user(world.clerk).post(page("issue", paper.pk), {"on": SIGNED}, follow=True)
    assert "已印发：某社党〔2017〕1号" in issued.content.decode()
    paper.refresh_from_db()
    assert (paper.title, paper.state) == ("关于丙事的批复", State.ISSUED)


def test_the_original_is_taken_away_as_a_file_and_that_is_in_the_audit(as_user, office, world):
    paper = office.issued()
    client = as_user(world.clerk)
    assert client.get(page("pdf", paper.pk)).url == page("detail", paper.pk)
    assert "正本正在排印" in client.get(page("detail", paper.pk)).content.decode()
    client.post(page("render", paper.pk))
    taken = client.get(page("pdf", paper.pk))
    assert taken["Content-Disposition"].startswith("attachment")
    assert b"".join(taken.streaming_content) == bytes(Paper.objects.get().rendering.pdf)
    assert AuditRecord.objects.filter(kind=AuditKind.EXPORT, verb="papers:pdf").exists()
    assert Paper.objects.get().rendering.digest in client.get(page("detail", paper.pk)).content.decode()


def test_the_twin_for_word_says_that_it_is_not_the_paper(as_user, office, world):
    paper = office.draft()
    taken = as_user(world.clerk).get(page("word", paper.pk))
    with zipfile.ZipFile(io.BytesIO(b"".join(taken.streaming_content))) as file:
        document, header = file.read("word/document.xml").decode(), file.read("word/header1.xml").decode()
    assert "不是正式文件" in header
    assert 'w:eastAsia="仿宋_GB2312"' in document and 'w:eastAsia="方正小标宋简体"' in document
    assert "一、同意成立中共甲协会支部委员会。" in document


def test_signing_and_issuing_by_the_stack(as_user, office, world):
    ready = [office.checked() for _ in range(3)]
    mine = papers.check(office.draft(by=world.leader), on=CHECKED, by=office.reviewer)
    client = as_user(world.leader)
    text = client.get(page("waiting")).content.decode()
    assert "等我签发" in text and text.count('name="paper"') == 3
    done = client.post(page("sign_many"), {"paper": [each.pk for each in (*ready, mine)]}, follow=True)
    said = done.content.decode()
    assert "已签发 3 份" in said and "没有办成" in said
    client = as_user(world.clerk)
    shown = client.post(page("issue_many"), {"paper": [each.pk for each in ready]}, follow=True).content.decode()
    assert "正在排印：0 / 3" in shown
    assert sorted(Paper.objects.filter(state=State.ISSUED).values_list("sequence", flat=True)) == [1, 2, 3]
    for each in ready:
        papers.render(each, by=world.clerk)
    shown = client.get(page("printing"), {"paper": [each.pk for each in ready]}).content.decode()
    assert "排好 3 份" in shown


def test_a_stack_is_signed_only_by_whoever_proves_again_who_they_are(client, office, world):
    paper = office.checked()
    client.force_login(world.leader)
    assert client.post(page("sign_many"), {"paper": [paper.pk]}).url == "/sign-in/again/"
    paper.refresh_from_db()
    assert paper.state == State.CHECKED


def test_a_wording_is_tried_while_it_is_written_and_kept_when_it_has_no_fault(as_user, office, world):
    client = as_user(world.clerk)
    address = page("revise_master", world.committee.pk, "approval")
    assert "data:image/png;base64," in client.get(address).content.decode()
    tried = client.post(
        page("try_wording", world.committee.pk, "approval"), {"title": "{题目}", "body": "同意{事项}。"}
    ).content.decode()
    assert "没有“{题目}”这个空" in tried and "data:image" not in tried
    words = {"title": "关于{事项}的批复", "body": "同意{事项}。", "since": DRAFTED, "on": DRAFTED}
    assert client.post(address, {**words, "body": "同意{事项"}).status_code == 422
    assert client.post(address, words).status_code == 302
    assert Master.objects.get().title == "关于{事项}的批复"
    assert "第 1 版" in client.get(page("masters")).content.decode()
    assert client.get(page("revise_master", world.committee.pk, "nothing")).status_code == 404


def test_the_head_of_an_office_is_set_and_its_series_continued(as_user, world):
    client = as_user(world.clerk)
    assert "还没有设定" in client.get(page("offices")).content.decode()
    said = {"name": "中共某省委员会", "code": "某党", "hands": 2, "since": DRAFTED, "on": DRAFTED}
    assert client.post(page("set_agency", world.committee.pk), said).status_code == 302
    said = {"code": "某党函", "year": 2017, "before": 41, "on": DRAFTED}
    assert client.post(page("continue_series", world.committee.pk), said).status_code == 302
    text = client.get(page("offices")).content.decode()
    assert "拟稿人不核稿、不签发" in text and "某党函〔2017〕自42号起" in text


def test_an_office_beside_sees_nothing_until_a_letter_about_its_own_is_issued(as_user, office, world):
    organization = world.organization(under=world.sports)
    case = papers.compose(
        "notice", issuer=world.committee, facts=kinds()["notice"].examples(), to=["甲"], on=DRAFTED, by=world.clerk
    ).case
    draft = papers.draft(
        type(case).objects.get(kind="orgs:register", unit=organization.unit),
        "approval",
        facts=kinds()["approval"].examples(),
        to=["甲协会"],
        issuer=world.committee,
        on=DRAFTED,
        by=world.clerk,
    )
    client = as_user(world.outsider)
    for paper in Paper.objects.all():
        assert client.get(page("detail", paper.pk)).status_code == 404
    papers.check(draft, on=CHECKED, by=office.reviewer)
    papers.sign(draft, on=SIGNED, by=world.leader)
    papers.issue(draft, on=SIGNED, by=world.clerk)
    assert client.get(page("detail", draft.pk)).status_code == 200
    assert client.get(page("void", draft.pk)).status_code == 403
