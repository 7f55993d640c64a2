"""Two records of one organisation: found, compared, made one, found under the old name and code, and made two again."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from taizhang.accounts.models import Role, Unit
from taizhang.cases import actions as cases
from taizhang.imports import actions as imports
from taizhang.imports.tests.sending import send
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.members.models import Engagement
from taizhang.members.tests.people import employee
from taizhang.orgs import actions, merging
from taizhang.orgs.mergers import Apart, Merger
from taizhang.orgs.models import Organization, Particulars, Supervision, Workforce
from taizhang.party import actions as party
from taizhang.party.models import Coverage
from taizhang.stats.figures import ask, count
from tests.doors import signed_in
from tests.world import FIRST_DAY

JUNE, TODAY = date(2017, 6, 1), date(2018, 1, 10)
WHY = {"note": "证书复印件核对为同一家", "on": TODAY}
DOUBT = {"note": "又收到一份证书", "on": TODAY}

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(world):
    """One association, entered twice below education: once without a code, with a branch and somebody at work."""
    world.kept = world.organization("省兰花协会", under=world.education, registered_on=JUNE, entered_on=JUNE)
    world.dropped = world.organization("云省兰花协会", under=world.education)
    world.made = world.branch(world.dropped, superior=world.education)
    world.person = employee(world, world.dropped, "王守正", FIRST_DAY)
    return world


def merged(world, **said):
    return merging.merge(world.kept, dropped=world.dropped, by=world.clerk, **{**WHY, **said})


def said_of(organization, day=TODAY):
    return Particulars.objects.as_of(AsOf(day)).filter(organization=organization)


def test_what_was_said_of_either_is_said_of_one_and_only_once(two):
    merged(two)
    assert not said_of(two.dropped).exists() and said_of(two.kept).get().name == "省兰花协会"
    assert (
        said_of(two.kept, FIRST_DAY).get().name == "云省兰花协会"
    )  # before the kept record begins the other one speaks
    assert Organization.objects.get(pk=two.kept.pk).registered_on == FIRST_DAY
    assert Coverage.objects.as_of(AsOf(TODAY)).get().organization == two.kept
    assert Engagement.objects.as_of(AsOf(TODAY)).get().organization == two.kept
    assert Unit.objects.get(pk=two.made.unit_id).parent_id == two.kept.unit_id
    assert Supervision.objects.as_of(AsOf(TODAY)).count() == 1


def test_what_was_known_before_is_answered_as_before(two):
    known_at = Particulars.objects.latest("pk").recorded.lower
    before = {row.organization_id for row in Particulars.objects.as_of(AsOf(TODAY, known_at))}
    merged(two)
    assert {row.organization_id for row in Particulars.objects.as_of(AsOf(TODAY, known_at))} == before


def test_the_figures_count_it_once(two):
    before = count(ask("organisation_coverage", AsOf(TODAY), two.clerk.scope), "")
    merged(two)
    after = count(ask("organisation_coverage", AsOf(TODAY), two.clerk.scope), "")
    assert (before.base, after.base, after.counted) == (2, 1, 1)


def test_it_is_found_under_the_old_name_and_code(two):
    code = two.dropped.code
    merged(two)
    for words in ("云省兰花", code, code[-8:], "兰花协会"):
        found = Organization.objects.visible_to(two.clerk).named(words)
        assert [each.pk for each in found] == [two.kept.pk], words
    page = signed_in(two.clerk).get(reverse("desk:organization", args=[two.dropped.pk]))
    assert page.url == reverse("desk:organization", args=[two.kept.pk])
    actions.rename(two.kept, name="省兰花学会", on=TODAY, by=two.clerk)
    assert Organization.objects.named("云省兰花").exists()


def test_a_merger_that_was_wrong_is_undone_and_everything_stands_as_before(two):
    def state():
        return {
            (row._meta.label, row.organization_id, str(row.period))
            for model in (Particulars, Supervision, Coverage, Engagement)
            for row in model.objects.current()
        }

    before, path = state(), Unit.objects.get(pk=two.made.unit_id).path
    merger = merged(two)
    assert state() != before
    reviewer = two.account(two.committee, Role.REVIEWER, username="shenhe", name="审核人")
    with pytest.raises(PermissionDenied):
        merging.unmerge(merger, **WHY, by=two.clerk)
    merging.unmerge(merger, **WHY, by=reviewer)
    assert state() == before and Unit.objects.get(pk=two.made.unit_id).path == path
    assert [each.pk for each in Organization.objects.named("云省兰花")] == [two.dropped.pk]
    with pytest.raises(Refused) as refusal:
        merging.unmerge(merger, **WHY, by=reviewer)
    assert [each.code for each in refusal.value.obstacles] == ["undone-already"]
    with pytest.raises(Refused) as refusal:
        merged(two)
    assert [each.code for each in refusal.value.obstacles] == ["told-apart"]
    merging.offer_again(Apart.objects.get(), **DOUBT, by=reviewer)
    assert merged(two).pk != merger.pk


def test_what_was_changed_since_must_be_put_right_before_undoing(two):
    merger = merged(two)
    actions.rename(two.kept, name="省兰花学会", on=JUNE, by=two.clerk)
    reviewer = two.account(two.committee, Role.REVIEWER, username="shenhe", name="审核人")
    party.change(two.made, name="中共兰花支部", on=TODAY, by=two.clerk)
    members.leave(Engagement.objects.current().get(), on=TODAY, by=two.clerk)
    with pytest.raises(Refused) as refusal:
        merging.unmerge(merger, **WHY, by=reviewer)
    assert {each.code for each in refusal.value.obstacles} == {"changed-since"}


def test_the_code_goes_to_the_one_that_had_none_and_back(world):
    kept = world.organization("甲协会", under=world.education)
    Organization.objects.filter(pk=kept.pk).update(code=None)
    dropped = world.organization("甲协会（重）", under=world.education)
    code = dropped.code
    merger = merging.merge(kept, dropped=dropped, by=world.clerk, **WHY)
    assert Organization.objects.get(pk=kept.pk).code == code
    reviewer = world.account(world.committee, Role.REVIEWER, username="shenhe", name="审核人")
    merging.unmerge(merger, **WHY, by=reviewer)
    assert Organization.objects.get(pk=dropped.pk).code == code


def test_across_units_only_the_committees_reviewer_merges(two):
    elsewhere = two.organization("兰花协会", under=two.sports)
    for user in (two.clerk, two.education_clerk, two.outsider):
        with pytest.raises(PermissionDenied):
            merging.merge(two.kept, dropped=elsewhere, by=user, **WHY)
    reviewer = two.account(two.committee, Role.REVIEWER, username="shenhe", name="审核人")
    assert merging.merge(two.kept, dropped=elsewhere, by=reviewer, **WHY).kept == two.kept
    with pytest.raises(PermissionDenied):
        merging.merge(two.kept, dropped=two.dropped, by=two.outsider, **WHY)


def test_it_is_refused_with_every_reason(two):
    cases.open_case("orgs:register", "在办的事", unit=two.dropped.unit, by=two.clerk)
    two.account(two.dropped.unit, Role.OPERATOR, username="tb", name="填报员")
    with pytest.raises(Refused) as refusal:
        merged(two, note=" ")
    assert {each.code for each in refusal.value.obstacles} == {"note-missing", "cases-open", "accounts-standing"}
    assert not Merger.objects.exists()
    with pytest.raises(Refused) as refusal:
        merging.merge(two.kept, dropped=two.kept, by=two.clerk, **WHY)
    assert [each.code for each in refusal.value.obstacles] == ["the-same"]


def test_pairs_are_found_by_former_name_sound_and_name_without_the_place(world):
    former = world.organization("天山棋院", under=world.education)
    actions.rename(former, name="昆仑棋院", on=JUNE, by=world.clerk)
    again = world.organization("天山棋院", under=world.education)
    sound = [world.organization(name, under=world.education) for name in ("桥梁学会", "桥粱学会")]
    place = [world.organization(name, under=world.sports) for name in ("云岭省冰雪运动协会", "冰雪运动协会")]
    found = {(each.one.pk, each.other.pk) for each in merging.doubles(world.clerk)}
    assert found == {(former.pk, again.pk), (sound[0].pk, sound[1].pk), (place[0].pk, place[1].pk)}
    assert {(each.one.pk, each.other.pk) for each in merging.doubles(world.outsider)} == {(place[0].pk, place[1].pk)}


def test_a_pair_found_to_be_two_is_offered_no_more_until_somebody_doubts_it(two):
    def offered():
        return [(each.one.pk, each.other.pk) for each in merging.doubles(two.clerk)]

    for organization in (two.kept, two.dropped):
        actions.rename(organization, name="云岭省兰花协会", on=TODAY, by=two.clerk)
    pair = (two.kept.pk, two.dropped.pk)
    assert offered() == [pair]
    with pytest.raises(PermissionDenied):
        merging.tell_apart(two.kept, other=two.dropped, by=two.outsider, **WHY)
    apart = merging.tell_apart(two.dropped, other=two.kept, by=two.clerk, note="两份证书，代码不同", on=TODAY)
    assert offered() == [] and (apart.one_id, apart.other_id) == pair
    assert (apart.step.by, apart.step.on, apart.step.note) == (two.clerk, TODAY, "两份证书，代码不同")
    for act in (merged, lambda two: merging.tell_apart(two.kept, other=two.dropped, by=two.clerk, **WHY)):
        with pytest.raises(Refused) as refusal:
            act(two)
        assert [each.code for each in refusal.value.obstacles] == ["told-apart"]
    merging.offer_again(apart, by=two.clerk, **DOUBT)
    assert offered() == [pair]
    with pytest.raises(Refused) as refusal:
        merging.offer_again(apart, by=two.clerk, **DOUBT)
    assert [each.code for each in refusal.value.obstacles] == ["undone-already"]


def test_the_pages_tell_apart_and_offer_again(two):
    page = signed_in(two.clerk)
    merge = page.get(reverse("orgs:merge", args=[two.kept.pk, two.dropped.pk])).content.decode()
    address = reverse("orgs:tell_apart", args=[two.kept.pk, two.dropped.pk])
    assert address in merge and page.get(address).status_code == 200
    assert page.post(address, {"note": "", "on": TODAY}).status_code == 422
    assert page.post(address, WHY).url == reverse("orgs:doubles")
    undo = reverse("orgs:offer_again", args=[Apart.objects.get().pk])
    decided = page.get(reverse("orgs:told_apart")).content.decode()
    assert undo in decided and f'href="{reverse("orgs:doubles")}"' in decided
    assert page.get(undo).status_code == 200
    assert f'href="{reverse("orgs:told_apart")}"' in page.get(reverse("orgs:doubles")).content.decode()
    assert page.post(undo, DOUBT).status_code == 302 and not Apart.objects.standing().exists()
    outsider = signed_in(two.outsider)
    assert outsider.get(undo).status_code == outsider.get(address).status_code == 404


def test_the_pages_compare_merge_and_undo(two):
    page = signed_in(two.clerk)
    address = reverse("orgs:merge", args=[two.kept.pk, two.dropped.pk])
    shown = page.get(address).content.decode()
    assert "保留：省兰花协会" in shown and "云省兰花协会" in shown and "党组织覆盖" in shown
    assert page.post(address, {"note": "", "on": TODAY}).status_code == 422
    assert page.post(address, WHY).status_code == 302
    listed, undo = reverse("orgs:mergers"), reverse("orgs:unmerge", args=[Merger.objects.get().pk])
    assert "云省兰花协会" in page.get(listed).content.decode() and undo not in page.get(listed).content.decode()
    reviewer = two.account(two.committee, Role.REVIEWER, username="shenhe", name="审核人")
    assert undo in signed_in(reviewer).get(listed).content.decode()
    assert page.get(reverse("orgs:doubles")).status_code == 200
    assert page.get(undo).status_code == 403
    assert signed_in(two.outsider).get(address).status_code == 404


def test_a_workbook_with_the_old_code_means_the_one_that_was_kept(two, tmp_path):
    code = two.dropped.code
    third = two.organization("省兰花研究会", under=two.education)
    merged(two)
    merging.merge(third, dropped=Organization.objects.get(pk=two.kept.pk), by=two.clerk, **WHY)
    row = ["云省兰花协会", code, "社会团体", "双重管理", "省教育厅", "7"]
    headings = ["社会组织名称", "统一社会信用代码", "类型", "登记方式", "业务主管单位", "专职人员数"]
    batch = send(tmp_path, "orgs.workbook:organisations", headings, row, by=two.clerk)
    imports.apply(batch, by=two.clerk, good_rows=True)
    assert not said_of(two.dropped).exists() and not said_of(two.kept).exists()
    assert Workforce.objects.current().get().organization == third
    page = signed_in(two.clerk).get(reverse("desk:organization", args=[two.dropped.pk]))
    assert page.url == reverse("desk:organization", args=[third.pk])
