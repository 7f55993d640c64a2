"""Who does what with a paper, and why it cannot be checked, signed, issued or taken back."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from taizhang.accounts.models import Role, User
from taizhang.kit.refusals import Obstacle
from taizhang.papers import wording
from taizhang.papers.kinds import Kind
from taizhang.papers.models import TRANSITIONS, Agency, Paper, State

WRITERS = frozenset({Role.CLERK, Role.REVIEWER, Role.UNIT_CLERK, Role.UNIT_REVIEWER})
SIGNERS = frozenset({Role.LEADER})
WHO: dict[str, frozenset[str]] = {
    "draft": WRITERS | SIGNERS,
    "revise": WRITERS,
    "check": WRITERS,
    "send_back": WRITERS | SIGNERS,
    "sign": SIGNERS,
    "issue": WRITERS,
    "withdraw": WRITERS | SIGNERS,
    "void": WRITERS | SIGNERS,
    "render": WRITERS | SIGNERS,
    "revise_master": WRITERS,
    "set_agency": WRITERS,
    "continue_series": WRITERS,
}
CALLED = {
    "draft": "拟稿",
    "revise": "修改",
    "check": "核稿",
    "send_back": "退回",
    "sign": "签发",
    "issue": "印发",
    "withdraw": "撤稿",
    "void": "作废",
}
TITLE_LIMIT, BODY_LIMIT = 200, 20_000


def abilities(user: User, paper: Paper) -> frozenset[str]:
    """What this person may do with the paper as it is now; who did one of check and sign may not do the other."""
    may = {
        verb
        for verb, (states, _) in TRANSITIONS.items()
        if paper.state in states and user.holds(WHO[verb], paper.issuer)
    }
    return frozenset(
        verb for verb in may if not any(obstacles_of_hands(verb, paper, user, hands=3)) or verb not in APART
    )


APART = frozenset({"check", "sign"})


def obstacles_to(verb: str, paper: Paper) -> Iterator[Obstacle]:
    states, _ = TRANSITIONS[verb]
    if paper.state not in states:
        yield Obstacle(
            "wrong-state",
            f"这份文书{State(paper.state).label}，不能{CALLED[verb]}",
            remedy="请刷新页面，看它现在的情况",
        )


def obstacles_of_hands(verb: str, paper: Paper, by: User, *, hands: int) -> Iterator[Obstacle]:
    """Who drafted does not check or sign; with three hands who checked does not sign either."""
    said = CALLED[verb]
    if hands > 1 and paper.drafted_by_id == by.pk:
        yield Obstacle("own-draft", f"这份文书由您拟稿，不能由您{said}", remedy=f"请另一位同事{said}")
    if hands > 2 and verb == "sign" and paper.checked_by_id == by.pk:
        yield Obstacle("own-check", "这份文书由您核稿，不能由您签发", remedy="请另一位负责人签发")


def obstacles_to_facts(kind: Kind, facts: dict) -> Iterator[Obstacle]:
    for field in kind.fields:
        if field.required and not facts.get(field.key):
            yield Obstacle(
                "fact-missing", f"{kind.label}缺少“{field.label}”", remedy=f"填写{field.label}", where=field.key
            )


def obstacles_in_text(kind: Kind, *, title: str, body: str, addressees: list[str]) -> Iterator[Obstacle]:
    """What must be right before a paper leaves its drafter."""
    if not title.strip():
        yield Obstacle("no-title", "没有标题", remedy="写上标题", where="title")
    if not body.strip():
        yield Obstacle("no-body", "没有正文", remedy="写上正文", where="body")
    if kind.layout in ("document", "letter") and not addressees:
        yield Obstacle("no-addressee", "没有主送机关", remedy="写上主送机关", where="addressees")
    for where, text in (("title", title), ("body", body)):
        if left := wording.blanks(text):
            named = "、".join(f"{{{each}}}" for each in left)
            yield Obstacle("blank-left", f"还有没填的空：{named}", remedy="填好，或删去", where=where)
    yield from too_long(title, body)


def too_long(title: str, body: str) -> Iterator[Obstacle]:
    if len(title) > TITLE_LIMIT:
        yield Obstacle("title-too-long", f"标题超过{TITLE_LIMIT}字", remedy="改短", where="title")
    if len(body) > BODY_LIMIT:
        yield Obstacle("body-too-long", f"正文超过{BODY_LIMIT}字", remedy="把细节改作附件", where="body")


def obstacles_to_signing(paper: Paper, on: date) -> Iterator[Obstacle]:
    if on < paper.drafted_on:
        yield Obstacle("before-draft", f"{paper.drafted_on}才拟稿，不能在此之前签发", remedy="核对日期", where="on")


def obstacles_to_issuing(paper: Paper, agency: Agency | None, on: date) -> Iterator[Obstacle]:
    if agency is None:
        yield no_agency(paper, on)
    if paper.dated_on and on < paper.dated_on:
        yield Obstacle("before-signing", f"{paper.dated_on}才签发，不能在此之前印发", remedy="核对日期", where="on")


def no_agency(paper: Paper, on: date) -> Obstacle:
    return Obstacle(
        "no-agency",
        f"{paper.issuer}在{on}还没有设定发文机关（署名、标志、机关代字）",
        remedy="先在“文书—发文机关”里设定",
    )


def obstacles_to_rendering(paper: Paper) -> Iterator[Obstacle]:
    if not paper.is_issued:
        yield Obstacle("not-issued", "还没有印发，没有正本", remedy="先核稿、签发、印发")


def obstacles_to_order(last: Paper | None, on: date) -> Iterator[Obstacle]:
    """Numbers go with the days: a later number has no earlier day of issue."""
    if last is not None and last.issued_on and on < last.issued_on:
        yield Obstacle(
            "out-of-order",
            f"{last.number}已于{last.issued_on}印发，后一个文号的日期不能更早",
            remedy="改用当天或更晚的日期",
            where="on",
        )


def note_missing(note: str, what: str) -> Iterator[Obstacle]:
    if not note.strip():
        yield Obstacle("no-reason", f"没有说明{what}的原因", remedy="写明原因，办理记录里要查得到", where="note")


def obstacles_to_agency(taken: list[str]) -> Iterator[Obstacle]:
    for code in taken:
        yield Obstacle("code-taken", f"机关代字“{code}”已由别的单位使用", remedy="换一个代字", where="code")


def obstacles_to_series(code: str, year: int, *, begun: bool, known: bool, own: bool) -> Iterator[Obstacle]:
    if not own:
        yield Obstacle("not-own-code", f"“{code}”不是本单位的机关代字", remedy="先在“发文机关”里设定代字", where="code")
    if begun or known:
        yield Obstacle(
            "series-begun",
            f"{code}〔{year}〕已经开始编号",
            remedy="续接只能在这一年第一个文号之前设定，而且只设一次",
            where="before",
        )


def awaiting(user: User) -> Q:
    """Papers whose next move is this person's: to check, sign or issue for an office, or to mend what was sent back."""
    mine = Q(state=State.DRAFT, drafted_by=user.pk) & ~Q(sent_back="")
    for held in user.active_grants:
        here = Q(issuer__path__startswith=held.unit.path)
        if held.role in WHO["check"]:
            mine |= here & Q(state=State.DRAFT, sent_back="") & ~Q(drafted_by=user.pk)
        if held.role in WHO["sign"]:
            mine |= here & Q(state=State.CHECKED) & ~Q(drafted_by=user.pk) & ~Q(checked_by=user.pk)
        if held.role in WHO["issue"]:
            mine |= here & Q(state=State.SIGNED)
    return mine
