from django.urls import path

from taizhang.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("organisations/<int:pk>/", views.organization, name="organization"),
    path("organisations/<int:pk>/concerned/", views.concerned, name="concerned"),
    path("accounts/<int:pk>/in-hand/", views.in_hand, name="in_hand"),
    path("history/<slug:thing>/<int:pk>/", views.history, name="history"),
    path("units/<int:pk>/", views.unit, name="unit"),
]
