"""The jobs of this slice: the original of an issued paper is set in type, at once, or at the latest within a quarter of an hour."""

from taizhang.accounts.models import User
from taizhang.accounts.working import asked_for, of_the_house
from taizhang.papers import actions as papers
from taizhang.papers.models import Paper

AT_ONCE = 200


@asked_for("papers.render")
def render(*, paper: int, by: User) -> None:
    attempt(Paper.objects.visible_to(by).get(pk=paper), by=by)


@of_the_house("papers.render_rest", cron="*/15 * * * *")
def render_rest() -> None:
    """What could not be rendered when it was issued is tried again."""
    for paper in papers.unrendered(AT_ONCE):
        try:
            attempt(paper, by=None)
        except Exception:  # noqa: S112 (it is noted on the paper; the next one must not wait for it)
            continue


def attempt(paper: Paper, *, by: User | None) -> None:
    """What goes wrong is noted on the paper, and the job is over; nothing of the paper changes."""
    try:
        papers.render(paper, by=by)
    except Exception as error:
        papers.note_failure(paper, reason=str(error) or type(error).__name__, by=by)
        raise
