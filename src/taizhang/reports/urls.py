from django.urls import path

from taizhang.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.home, name="home"),
    path("choose/", views.choose, name="choose"),
    path("publish/", views.publish, name="publish"),
    path("published/<int:pk>/", views.detail, name="detail"),
    path("<slug:year>/", views.annual, name="annual"),
    path("<slug:year>/<slug:suffix>", views.file, name="file"),
]
