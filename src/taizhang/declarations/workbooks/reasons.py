"""Why a workbook, or a row of one, is not taken in. What is not the sender's is refused in the same words as what is forged."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from taizhang.declarations.workbooks.sealing import Seal
from taizhang.kit.refusals import Obstacle

MOST_ROWS = 3_000  # organisations of one workbook
NOT_OURS = Obstacle(
    "not-ours",
    "不是这个填报任务发给您单位的工作簿，或者行校验码被改过，没有写入",
    remedy="在本任务的“工作簿”页下载，填在下载的那一本里再送；行校验码从下载的原件恢复",
)
OUT_OF_REACH = Obstacle("out-of-reach", "这一行现在不由您填报，没有写入", remedy="由现在负责的单位填报")
BROKEN = Obstacle(
    "broken-off",
    "处理时出了意外，停在中途：已写入的行都在，其余没有写入",
    remedy="再送一次，已写入的不会重复；仍不行的，请告诉管理员",
)
MAY_NOT = Obstacle("asker-may-not", "开始处理时，送回人已经没有这项权限", remedy="请由现在有权限的人送回")
FILE_GONE = Obstacle("file-gone", "送回的文件按规定只保存一天，已经清除，没有写入", remedy="再送一次")


def obstacles_to_taking_out(number: int) -> Iterator[Obstacle]:
    if number == 0:
        yield Obstacle(
            "nothing-to-fill",
            "这个范围内没有要填的：都已提交，或者不在本任务里",
            remedy="看任务的进度；要改的，先取回或请审核人退回",
        )
    if number > MOST_ROWS:
        yield Obstacle("too-many", f"超过{MOST_ROWS}家，一本工作簿装不下", remedy="选一个单位，分开下载", where="unit")


def obstacles_to_running(seals: Iterable[Seal], *, on: date) -> Iterator[Obstacle]:
    if past := [each for each in seals if not each.runs_on(on)]:
        yield Obstacle(
            "expired",
            f"这本工作簿的有效期到{min(each.expires_on for each in past)}，已经失效，没有写入",
            remedy="重新下载一本，把改过的格子抄过去再送；旧的留着对照",
        )


def in_several_rows(rows: Sequence[int]) -> Obstacle:
    places = "、".join(map(str, rows))
    return Obstacle("in-several-rows", f"第{places}行是同一家社会组织，都没有写入", remedy="只留一行，再送")
