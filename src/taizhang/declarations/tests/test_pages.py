"""Pages of rounds and declarations, as the operator, the unit's reviewer and the committee see them."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from taizhang.accounts.models import Role
from taizhang.declarations import actions
from taizhang.declarations.drafts import draft_of
from taizhang.declarations.models import Declaration, Difference, State
from taizhang.declarations.tests.campaign import CUT_OFF, all_correct, known, of, opened, operator_of, right_samples
from taizhang.declarations.tests.test_procedure import keep
from taizhang.members.privacy import years_of_names
from taizhang.members.tests.people import employee
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Workforce

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def organization(world):
    return known(world, world.organization("乙学会", under=world.education, trade="教育"))


@pytest.fixture
def operator(world, organization):
    return operator_of(world, organization)


@pytest.fixture
def declaration(world, organization):
    opened(world)
    return of(organization)


def visiting(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client, declaration) -> str:
    answer = client.get(f"/declarations/{declaration.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def samples_in(declaration, **changed) -> dict:
    return {f"sample-{key}-{name}": value for (key, name), value in right_samples(declaration).items()} | changed


def test_what_the_ledger_knows_is_filled_in_and_samples_are_not_shown(world, operator, declaration):
    shown = page(visiting(operator), declaration)
    draft = draft_of(declaration, names=False)
    for record, asked in draft.read.asked():
        value = record.values.get(asked.name)
        if asked.kind == "number" and record.is_known:
            given = re.search(rf'<input[^>]*name="{record.key}-{asked.name}"[^>]*>', shown)
            if (record.key, asked.name) in draft.samples:
                assert given is None
            else:
                assert f'value="{value}"' in given.group()
    assert shown.count("（抽查，请在下面填写）") == 3
    assert "已知仍问</dt><dd>0 项" in shown


def test_a_field_saves_itself_and_a_conflict_names_both_values(world, operator, declaration):
    client, other = visiting(operator), visiting(world.education_clerk)
    address = f"/declarations/{declaration.pk}/keep/particulars/"
    typed = {
        "particulars-name": "乙研究会",
        "particulars-seen_name": json.dumps("乙学会"),
        "particulars-since": "2017-07-01",
    }
    answer = client.post(address, typed, headers=HTMX)
    assert answer.status_code == 200 and "已保存" in answer.content.decode()
    answer = other.post(address, typed | {"particulars-name": "乙联合会"}, headers=HTMX)
    said = answer.content.decode()
    assert answer.status_code == 422 and "乙研究会" in said and "乙联合会" in said
    assert Difference.objects.standing().get(field="name").new == "乙研究会"
    assert "<del>乙学会</del> → <strong>乙研究会</strong>" in page(client, declaration)


def test_what_did_not_come_is_left_alone(world, operator, declaration):
    address = f"/declarations/{declaration.pk}/keep/workforce/"
    sent = {"workforce-has_union": "on", "workforce-seen_has_union": "false"}
    assert visiting(operator).post(address, sent, headers=HTMX).status_code == 200
    assert list(Difference.objects.standing().values_list("field", "new")) == [("has_union", True)]
    visiting(operator).post(address, {"workforce-seen_has_union": "true"}, headers=HTMX)
    assert not Difference.objects.standing().exists()


def test_it_says_what_it_is_for_and_how_long_names_are_kept(world, operator, declaration):
    page = visiting(operator).get(f"/declarations/{declaration.pk}/").content.decode()
    assert "《社会组织党员情况调查表》" in page and f"保存 {years_of_names()} 年" in page


def test_one_confirmation_and_three_samples_submit_it(world, operator, declaration):
    client = visiting(operator)
    sent = samples_in(declaration, name="填报员", all_correct="on", late_reason="晚了", version=declaration.version)
    answer = client.post(f"/declarations/{declaration.pk}/submit/", sent)
    assert answer.status_code == 302, answer.content.decode()
    declaration.refresh_from_db()
    assert declaration.state == State.WITH_UNIT
    shown = page(client, declaration)
    assert "现在在省教育厅（教育厅经办）" in shown and "取回" in shown and "随填随存" not in shown


def test_a_submission_that_lacks_something_says_all_of_it_and_keeps_what_was_typed(world, operator, declaration):
    sent = {"name": "填报员", "late_reason": "病假", **dict([next(iter(samples_in(declaration).items()))])}
    answer = visiting(operator).post(f"/declarations/{declaration.pk}/submit/", sent)
    shown = answer.content.decode()
    assert answer.status_code == 422 and "还没有确认" in shown and "病假" in shown and "抽查“" in shown


def test_an_operator_sees_numbers_and_a_party_clerk_names(world, organization, operator, declaration):
    employee(world, organization, "张三丰")
    assert "张三丰" not in page(visiting(operator), declaration) and "1 人" in page(visiting(operator), declaration)
    clerk = world.account(organization.unit, Role.PARTY_CLERK, username="dangwu", name="专干")
    assert "张三丰" in page(visiting(clerk), declaration)


def test_review_shows_old_and_new_and_returns_field_by_field(world, operator, declaration):
    keep(declaration, operator, name="乙研究会", since=CUT_OFF)
    all_correct(declaration, by=operator)
    client = visiting(world.education_clerk)
    shown = page(client, declaration)
    assert "<del>乙学会</del>" in shown and "<strong>乙研究会</strong>" in shown
    number = Difference.objects.get().pk
    address = f"/declarations/{declaration.pk}/send-back/"
    assert client.post(address, {f"verdict-{number}": "returned"}).status_code == 422
    sent = {f"verdict-{number}": "returned", f"reason-{number}": "证书还没换"}
    assert client.post(address, sent).status_code == 302
    assert "证书还没换" in page(visiting(operator), declaration)


def test_several_without_differences_go_through_at_once(world, operator, declaration):
    all_correct(declaration, by=operator)
    client = visiting(world.education_clerk)
    answer = client.post("/declarations/?turn=mine", {"row": declaration.pk, "do": "agree"})
    assert answer.status_code == 302
    assert client.post(answer.url, {"on": "2018-01-21"}).status_code == 302
    declaration.refresh_from_db()
    assert declaration.state == State.WITH_COMMITTEE


def test_progress_by_unit_kind_and_region_on_any_day_opens_its_list(world, operator, declaration):
    client = visiting(world.clerk)
    world.organization("丁基金会")
    all_correct(declaration, by=operator)
    for by, word in (("unit", "省教育厅"), ("kind", "社会团体"), ("region", "—")):
        shown = client.get(f"/declarations/rounds/{declaration.round_id}/?by={by}").content.decode()
        assert word in shown, by
    row = re.search(
        rf'href="([^"]*unit={world.education.pk}&amp;state=with_unit)">1<',
        client.get(f"/declarations/rounds/{declaration.round_id}/").content.decode(),
    )
    assert "乙学会" in client.get(row.group(1).replace("&amp;", "&")).content.decode()
    earlier = client.get(f"/declarations/rounds/{declaration.round_id}/?day=2018-01-01").content.decode()
    assert "乙学会" not in earlier and "state=with_unit" not in earlier
    answer = client.get(f"/declarations/?round={declaration.round_id}&format=csv")
    assert "乙学会" in b"".join(answer.streaming_content).decode()


def test_an_organisation_may_be_corrected_at_any_time(world, organization, operator):
    answer = visiting(operator).post("/declarations/start/", {"organization": organization.pk})
    declaration = Declaration.objects.get()
    assert answer.url == f"/declarations/{declaration.pk}/"
    shown = page(visiting(operator), declaration)
    assert "抽查" not in shown and "提交更正" in shown


def test_the_page_of_one_asks_the_same_number_of_times_for_many_people(world, organization, declaration):
    client = visiting(world.clerk)
    page(client, declaration)
    counted = []
    for number in range(2):
        employee(world, organization, f"员工{number}")
        employee(world, organization, f"职工{number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(client, declaration)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 60


def test_accepting_is_reversed_on_its_page(world, organization, operator, declaration):
    passed = actions.pass_on(all_correct(declaration, by=operator), on=CUT_OFF, by=world.education_clerk)
    actions.accept(passed, on=CUT_OFF, by=world.clerk)
    client = visiting(world.clerk)
    assert "撤销接受" in page(client, declaration)
    answer = client.post(f"/declarations/{declaration.pk}/reverse/", {"note": "核错", "on": "2018-01-30"})
    assert answer.status_code == 302
    declaration.refresh_from_db()
    assert declaration.state == State.WITH_COMMITTEE


def test_the_share_that_was_corrected_soon_after_stands_on_the_rounds_page(world, organization, operator, declaration):
    passed = actions.pass_on(all_correct(declaration, by=operator), on=CUT_OFF, by=world.education_clerk)
    actions.accept(passed, on=CUT_OFF, by=world.clerk)
    fact = Workforce.objects.current().get(organization=organization)
    orgs.correct(fact, full_time=9, note="查实", on=CUT_OFF, by=world.clerk)
    told = visiting(world.clerk).get(f"/declarations/rounds/{declaration.round_id}/").content.decode()
    assert "1 家</a>，占已接受 1 家的" in told and 'data-figure="share_corrected">100.0%<' in told


def test_the_matter_leads_to_its_declaration_and_back(world, operator, declaration):
    client = visiting(operator)
    matter = client.get(f"/cases/{declaration.case_id}/").content.decode()
    assert f'href="/declarations/{declaration.pk}/">打开办理页' in matter
    assert f'href="/cases/{declaration.case_id}/"' in page(client, declaration)
    of_the_round = visiting(world.clerk).get(f"/cases/{declaration.round.case_id}/").content.decode()
    assert f'href="/declarations/rounds/{declaration.round_id}/">打开办理页' in of_the_round
