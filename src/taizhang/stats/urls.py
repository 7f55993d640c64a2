from django.urls import path

from taizhang.stats import views

app_name = "stats"
urlpatterns = [
    path("", views.home, name="home"),
    path("what-if/", views.what_if, name="what_if"),
    path("what-if/keep/", views.keep_scenario, name="keep_scenario"),
    path("what-if/<int:pk>/forget/", views.forget_scenario, name="forget_scenario"),
    path("tile/", views.tile, name="tile"),
    path("<slug:figure>/", views.figure, name="figure"),
    path("<slug:figure>/records/", views.records, name="records"),
    path("<slug:figure>/changes/", views.changes, name="changes"),
    path("<slug:figure>/bars.json", views.bars, name="bars"),
    path("<slug:figure>/line.json", views.line, name="line"),
    path("<slug:figure>.json", views.json, name="json"),
]
