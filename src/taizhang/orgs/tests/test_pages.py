"""The pages of the register of organisations: lists, forms, refusals, and who may not."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from taizhang.accounts.models import AuditKind, AuditRecord, Unit
from taizhang.cases.models import Step
from taizhang.kit.clock import today
from taizhang.ledger.models import AsOf
from taizhang.orgs.actions import particulars_on, rename, responsible_on
from taizhang.orgs.models import Entry, Organization, Particulars, UnitAlias
from tests.world import code

ON = date(2017, 6, 1)


@pytest.fixture
def association(world):
    return world.organization("甲协会", under=world.education)


@pytest.fixture
def clerk(world, client):
    client.force_login(world.clerk)
    return client


def page(client, address, **data):
    return client.get(address, data).content.decode()


def registering(world, **changed):
    return {
        "name": "乙学会",
        "code": code("association", 77),
        "kind": "association",
        "level": "province",
        "mode": "direct",
        "responsible": world.committee.pk,
        "registered_on": "2017-03-01",
        "entered_on": "2017-03-05",
        "on": "2017-03-05",
        **changed,
    }


def test_the_list_filters_by_unit_kind_mode_level_status_and_entry(world, association, clerk):
    world.organization("乙基金会", kind="foundation")
    for asked in ({"responsible": world.education.pk}, {"kind": "association"}, {"mode": "dual"}):
        found = page(clerk, "/orgs/", **asked)
        assert "甲协会" in found and "乙基金会" not in found
    assert "没有符合条件的记录" in page(clerk, "/orgs/", level="county")
    assert "没有符合条件的记录" in page(clerk, "/orgs/", status="cancelled")
    assert "没有符合条件的记录" in page(clerk, "/orgs/", entered="no")


def test_a_former_name_finds_it_and_the_day_decides_the_name_shown(world, association, clerk):
    rename(association, name="丙联合会", on=ON, by=world.clerk)
    assert "丙联合会" in page(clerk, "/orgs/", q="甲协")
    then = page(clerk, "/orgs/", q="丙联合会", day="2017-05-31")
    assert "甲协会" in then and "2017年5月31日" in then
    assert "甲协会" not in page(clerk, "/orgs/", day="2016-12-31")


def test_before_the_first_record_the_list_says_not_known_and_to_a_reader_offers_no_form(world, association, client):
    client.force_login(world.clerk)
    assert "无从得知" in page(client, "/orgs/", day="1990-01-01")
    client.force_login(world.outsider)
    assert "登记社会组织" in page(client, "/orgs/")
    client.force_login(world.administrator)
    found = page(client, "/orgs/")
    assert "没有您可见的社会组织" in found and "/orgs/register/" not in found


def test_each_sees_the_organisations_of_its_own_units_only(world, association, client):
    client.force_login(world.outsider)
    found = page(client, "/orgs/")
    assert "甲协会" not in found and "省教育厅" not in found
    client.force_login(world.education_clerk)
    assert "甲协会" in page(client, "/orgs/")


def test_the_list_takes_a_fixed_number_of_questions(world, clerk, django_assert_num_queries):
    for number in range(12):
        world.organization(f"第{number}协会", number=number + 1)
    page(clerk, "/orgs/")  # the first request after signing in keeps the books of the session
    with django_assert_num_queries(5):  # session, user, grants, kept filters, rows with their count
        page(clerk, "/orgs/")


def test_the_workbook_of_the_list_has_the_headings_the_import_knows_and_is_audited(world, association, clerk):
    answer = clerk.get("/orgs/", {"format": "xlsx", "q": "甲协"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)
    assert rows[0][:5] == ("社会组织名称", "统一社会信用代码", "类型", "业务主管单位", "登记体制")
    assert rows[1][0] == "甲协会" and rows[1][3] == "省教育厅" and rows[1][4] == "双重管理"
    left = AuditRecord.objects.get(kind=AuditKind.EXPORT)
    assert (left.user, left.verb, left.details["rows"]) == (world.clerk, "orgs:list", 1)


def test_an_organisation_is_registered_by_form(world, clerk):
    answer = clerk.post("/orgs/register/", registering(world))
    organization = Organization.objects.get(code=code("association", 77))
    assert answer.status_code == 302 and answer.url == f"/organisations/{organization.pk}/"
    assert Entry.objects.current().get(organization=organization).since == date(2017, 3, 5)


def test_a_refused_registration_says_every_reason_on_top_and_beside_the_field(world, association, clerk):
    answer = clerk.post("/orgs/register/", registering(world, code=association.code, mode="dual"))
    said = answer.content.decode()
    assert answer.status_code == 422
    assert said.count(f"{association.code}已有登记") == 2
    assert "双重管理的社会组织由其业务主管单位" in said and "下步：" in said
    assert 'value="乙学会"' in said


def test_what_is_odd_about_a_code_is_said_without_stopping(world, clerk):
    answer = clerk.post("/orgs/register/", registering(world, kind="foundation"), follow=True)
    assert "不一致" in answer.content.decode()


@pytest.mark.parametrize("unseen", ["\u202e", "\u200b", "\ufeff", "\x07"])
def test_a_name_with_something_nobody_sees_is_refused_beside_its_field(world, clerk, unseen):
    answer = clerk.post("/orgs/register/", registering(world, name=f"乙{unseen}学会"))
    assert answer.status_code == 422 and not Organization.objects.exists()
    assert f"U+{ord(unseen):04X}" in answer.content.decode()


def test_a_name_with_a_nul_is_refused_in_plain_words(world, clerk):
    answer = clerk.post("/orgs/register/", registering(world, name="乙\x00学会"))
    assert answer.status_code == 422 and "不可见的控制字符（NUL）" in answer.content.decode()


def test_a_name_with_a_sign_of_private_use_is_taken_and_pointed_out(world, clerk):
    answer = clerk.post("/orgs/register/", registering(world, name="乙\ue000学会"), follow=True)
    assert Organization.objects.exists() and "造字" in answer.content.decode()


def test_after_registering_the_record_of_it_is_one_click_away(world, clerk):
    answer = clerk.post("/orgs/register/", registering(world), follow=True)
    step = Step.objects.get(verb="orgs:register")
    assert f'href="/cases/steps/{step.pk}/">查看办理记录' in answer.content.decode()


def test_a_form_offers_only_units_in_scope(world, client):
    client.force_login(world.education_clerk)
    found = page(client, "/orgs/register/")
    assert "省教育厅" in found and "省体育局" not in found


def test_a_unit_cannot_register_under_another_unit(world, client):
    client.force_login(world.education_clerk)
    answer = client.post("/orgs/register/", registering(world, responsible=world.sports.pk, mode="dual"))
    assert answer.status_code == 422 and not Organization.objects.exists()


def test_it_is_renamed_changed_and_declares_its_workforce_by_form(world, association, clerk):
    clerk.post(f"/orgs/{association.pk}/rename/", {"name": "丁协会", "on": "2017-06-01"})
    stated = {"kind": "association", "level": "city", "mode": "dual", "region": "", "trade": "教育", "on": "2017-07-01"}
    assert clerk.post(f"/orgs/{association.pk}/change/", stated).status_code == 302
    again = clerk.post(f"/orgs/{association.pk}/change/", stated | {"on": "2017-08-01"})
    assert again.status_code == 422 and "没有要变更的" in again.content.decode()
    heads = dict.fromkeys(("full_time", "part_time", "leaders", "party_members", "applicants"), 3)
    clerk.post(f"/orgs/{association.pk}/workforce/", {**heads, "on": "2017-07-01"})
    now = particulars_on(association, date(2017, 9, 1))
    assert (now.name, now.level, now.trade) == ("丁协会", "city", "教育")


def test_it_is_handed_over_with_document_and_day_and_seen_by_who_is_responsible_now(world, association, clerk, client):
    missing = clerk.post(
        f"/orgs/{association.pk}/hand-over/", {"to": world.committee.pk, "mode": "decoupled", "on": "2017-06-01"}
    )
    assert missing.status_code == 422 and "没有填写依据文件" in missing.content.decode()
    filled = {"to": world.committee.pk, "mode": "decoupled", "on": "2017-06-01", "document": "民社函〔2017〕3号"}
    assert clerk.post(f"/orgs/{association.pk}/hand-over/", filled).status_code == 302
    assert responsible_on(association, date(2017, 5, 31)) == world.education
    assert responsible_on(association, ON) == world.committee
    client.force_login(world.education_clerk)
    assert client.get(f"/organisations/{association.pk}/").status_code == 404


def test_it_is_struck_off_by_form(world, association, clerk):
    clerk.post(f"/orgs/{association.pk}/strike-off/", {"status": "cancelled", "on": "2017-06-01", "document": "准予"})
    assert particulars_on(association, ON).status == "cancelled"
    again = clerk.post(f"/orgs/{association.pk}/rename/", {"name": "新名", "on": "2017-07-01"})
    assert again.status_code == 422 and "已注销" in again.content.decode()


def test_a_statement_is_corrected_with_a_reason_and_the_old_one_stays(world, association, clerk):
    fact = Particulars.objects.current().get(organization=association)
    address = f"/orgs/{association.pk}/correct/particulars/{fact.pk}/"
    filled = {
        "name": "甲学会",
        "kind": "association",
        "level": "province",
        "mode": "dual",
        "status": "normal",
        "since": "2017-01-01",
        "on": "2017-06-01",
    }
    assert "没有写明更正理由" in clerk.post(address, filled).content.decode()
    assert clerk.post(address, filled | {"note": "抄错"}).status_code == 302
    assert particulars_on(association, ON).name == "甲学会"
    fact.refresh_from_db()
    assert fact.name == "甲协会" and not fact.is_known_now
    assert clerk.get(address).status_code == 404  # it no longer stands


def test_an_entry_made_in_error_is_withdrawn_but_particulars_are_not(world, association, clerk):
    entry = Entry.objects.current().get(organization=association)
    address = f"/orgs/{association.pk}/withdraw/entry/{entry.pk}/"
    assert clerk.post(address, {"on": "2017-06-01", "note": "误录"}).status_code == 302
    assert not Entry.objects.as_of(AsOf(today())).filter(organization=association).exists()
    fact = Particulars.objects.current().get(organization=association)
    refused = clerk.post(
        f"/orgs/{association.pk}/withdraw/particulars/{fact.pk}/", {"on": "2017-06-01", "note": "误录"}
    )
    assert refused.status_code == 422


def test_whoever_may_not_is_shown_no_form_and_whoever_cannot_see_finds_nothing(world, association, client):
    fact = Particulars.objects.current().get(organization=association)
    forms = ["enter", "rename", "change", "hand-over", "strike-off", "workforce", f"correct/particulars/{fact.pk}"]
    client.force_login(world.leader)
    assert {client.get(f"/orgs/{association.pk}/{form}/").status_code for form in forms} == {403}
    assert client.get("/orgs/register/").status_code == 403
    client.force_login(world.outsider)
    assert {client.get(f"/orgs/{association.pk}/{form}/").status_code for form in forms} == {404}
    assert {client.post(f"/orgs/{association.pk}/{form}/", {"name": "x"}).status_code for form in forms} == {404}
    client.force_login(world.education_clerk)
    assert client.get(f"/orgs/{association.pk}/rename/").status_code == 200
    assert client.get(f"/orgs/{association.pk}/hand-over/").status_code == 403


def test_units_are_listed_created_renamed_and_given_aliases(world, clerk, client):
    clerk.post("/orgs/units/create/", {"name": "省文化厅", "kind": "supervising", "on": "2017-01-01"})
    culture = Unit.objects.get(name="省文化厅")
    assert culture.parent == world.committee
    clerk.post(f"/orgs/units/{culture.pk}/alias/", {"name": "文化厅"})
    clerk.post(f"/orgs/units/{culture.pk}/rename/", {"name": "省文化和旅游厅", "on": "2018-10-01"})
    assert set(UnitAlias.objects.filter(unit=culture).values_list("name", flat=True)) == {"文化厅", "省文化厅"}
    found = page(clerk, "/orgs/units/", q="文化厅")
    assert "省文化和旅游厅" in found and "省教育厅" not in found
    taken = clerk.post(f"/orgs/units/{world.sports.pk}/alias/", {"name": "文化厅"})
    assert taken.status_code == 422 and "已是省文化和旅游厅的别名" in taken.content.decode()
    client.force_login(world.outsider)
    assert client.get("/orgs/units/create/").status_code == 403
    assert "省教育厅" not in page(client, "/orgs/units/")


def test_every_change_leaves_a_step(world, association, clerk):
    before = Step.objects.count()
    clerk.post(f"/orgs/{association.pk}/rename/", {"name": "丁协会", "on": "2017-06-01", "document": "民〔2017〕1号"})
    step = Step.objects.order_by("-pk").first()
    assert Step.objects.count() == before + 1
    assert (step.by, step.document, step.case.kind) == (world.clerk, "民〔2017〕1号", "orgs:rename")
