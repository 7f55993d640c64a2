from django.urls import path

from taizhang.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.list, name="list"),
    path("upload/", views.upload, name="upload"),
    path("template/", views.blank, name="template"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/apply/", views.apply, name="apply"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/throw-away/", views.throw_away, name="throw_away"),
    path("<int:pk>/annotated/", views.annotated, name="annotated"),
]
