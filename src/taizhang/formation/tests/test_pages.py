"""The pages of an application and of its sitting, by forms alone: from the draft to the branch."""

import pytest

from taizhang.formation import actions as formation
from taizhang.formation.models import Application, State
from taizhang.formation.tests.asking import AGAINST, PROMISE, accepted, drafted, members_of
from taizhang.kit.clock import today
from taizhang.meetings.models import AgendaItem, Body, Sitting
from taizhang.meetings.tests.sitting import AUGUST, NINE, committee_of, convened
from taizhang.members.models import Post
from taizhang.papers import actions as papers
from taizhang.papers.models import Paper
from taizhang.party.models import Coverage

pytestmark = pytest.mark.django_db


@pytest.fixture
def association(world):
    return world.organization("甲协会")


@pytest.fixture
def clerk(world, client):
    client.force_login(world.clerk)
    return client


def page(client, address, **data):
    return client.get(address, data).content.decode()


def done(answer):
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer.url


def test_where_no_sitting_is_called_the_page_says_so(world, association, clerk):
    application = accepted(world, association)
    assert "没有召集中的会议：先到“会议”召集" in page(clerk, f"/formation/{application.pk}/schedule/")
    convened(committee_of(world), by=world.clerk)
    assert "没有召集中的会议" not in page(clerk, f"/formation/{application.pk}/schedule/")


def test_from_the_draft_to_the_branch_by_forms(world, association, clerk):
    people = members_of(world, association)
    started = {"kind": "single", "organization": association.pk, "on": "2017-07-10"}
    address = done(clerk.post("/formation/start/", started))
    found = page(clerk, address)
    assert "提交前还缺" in found and "没有列出拟编入的党员" in found
    asked = {"name": "中共甲协会支部委员会", "level": "branch", "nature": "formal", "grounds": "三名党员"}
    kept = clerk.post(f"{address}keep/", asked, headers={"HX-Request": "true"})
    assert "已保存" in kept.content.decode()
    for number, person in enumerate(people):
        proposed = {"person": person.pk, "relation": "promised", "promise": PROMISE}
        done(clerk.post(f"{address}propose/", {**proposed, "position": "secretary" if number == 0 else ""}))
    assert "符合条件" in page(clerk, address)
    done(clerk.post(f"{address}submit/", {"on": "2017-07-10"}))
    done(clerk.post(f"{address}accept/", {"on": "2017-07-12"}))

    body = done(clerk.post("/meetings/set-up/", {"unit": world.committee.pk, "name": "综合党委", "on": "2017-01-01"}))
    for name in NINE:
        done(clerk.post(f"{body}seat/", {"name": name, "on": "2017-01-01"}))
    said = {"held_on": "2017-08-25", "chair": NINE[0], "recorder": "记录员", "on": "2017-08-20"}
    sitting = done(clerk.post(f"{body}convene/", said))
    case = Application.objects.get().case_id
    assert "申请成立党组织：甲协会" in page(clerk, sitting)
    done(clerk.post(f"{sitting}agenda/", {"case": case}))
    done(clerk.post(f"{sitting}attend/", {"present": NINE[:8], "absences": "冯委员 出差"}))
    done(clerk.post(f"{sitting}begin/"))
    item = AgendaItem.objects.get()
    wrong = clerk.post(f"/meetings/item/{item.pk}/", {"outcome": "approved", "in_favour": 4, "against": 4})
    assert wrong.status_code == 422 and "至少5票" in wrong.content.decode()
    done(clerk.post(f"{sitting}unopposed/", {"item": item.pk}))
    found = page(clerk, sitting)
    assert "赞成 8" in found and "出差" in found
    done(clerk.post(f"{sitting}close/"))
    assert "已结束" in page(clerk, sitting) and "登记到会" not in page(clerk, sitting)
    assert Coverage.objects.get().since == AUGUST

    lettered = {"letter": "某社党〔2017〕10号", "on": "2017-08-28"}
    waiting = clerk.post(f"{address}reply/", lettered)
    assert waiting.status_code == 422 and "还没有印发" in waiting.content.decode()
    papers.withdraw(Paper.objects.get(kind="reply_approval"), on=AUGUST, by=world.clerk, note="线下发文")
    done(clerk.post(f"{address}reply/", lettered))
    nominees = Application.objects.get().nominees.all()
    result = {"elected_on": "2017-09-05", "entitled": 3, "present": 3, "on": "2017-09-06"}
    result |= {f"position_{nominees[0].pk}": "secretary", f"votes_{nominees[0].pk}": 3}
    done(clerk.post(f"{address}record-result/", result))
    done(clerk.post(f"{address}agree-result/", {"on": "2017-09-11"}))
    assert Post.objects.get().person == people[0]
    assert "已办结" in page(clerk, address)


def test_the_refused_read_why_and_what_next_and_ask_again(world, association, clerk):
    application = accepted(world, association, members_of(world, association, 2))
    sitting = convened(committee_of(world), by=world.clerk)
    item = formation.schedule(application, sitting=sitting, on=AUGUST, by=world.clerk)
    lacking = clerk.post(f"/meetings/item/{item.pk}/", {"outcome": "refused", "against": 9})
    assert lacking.status_code == 422 and "没有指明下步" in lacking.content.decode()
    ballots = {f"ballot_{number}": "against" for number in range(9)}
    done(clerk.post(f"/meetings/item/{item.pk}/?by_name", {"outcome": "refused", **AGAINST, **ballots}))
    found = page(clerk, f"/formation/{application.pk}/")
    assert "正式党员不足3名" in found and "与相近单位联合组建" in found and "重新申请" in found
    again = done(
        clerk.post(
            f"/formation/start/?resubmits={application.pk}",
            {"kind": "single", "organization": association.pk, "on": "2017-09-11"},
        )
    )
    assert "前次" in page(clerk, again)


def test_of_several_unopposed_items_one_that_cannot_be_leaves_the_others(world, clerk):
    sitting = convened(committee_of(world), by=world.clerk)
    for name, count in (("甲协会", 3), ("乙协会", 2), ("丙协会", 3)):
        organization = world.organization(name)
        application = accepted(world, organization, members_of(world, organization, count))
        formation.schedule(application, sitting=sitting, on=AUGUST, by=world.clerk)
    numbers = list(AgendaItem.objects.values_list("pk", flat=True))
    answer = clerk.post(f"/meetings/{sitting.pk}/unopposed/", {"item": numbers}, follow=True).content.decode()
    assert "逐项表决通过2项" in answer and "正式党员2名，还差1名" in answer
    assert Application.objects.filter(state=State.APPROVED).count() == 2
    item = AgendaItem.objects.get(outcome="")
    done(clerk.post(f"/meetings/item/{item.pk}/take-off/"))
    assert Application.objects.filter(state=State.ACCEPTED).count() == 1


def test_lists_take_a_fixed_number_of_questions(world, clerk, django_assert_num_queries):
    for number in range(12):
        drafted(world, world.organization(f"第{number}协会"), [])
    page(clerk, "/")  # what the office is, is asked once
    with django_assert_num_queries(6):  # session, user, grants, kept filters, count, rows
        page(clerk, "/formation/")
    body = committee_of(world)
    for day in range(1, 9):
        convened(body, by=world.clerk, on=AUGUST.replace(day=day), present=None)
    with django_assert_num_queries(6):  # and the bodies
        page(clerk, "/meetings/")


def test_a_sitting_takes_a_fixed_number_of_questions(world, clerk, django_assert_num_queries):
    sitting = convened(committee_of(world), by=world.clerk)

    def counted(number: int) -> None:
        organization = world.organization(f"第{number}协会")
        application = accepted(world, organization)
        formation.schedule(application, sitting=sitting, on=AUGUST, by=world.clerk)

    page(clerk, "/")  # what the office is, is asked once
    for number in range(3):
        counted(number)
    with django_assert_num_queries(12):
        page(clerk, f"/meetings/{sitting.pk}/")
    for number in range(3, 6):
        counted(number)
    with django_assert_num_queries(12):
        page(clerk, f"/meetings/{sitting.pk}/")


def test_whoever_may_not_sees_no_button_and_whoever_cannot_see_finds_nothing(world, association, client):
    application = accepted(world, association)
    sitting = convened(committee_of(world), by=world.clerk)
    client.force_login(world.leader)
    found = page(client, f"/formation/{application.pk}/")
    assert "列入会议" not in found and "甲员0" in found
    assert client.post(f"/formation/{application.pk}/accept/", {"on": today()}).status_code == 403
    assert "开会" not in page(client, f"/meetings/{sitting.pk}/").split("page-body")[0].split("page-header")[1]
    client.force_login(world.outsider)
    assert client.get(f"/formation/{application.pk}/").status_code == 404
    assert client.get(f"/meetings/{sitting.pk}/").status_code == 404
    assert client.get(f"/meetings/body/{Body.objects.get().pk}/").status_code == 404
    assert "甲协会" not in page(client, "/formation/") and not Sitting.objects.visible_to(world.outsider).exists()
