"""What people keep of lists: filters under a name, selections over pages, one verb for each row, large files by the worker."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from taizhang.accounts import errands, lists
from taizhang.accounts.kept import Errand, ErrandState, SavedFilter
from taizhang.accounts.models import AuditKind, AuditRecord, Grant
from taizhang.accounts.tasks import carry_out
from taizhang.ledger.models import AsOf
from taizhang.orgs.actions import enter, hand_over, responsible_on
from taizhang.orgs.models import Entry, Particulars
from tests.proof import prove
from tests.world import FIRST_DAY

pytestmark = pytest.mark.django_db
ORGS = "/orgs/"


@pytest.fixture
def clerk(world):
    return signed_in(world.clerk)


@pytest.fixture
def five(world):
    """Five organisations of the education department, none entered."""
    return [
        world.organization(f"第{number}协会", under=world.education, number=number, entered_on=None)
        for number in range(1, 6)
    ]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def keep(client, name="未录入的", query="entered=no", **more):
    return client.post(reverse("accounts:keep_filter"), {"page": "orgs:list", "name": name, "query": query, **more})


def rows(*organizations):
    return [Particulars.objects.current().get(organization=each).pk for each in organizations]


def text_of(answer) -> str:
    return answer.content.decode()


def worked(errand: Errand) -> Errand:
    carry_out.func(user=errand.by_id, errand=errand.pk)
    errand.refresh_from_db()
    return errand


def test_conditions_kept_under_a_name_are_offered_and_the_same_name_replaces_them(clerk, five):
    answer = keep(clerk)
    saved = SavedFilter.objects.get()
    assert answer.url == f"{ORGS}?entered=no&saved={saved.pk}"
    page = text_of(clerk.get(answer.url))
    assert "未录入的" in page and "录入：未录入" in page
    keep(clerk, query="entered=yes")
    assert SavedFilter.objects.get().query == "entered=yes"


def test_a_list_opens_with_what_was_chosen_for_it_until_everything_is_asked_for(clerk, world, five):
    keep(clerk, default="on")
    saved = SavedFilter.objects.get()
    answer = clerk.get(ORGS)
    assert answer.status_code == 302 and answer.url == f"{ORGS}?entered=no&saved={saved.pk}"
    assert clerk.get(f"{ORGS}?all=1").status_code == 200
    assert clerk.get(f"{ORGS}?kind=association").status_code == 200
    assert signed_in(world.leader).get(ORGS).status_code == 200, "it is one's own choice"
    clerk.post(reverse("accounts:open_without", args=[saved.pk]))
    assert clerk.get(ORGS).status_code == 200


def test_a_shared_filter_is_offered_in_the_unit_and_to_nobody_else(world, five):
    keep(signed_in(world.education_clerk), name="本厅未录入的", shared="on")
    saved = SavedFilter.objects.get()
    assert saved.shared_with == world.education
    assert "本厅未录入的" in text_of(signed_in(world.education_clerk).get(ORGS))
    for other in (world.outsider, world.clerk):
        assert "本厅未录入的" not in text_of(signed_in(other).get(ORGS))
        for door in ("open_with", "drop_filter"):
            assert signed_in(other).post(reverse(f"accounts:{door}", args=[saved.pk])).status_code == 404
    keep(signed_in(world.clerk), name="综合党委的", shared="on")
    theirs = SavedFilter.objects.get(owner=world.clerk)
    assert "综合党委的" in text_of(signed_in(world.education_clerk).get(ORGS))
    dropped = signed_in(world.education_clerk).post(reverse("accounts:drop_filter", args=[theirs.pk]))
    assert dropped.status_code == 422 and SavedFilter.objects.filter(pk=theirs.pk).exists()


def test_a_verb_is_done_with_every_chosen_row_and_each_refusal_is_listed(clerk, world, five):
    enter(five[1], on=FIRST_DAY, by=world.clerk)
    answer = clerk.post(ORGS, {"do": "enter", "row": rows(*five[:3])})
    asking = clerk.get(answer.url)
    assert "选中 3 条" in text_of(asking) and "录入日期" in text_of(asking)
    done = clerk.post(answer.url, {"on": "2017-05-01"}, follow=True)
    errand = Errand.objects.get()
    assert (errand.state, errand.done, errand.refused) == (ErrandState.DONE, 2, 1)
    assert Entry.objects.as_of(AsOf(FIRST_DAY.replace(month=6))).count() == 3
    reasons = text_of(clerk.get(reverse("accounts:refusals", args=[errand.pk])))
    assert "第2协会" in reasons and "第1协会" not in reasons and "看原因" in text_of(done)
    again = clerk.post(answer.url, {"on": "2017-05-01"})
    assert again.status_code == 200 and Errand.objects.get().done == 2, "a finished errand shows what came of it"


def test_everything_that_matches_is_chosen_over_pages_and_done_by_the_worker(clerk, world, five, monkeypatch):
    monkeypatch.setattr(errands, "AT_ONCE", 2)
    world.organization("别的协会", entered_on=None)
    answer = clerk.post(f"{ORGS}?q=第&entered=no", {"do": "hand_over", "everything": "1"})
    sent = {"to": world.committee.pk, "mode": "decoupled", "on": "2017-05-01", "document": "民社函〔2017〕12号"}
    assert clerk.post(answer.url, sent).status_code == 302
    errand = Errand.objects.get()
    assert (errand.state, errand.total) == (ErrandState.WAITING, 5)
    assert "等待办理" in text_of(clerk.get(answer.url))
    errand = worked(errand)
    assert (errand.state, errand.done, errand.refused) == (ErrandState.DONE, 5, 0)
    assert all(responsible_on(each, FIRST_DAY.replace(month=6)) == world.committee for each in five)
    assert worked(errand).done == 5, "no row is done twice"


def test_what_a_verb_needs_is_asked_with_its_faults_beside_the_fields(clerk, five):
    answer = clerk.post(ORGS, {"do": "hand_over", "row": rows(five[0])})
    refused = clerk.post(answer.url, {"on": "2017-05-01"})
    assert refused.status_code == 422 and "没有填写依据文件" in text_of(refused)
    assert Errand.objects.get().state == ErrandState.ASKED


def test_rows_of_others_are_never_in_a_selection(world, five):
    outsider = signed_in(world.outsider)
    answer = outsider.post(ORGS, {"do": "enter", "row": rows(*five)})
    assert answer.status_code == 422 and not Errand.objects.exists()
    file = outsider.post(ORGS, {"do": "csv", "row": rows(*five)})
    assert "第1协会" not in b"".join(file.streaming_content).decode()


def test_rights_are_those_at_the_time_of_doing(clerk, world, five, monkeypatch):
    monkeypatch.setattr(errands, "AT_ONCE", 0)
    answer = clerk.post(ORGS, {"do": "enter", "row": rows(*five)})
    clerk.post(answer.url, {"on": "2017-05-01"})
    Grant.objects.filter(user=world.clerk).update(ended_at=timezone.now())
    errand = worked(Errand.objects.get())
    assert errand.state == ErrandState.BROKEN and errand.done == 0 and not Entry.objects.exists()


def test_a_verb_nobody_offers_and_an_empty_selection_are_refused(clerk, world, five):
    assert clerk.post(ORGS, {"do": "strike_everything", "row": rows(five[0])}).status_code == 403
    assert clerk.post(ORGS, {"do": "enter"}).url == ORGS
    assert signed_in(world.leader).post(ORGS, {"do": "enter", "row": rows(five[0])}).status_code == 403


def test_after_a_break_the_work_goes_on_with_the_next_row(clerk, world, five, monkeypatch):
    monkeypatch.setattr(errands, "AT_ONCE", 0)
    answer = clerk.post(ORGS, {"do": "enter", "row": rows(*five)})
    clerk.post(answer.url, {"on": "2017-05-01"})
    errand = Errand.objects.get()
    Errand.objects.update(
        state=ErrandState.WORKING, last=errand.chosen[1], done=2, told_at=timezone.now() - timedelta(minutes=1)
    )
    assert "接着办" in text_of(clerk.get(answer.url))
    assert clerk.post(reverse("accounts:resume", args=[errand.pk])).status_code == 302
    errand = worked(errand)
    assert (errand.state, errand.done) == (ErrandState.DONE, 5) and Entry.objects.count() == 3


def test_chosen_rows_leave_as_a_file_and_the_audit_says_so(clerk, five):
    file = clerk.post(f"{ORGS}?kind=association", {"do": "csv", "row": rows(five[0], five[2])})
    lines = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert sorted(line[0] for line in lines[1:]) == ["第1协会", "第3协会"]
    left = AuditRecord.objects.get(kind=AuditKind.EXPORT)
    assert (left.verb, left.details["rows"], left.details["filters"]) == ("orgs:list", 2, {"kind": "association"})


def test_a_large_file_is_made_by_the_worker_kept_a_day_and_only_for_whoever_asked(clerk, world, five, monkeypatch):
    monkeypatch.setattr(lists, "IN_ONE_ANSWER", 3)
    assert clerk.get(f"{ORGS}?format=xlsx").status_code == 302, "following a link begins nothing"
    assert not Errand.objects.exists()
    answer = clerk.post(f"{ORGS}?sort=pinyin", {"do": "xlsx"})
    errand = worked(Errand.objects.get())
    assert (errand.state, errand.done) == (ErrandState.DONE, 5)
    assert AuditRecord.objects.get(kind=AuditKind.EXPORT).details["rows"] == 5
    address = reverse("accounts:errand_file", args=[errand.pk])
    assert address in text_of(clerk.get(answer.url))
    assert "/sign-in/again/" in clerk.get(address).url, "who takes it away proves who they are"
    prove(clerk)
    sheet = load_workbook(io.BytesIO(b"".join(clerk.get(address).streaming_content))).active
    assert [row[0] for row in sheet.values] == ["社会组织名称", *(f"第{number}协会" for number in range(1, 6))]
    for page in ("errand", "errand_file", "refusals"):
        assert signed_in(world.leader).get(reverse(f"accounts:{page}", args=[errand.pk])).status_code == 404
    Errand.objects.update(asked_at=timezone.now() - timedelta(days=2))
    errands.tidy()
    assert clerk.get(address).status_code == 404


def test_a_file_that_tells_of_what_has_gone_out_of_sight_is_not_given_out(world, five, monkeypatch):
    monkeypatch.setattr(lists, "IN_ONE_ANSWER", 3)
    clerk = prove(signed_in(world.education_clerk))
    clerk.post(ORGS, {"do": "csv"})
    errand = worked(Errand.objects.get())
    address = reverse("accounts:errand_file", args=[errand.pk])
    assert clerk.get(address).status_code == 200
    hand_over(five[0], to=world.sports, mode="dual", document="某函", on=date(2017, 6, 1), by=world.clerk)
    refused = clerk.get(address)
    assert refused.status_code == 422 and "1条已不在您的可见范围" in text_of(refused)
    Grant.objects.filter(user=world.education_clerk).update(ended_at=timezone.now())
    assert clerk.get(address).status_code in (403, 422)


def test_what_was_refused_is_no_longer_named_to_whoever_sees_it_no_more(world, five):
    clerk = signed_in(world.education_clerk)
    for each in five[:2]:
        enter(each, on=date(2017, 5, 1), by=world.clerk)
    answer = clerk.post(ORGS, {"do": "enter", "row": rows(*five)})
    clerk.post(answer.url, {"on": "2017-05-01"})
    address = reverse("accounts:refusals", args=[Errand.objects.get().pk])
    assert "第1协会" in text_of(clerk.get(address)) and "第2协会" in text_of(clerk.get(address))
    hand_over(five[0], to=world.sports, mode="dual", document="某函", on=date(2017, 6, 1), by=world.clerk)
    assert "第1协会" not in text_of(clerk.get(address)) and "第2协会" in text_of(clerk.get(address))
