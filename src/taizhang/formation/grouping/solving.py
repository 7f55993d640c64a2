"""HiGHS: one aim after the other, each kept while the next is sought.

The solver takes 20 MB, so it is loaded with the first question.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from taizhang.formation.grouping.model import Model

if TYPE_CHECKING:
    import highspy

LEAST = 0.05  # seconds
SHARE = 0.6  # of the time that is left, for an aim that others follow


@dataclass(frozen=True)
class Aim:
    name: str
    costs: list[float]
    is_maximal: bool = True


@dataclass(frozen=True)
class Reached:
    """`bound`: no answer is better than this; equal to `value` where that is proven."""

    name: str
    value: float
    bound: float

    @property
    def is_proven(self) -> bool:
        return round(self.value) == round(self.bound)


def solve(model: Model, aims: list[Aim], *, seconds: float) -> tuple[list[int], list[Reached]]:
    """The number of each column, and how far each aim was reached. The same model gives the same answer, on any day."""
    import highspy

    ends = time.monotonic() + seconds
    best: list[int] = []
    reached: list[Reached] = []
    for place, aim in enumerate(aims):
        left = (ends - time.monotonic()) * (SHARE if place + 1 < len(aims) else 1.0)
        highs = passed(model, aim, seconds=max(left, LEAST))
        if best:
            known = highspy.HighsSolution()
            known.col_value = [float(number) for number in best]
            highs.setSolution(known)
        highs.run()
        info = highs.getInfo()
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            best = [round(number) for number in highs.getSolution().col_value]
        best = best or [0] * model.columns
        value = float(sum(number * cost for number, cost in zip(best, aim.costs, strict=True)))
        proven = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        reached.append(Reached(aim.name, value, value if proven else info.mip_dual_bound))
        model.keep(aim.costs, value, is_maximal=aim.is_maximal)
    return best, reached


def passed(model: Model, aim: Aim, *, seconds: float) -> "highspy.Highs":
    import highspy
    import numpy as np

    highs = highspy.Highs()
    options = {"output_flag": False, "random_seed": 1, "threads": 1, "mip_rel_gap": 0.0, "time_limit": seconds}
    for option, value in options.items():
        highs.setOptionValue(option, value)
    columns: list[list[tuple[int, float]]] = [[] for _ in range(model.columns)]
    for row, (coefficients, _, _) in enumerate(model.rows):
        for column, coefficient in coefficients.items():
            columns[column].append((row, coefficient))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = model.columns, len(model.rows)
    lp.col_cost_ = np.array(aim.costs)
    lp.col_lower_, lp.col_upper_ = np.zeros(model.columns), np.array(model.upper)
    lp.row_lower_ = np.array([lower for _, lower, _ in model.rows])
    lp.row_upper_ = np.array([upper for _, _, upper in model.rows])
    lp.sense_ = highspy.ObjSense.kMaximize if aim.is_maximal else highspy.ObjSense.kMinimize
    lp.integrality_ = [highspy.HighsVarType.kInteger] * model.columns
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(entries) for entries in columns)]).astype(np.int32)
    lp.a_matrix_.index_ = np.array([row for entries in columns for row, _ in entries], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([value for entries in columns for _, value in entries])
    highs.passModel(lp)
    return highs
