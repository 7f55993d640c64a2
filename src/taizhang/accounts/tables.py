"""The lists of one's own errands, and of what an errand left undone."""

from taizhang.accounts.kept import Errand
from taizhang.kit.addresses import address_of
from taizhang.kit.lists import Column, Table


def came_of(errand: Errand) -> str:
    if errand.is_file:
        return f"{errand.done:,} 条"
    return f"办成 {errand.done:,}，未办 {errand.refused:,}"


ERRANDS = Table(
    (
        Column("名称", "title", link=address_of, style="wide"),
        Column("情况", lambda errand: errand.get_state_display(), style="short"),
        Column("结果", came_of, style="short"),
        Column("提出时间", "asked_at", sort="asked_at", style="short"),
        Column("办完时间", "ended_at", sort="ended_at", style="short", aside=True),
    )
)
REFUSALS = Table(
    (Column("对象", "row", style="wide"), Column("原因", "reason", style="wide"), Column("下步", "remedy"))
)
