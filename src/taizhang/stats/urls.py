from django.urls import path

from taizhang.stats import views

app_name = "stats"
urlpatterns = [
    path("", views.home, name="home"),
    path("tile/", views.tile, name="tile"),
    path("<slug:figure>/", views.figure, name="figure"),
    path("<slug:figure>/records/", views.records, name="records"),
    path("<slug:figure>/changes/", views.changes, name="changes"),
    path("<slug:figure>/bars.json", views.bars, name="bars"),
    path("<slug:figure>/line.json", views.line, name="line"),
    path("<slug:figure>.json", views.json, name="json"),
]
