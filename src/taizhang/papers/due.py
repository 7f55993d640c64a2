"""Papers that wait for somebody: to be checked, signed or issued."""

from collections.abc import Iterator
from datetime import date, timedelta

from taizhang.notices.sources import Matter, Source
from taizhang.papers.models import Paper, State
from taizhang.papers.rules import SIGNERS, WRITERS

WAITS = 5  # days from the draft: the office's own custom, no rule
WHOSE = {State.DRAFT: (WRITERS, "待核稿"), State.CHECKED: (SIGNERS, "待签发"), State.SIGNED: (WRITERS, "待印发")}


def waiting(on: date) -> Iterator[Matter]:
    """A title may name a person where the paper is about people: then the kind of paper stands for it."""
    for paper in Paper.objects.open().defer("body", "facts").order_by("pk").iterator():
        roles, words = WHOSE[State(paper.state)]
        yield Matter(
            about=f"papers.paper:{paper.pk}",
            title=f"公文{words}" if paper.about_people else f"{paper.title}{words}",
            unit=paper.issuer_id,
            roles=tuple(sorted(roles)),
            due_on=paper.drafted_on + timedelta(days=WAITS),
            days_before=(WAITS, 0, -WAITS),
            about_people=paper.about_people,
        )


PAPERS = Source("papers.waiting", "公文待办", f"拟稿后一般{WAITS}天内核稿、签发、印发", waiting)
