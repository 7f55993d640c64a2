from django.urls import path

from taizhang.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.list, name="list"),
    path("<int:pk>/", views.detail, name="detail"),
    path("steps/<int:pk>/", views.step, name="step"),
]
