"""Why a batch cannot be checked, applied, undone or thrown away."""

from collections.abc import Iterable, Iterator
from datetime import date

from taizhang.accounts.models import Unit, User
from taizhang.imports.header import Header, heading_key
from taizhang.imports.models import TRANSITIONS, Batch, State
from taizhang.imports.values import Note
from taizhang.kit.refusals import Obstacle

GONE = Obstacle(
    "asker-may-not",
    "要求办理的人在开始办理时已经没有这项权限，什么也没有做。",
    remedy="请由现在有权限的人再办。",
)
NO_SUCH_HEADING = "no-such-heading"
CALLED = {"check": "检查", "apply": "入账", "throw_away": "放弃", "undo": "撤回"}


def unit_for(user: User, roles: frozenset[str]) -> Unit | None:
    """On whose behalf somebody imports: the highest unit over which they hold one of the roles."""
    units = [grant.unit for grant in user.active_grants if grant.role in roles]
    return min(units, key=lambda unit: len(unit.path), default=None)


def obstacles_to_receiving(on: date, *, today: date) -> Iterator[Obstacle]:
    if on > today:
        yield Obstacle(
            "in-future", f"办理日期{on}还没有到，今天是{today}。", remedy="请改为今天或以前的日期。", where="on"
        )


def obstacles_to_naming(names: dict[str, str], headers: Iterable[Header]) -> Iterator[Obstacle]:
    """A heading that somebody gives a meaning is one of the file's."""
    titles = [title for header in headers for title in header.titles if title]
    known = {heading_key(each) for title in titles for each in (title, *title.split())}
    for heading in names:
        if heading_key(heading) not in known:
            yield Obstacle(
                NO_SUCH_HEADING,
                f"文件里没有“{heading}”这个表头。",
                remedy=f"文件里的表头有：{'、'.join(titles)}。",
            )


def abilities(user: User, batch: Batch, *, roles: frozenset[str]) -> frozenset[str]:
    """Role ∩ state. The sheet says which roles import it: what is checked and applied are verbs of its register."""
    if not user.holds(roles, batch.unit):
        return frozenset()
    return frozenset(verb for verb, states in TRANSITIONS.items() if batch.state in states)


def obstacles_to(verb: str, batch: Batch) -> Iterator[Obstacle]:
    if batch.state not in TRANSITIONS[verb]:
        yield Obstacle(
            "wrong-state",
            f"这一批{State(batch.state).label}，不能{CALLED[verb]}。",
            remedy="请刷新页面，看它现在的情况；需要时重新上传文件。",
        )


def obstacles_to_applying(batch: Batch, *, good_rows: bool) -> Iterator[Obstacle]:
    yield from obstacles_to("apply", batch)
    if batch.rows == 0:
        yield Obstacle("no-rows", "文件里没有一行数据。", remedy="请在表头下面填写数据后再上传。")
    elif batch.rejected and not good_rows:
        yield Obstacle(
            "rows-with-errors",
            f"{batch.rejected} 行有错误，全部改好之前不入账。",
            remedy="请下载标注后的文件改好再上传，或者选择“只入账没有错误的行”。",
        )
    elif batch.rejected == batch.rows:
        yield Obstacle("nothing-good", "每一行都有错误，没有可以入账的行。", remedy="请下载标注后的文件，改好再上传。")


def obstacle_of(note: Note) -> Obstacle:
    return Obstacle(note.code, note.message, remedy=note.remedy)
