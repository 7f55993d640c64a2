"""Draft, check, sign, issue (flow); the original as PDF (originals); the head and wording an office issues under (offices).

For procedures:

    paper = papers.draft(case, "approval", facts={"matter": "…", "body": "…", …}, to=["中共…支部"], on=day, by=clerk)

`facts` are under the keys of the kind's fields (`kinds.kind_of("approval").fields`): text, a day, or a list of strings; a missing required
one is refused, an unknown one is a ValueError. The text is filled from the wording in force on the day. What follows is done by people:
`check`, `sign` (the date of the paper), `issue` (the number; the PDF follows in a job), or `send_back`, `withdraw`; each leaves a step on the
paper's case. `void` takes back what was issued. Whoever holds a paper's number holds `paper.number` ("皖社党〔2017〕3号", empty until issued).
"""

from taizhang.papers.actions.flow import check, compose, draft, issue, revise, send_back, sign, void, withdraw
from taizhang.papers.actions.offices import continue_series, revise_master, set_agency
from taizhang.papers.actions.originals import note_failure, render, unrendered

__all__ = [
    "check",
    "compose",
    "continue_series",
    "draft",
    "issue",
    "note_failure",
    "render",
    "revise",
    "revise_master",
    "send_back",
    "set_agency",
    "sign",
    "unrendered",
    "void",
    "withdraw",
]
