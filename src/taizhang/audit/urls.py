from django.urls import path

from taizhang.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.list, name="list"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/ask/", views.ask, name="ask"),
    path("openings/", views.openings, name="openings"),
    path("openings/<int:pk>/", views.opening, name="opening"),
    path("openings/<int:pk>/decide/", views.decide, name="decide"),
    path("openings/<int:pk>/open/", views.open_values, name="open"),
]
