"""Figures for programs: one question each, what must hold between them, and what is aimed at."""

from taizhang.stats.api import aiming, asking, reconciling

routers = {
    "/figures": asking.router,
    "/checks": reconciling.router,
    "/targets": aiming.router,
    "/dashboard": aiming.dashboards,
}
