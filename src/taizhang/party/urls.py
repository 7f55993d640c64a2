from django.urls import path

from taizhang.party import views

app_name = "party"
urlpatterns = [
    path("", views.list, name="list"),
    path("choose/", views.choose, name="choose"),
    path("choose-superior/", views.choose_superior, name="choose_superior"),
    path("establish/", views.establish, name="establish"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/cover/", views.cover, name="cover"),
    path("<int:pk>/change/", views.change, name="change"),
    path("coverage/<int:pk>/uncover/", views.uncover, name="uncover"),
    path("absence/<int:pk>/", views.state_absence, name="state_absence"),
    path("correct/<slug:noun>/<int:pk>/", views.correct, name="correct"),
    path("withdraw/<slug:noun>/<int:pk>/", views.withdraw, name="withdraw"),
]
