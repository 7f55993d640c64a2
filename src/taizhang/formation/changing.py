"""Why a Party organisation on record may not be changed, merged, dissolved, or its term extended."""

from collections.abc import Iterator
from datetime import timedelta

from taizhang.formation.facts import Existing, Facts
from taizhang.formation.models import Kind
from taizhang.kit.refusals import Obstacle
from taizhang.party.models import Form
from taizhang.statutes.rules import Criteria


def obstacles_about_existing(facts: Facts, criteria: Criteria) -> Iterator[Obstacle]:
    existing = facts.existing
    assert existing is not None
    if not existing.exists:
        yield Obstacle("not-existing-then", f"{existing.name}在{facts.on}尚未成立或已撤销", remedy="核对日期")
        return
    if facts.kind == Kind.CHANGE:
        same_name = facts.name in ("", existing.name)
        same_form = facts.form in ("", existing.form)
        same_superior = facts.superior in (None, existing.superior)
        if facts.form == Form.SINGLE and existing.covers > 1:
            yield Obstacle(
                "single-covers-one",
                f"{existing.name}覆盖{existing.covers}家，不能改为单独组建",
                remedy="先由其他社会组织分出，或终止对它们的覆盖",
                where="form",
            )
        if same_name and same_form and same_superior:
            yield Obstacle("nothing-changed", "所填与台账现有记载相同", remedy="写明要变更的名称、形式或隶属")
    if facts.kind == Kind.DISSOLVE:
        yield from obstacles_of_those_inside(existing)
    if facts.kind == Kind.MERGE and facts.into is not None:
        if facts.is_same:
            yield Obstacle("into-itself", "不能并入自己", remedy="选择另一个党组织", where="into")
        elif not facts.into.exists:
            yield Obstacle("into-not-existing", f"{facts.into.name}在{facts.on}不存在", remedy="核对", where="into")
        yield from obstacles_of_those_below(existing)
        if existing.members or existing.posts:
            yield Obstacle(
                "members-carried-over",
                f"{len(existing.members)}名党员的组织关系随之转入{facts.into.name}，{len(existing.posts)}个职务从那天起终止",
                remedy="合并后在并入的党组织办理换届",
                severity="warn",
            )
    if facts.kind == Kind.EXTENSION:
        yield from obstacles_to_extending(facts, existing, criteria)


def obstacles_of_those_inside(existing: Existing) -> Iterator[Obstacle]:
    """撤销前先转出 (RULES ORG-13, SO-65): members and posts are named."""
    if existing.members:
        names = "、".join(each for each in existing.members[:10] if each)
        more = f"等{len(existing.members)}人" if len(existing.members) > 10 or not names else ""
        yield Obstacle(
            "members-remain",
            f"仍有党员组织关系在{existing.name}：{names}{more}".replace("：等", "："),
            remedy="先办理这些党员的转出",
            basis="branch-regulation-8",
        )
    for post in existing.posts:
        yield Obstacle("posts-remain", f"{post}尚未免职", remedy="先办理其离任")
    yield from obstacles_of_those_below(existing)


def obstacles_of_those_below(existing: Existing) -> Iterator[Obstacle]:
    for name in existing.subordinates:
        yield Obstacle("subordinates-remain", f"{name}隶属于该党组织", remedy="先变更其隶属关系")


def obstacles_to_extending(facts: Facts, existing: Existing, criteria: Criteria) -> Iterator[Obstacle]:
    """RULES ORG-17: normally no more than a year beyond the term."""
    if existing.term_ends_on is None:
        yield Obstacle("no-term", "台账没有记载本届任期届满日期", remedy="先补记本届任期")
        return
    if facts.extended_until is None:
        return
    ended = existing.elected_until or existing.term_ends_on
    longest = criteria.get("term-extension-max-days", 365)
    days = (facts.extended_until - ended).days
    if facts.extended_until <= existing.term_ends_on:
        yield Obstacle(
            "not-longer", f"本届{existing.term_ends_on}届满，延期应晚于这天", remedy="核对日期", where="extended_until"
        )
    if days > longest:
        yield Obstacle(
            "too-long",
            f"本届{ended}届满，共延期{days}天，超过{longest}天",
            remedy=f"不晚于{ended + timedelta(longest)}；届时应当换届",
            basis=criteria.clause("term-extension-max-days"),
            where="extended_until",
        )
