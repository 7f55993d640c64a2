from django.urls import path

from taizhang.stats.views import aiming, asking, dashboard, reconciling

app_name = "stats"
urlpatterns = [
    path("", asking.home, name="home"),
    path("what-if/", asking.what_if, name="what_if"),
    path("what-if/keep/", asking.keep_scenario, name="keep_scenario"),
    path("what-if/<int:pk>/forget/", asking.forget_scenario, name="forget_scenario"),
    path("checks/", reconciling.checks, name="checks"),
    path("checks/<slug:check>/", reconciling.check, name="check"),
    path("bridge/", reconciling.bridge, name="bridge"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/look/", dashboard.look, name="look"),
    path("targets/", aiming.targets, name="targets"),
    path("targets/set/", aiming.set_target, name="set_target"),
    path("targets/<int:pk>/", aiming.target, name="target"),
    path("targets/<int:pk>/end/", aiming.end_target, name="end_target"),
    path("tile/", asking.tile, name="tile"),
    path("<slug:figure>/", asking.figure, name="figure"),
    path("<slug:figure>/records/", asking.records, name="records"),
    path("<slug:figure>/changes/", asking.changes, name="changes"),
    path("<slug:figure>/trend/", aiming.trend, name="trend"),
    path("<slug:figure>/trend.json", aiming.trend_line, name="trend_line"),
    path("<slug:figure>/multiples/", aiming.multiples, name="multiples"),
    path("<slug:figure>/bars.json", asking.bars, name="bars"),
    path("<slug:figure>/line.json", asking.line, name="line"),
    path("<slug:figure>.json", asking.json, name="json"),
]
