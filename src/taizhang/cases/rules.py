"""Who may write a remark, attach and withdraw a file, and why not now."""

from collections.abc import Iterator

from django.urls import reverse

from taizhang.accounts.models import Role, Unit, User
from taizhang.cases.files import A_DAY, MEBIBYTE
from taizhang.cases.models import Attachment, Case, Remark
from taizhang.kit.refusals import Obstacle

RECORDERS = frozenset({Role.CLERK, Role.REVIEWER, Role.LEADER, Role.UNIT_CLERK, Role.SECRETARY})
WHO: dict[str, frozenset[str]] = {
    "remark": RECORDERS,
    "attach": frozenset({Role.CLERK, Role.REVIEWER, Role.UNIT_CLERK, Role.SECRETARY, Role.OPERATOR}),
    "withdraw_attachment": frozenset({Role.CLERK, Role.UNIT_CLERK, Role.SECRETARY, Role.OPERATOR}),
}
LONGEST = 2_000


def abilities(user: User, case: Case) -> frozenset[str]:
    """What this person may add to a matter they see."""
    return frozenset(verb for verb in ("remark", "attach") if user.holds(WHO[verb], case.unit))


def remarks_on(unit: Unit, user: User) -> dict[str, object]:
    """For the page of a unit (cases/unit_remarks.html): its remarks, and where one is written by whoever may."""
    address = reverse("cases:remark_on_unit", args=[unit.pk]) if user.holds(WHO["remark"], unit) else ""
    return {
        "unit_remarks": Remark.objects.visible_to(user).filter(unit=unit, case=None),
        "remark_address": address,
    }


def may_withdraw(user: User, attachment: Attachment) -> bool:
    """Whoever attached it, as long as they still hold a role over the unit; otherwise those who keep its matters."""
    keepers = WHO["withdraw_attachment"] if attachment.by_id == user.pk else {Role.CLERK, Role.UNIT_CLERK}
    return user.holds(keepers, attachment.unit)


def obstacles_to_remark(text: str) -> Iterator[Obstacle]:
    if not text.strip():
        yield Obstacle("text-missing", "没有写备注", remedy="写明要记住的事", where="text")
    if len(text) > LONGEST:
        yield Obstacle("text-too-long", f"备注超过{LONGEST}字", remedy="分几条写，或作为附件上传", where="text")


def obstacles_to_attaching(
    *, title: str, size: int, today_by_user: int, known: Attachment | None
) -> Iterator[Obstacle]:
    if not title.strip():
        yield Obstacle("title-missing", "没有写是什么材料", remedy="如：成立请示、承诺书扫描件", where="title")
    if size + today_by_user > A_DAY:
        limit = A_DAY // MEBIBYTE
        yield Obstacle("quota", f"您一天内上传的文件超过{limit} MB", remedy="明天再传，或请他人代传", where="file")
    if known is not None:
        yield Obstacle(
            "attached-already", f"同一个文件已经在这件事项里：{known}", remedy="核对是否选错了文件", where="file"
        )


def obstacles_to_withdrawing(attachment: Attachment, why: str) -> Iterator[Obstacle]:
    if attachment.withdrawn_at is not None:
        yield Obstacle("withdrawn-already", "这份附件已经撤下", remedy="请刷新页面")
    if not why.strip():
        yield Obstacle("why-missing", "没有写撤下的理由", remedy="写明错在哪里，例如“传错了文件”", where="why")
