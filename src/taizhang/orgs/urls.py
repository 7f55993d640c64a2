from django.urls import path

from taizhang.orgs import views
from taizhang.orgs.views import merging

app_name = "orgs"
urlpatterns = [
    path("", views.list, name="list"),
    path("choose-office/", views.choose_office, name="choose_office"),
    path("choose/", views.choose, name="choose"),
    path("register/", views.register, name="register"),
    path("<int:pk>/enter/", views.enter, name="enter"),
    path("<int:pk>/rename/", views.rename, name="rename"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("<int:pk>/strike-off/", views.strike_off, name="strike_off"),
    path("<int:pk>/workforce/", views.declare_workforce, name="declare_workforce"),
    path("<int:pk>/correct/<slug:noun>/<int:fact>/", views.correct, name="correct"),
    path("<int:pk>/withdraw/<slug:noun>/<int:fact>/", views.withdraw, name="withdraw"),
    path("doubles/", merging.doubles, name="doubles"),
    path("mergers/", merging.mergers, name="mergers"),
    path("mergers/<int:pk>/undo/", merging.unmerge, name="unmerge"),
    path("<int:pk>/merge/<int:other>/", merging.merge, name="merge"),
    path("told-apart/", merging.told_apart, name="told_apart"),
    path("told-apart/<int:pk>/undo/", merging.offer_again, name="offer_again"),
    path("<int:pk>/tell-apart/<int:other>/", merging.tell_apart, name="tell_apart"),
    path("units/", views.units, name="units"),
    path("units/create/", views.create_unit, name="create_unit"),
    path("units/<int:pk>/rename/", views.rename_unit, name="rename_unit"),
    path("units/<int:pk>/alias/", views.add_alias, name="add_alias"),
]
