"""Figures for programs: one question each, what must hold between them, and what is aimed at."""

from taizhang.stats.api import aiming, reconciling, supposing

routers = {
    "/figures": supposing.router,  # with those of asking, whose address takes whatever else is said
    "/checks": reconciling.router,
    "/targets": aiming.router,
    "/dashboard": aiming.dashboards,
}
