"""Papers in the browser: the pages are seen, a wording is tried while it is typed, nothing breaks the policy or shuts anybody out."""

import pytest
from django.urls import reverse

from taizhang.papers import actions as papers
from taizhang.papers.kinds import kinds
from taizhang.papers.tests.office import office_of
from tests.browser.test_accounts import sign_in

PASSWORD = "一个足够长的口令2017"


@pytest.fixture
def office(transactional_world):
    office = office_of(transactional_world)
    for user in (office.world.clerk, office.world.leader):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    return office


def every_page_of(office) -> dict[str, str]:
    issued = office.issued()
    papers.render(issued, by=office.world.clerk)
    draft = office.draft(kind="notice", facts=kinds()["notice"].examples())
    papers.send_back(draft, on=draft.drafted_on, by=office.world.leader, note="主送单位写全称")
    for _ in range(3):
        office.signed(kind="reply_refusal", facts=kinds()["reply_refusal"].examples())
    committee = office.world.committee.pk
    return {
        "list": reverse("papers:list"),
        "issued": reverse("papers:detail", args=[issued.pk]),
        "draft": reverse("papers:detail", args=[draft.pk]),
        "waiting": reverse("papers:waiting"),
        "compose": f"{reverse('papers:compose')}?kind=refusal&issuer={committee}",
        "wording": reverse("papers:revise_master", args=[committee, "approval"]),
        "wordings": reverse("papers:masters"),
        "offices": reverse("papers:offices"),
    }


@pytest.mark.parametrize("size", ["page", "telephone"])
def test_the_pages_of_papers_are_seen_by_everybody(request, office, serious_axe_violations, size):
    addresses = every_page_of(office)
    page = request.getfixturevalue(size)
    sign_in(page, "jingban", PASSWORD)
    for name, address in addresses.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=f"test-results/papers-{name}-{size}.png", full_page=size == "telephone")
        assert serious_axe_violations(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is wider than the screen"


def test_a_wording_is_tried_while_it_is_typed(page, office):
    sign_in(page, "jingban", PASSWORD)
    page.goto(reverse("papers:revise_master", args=[office.world.committee.pk, "approval"]))
    assert page.locator("#tried img").count() >= 1
    page.get_by_label("正文").fill("同意{颜色}。")
    page.get_by_text("没有“{颜色}”这个空").wait_for()
    page.get_by_label("正文").fill("经{决定机构}研究，同意{事项}。")
    page.locator("#tried img").first.wait_for()
    page.get_by_role("button", name="存为新版").click()
    page.get_by_text("已保存").wait_for()
