from django.urls import path

from taizhang.instructors import views

app_name = "instructors"
urlpatterns = [
    path("", views.list, name="list"),
    path("enlist/", views.enlist, name="enlist"),
    path("recruit/", views.recruit, name="recruit"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/post/", views.post, name="post"),
    path("posting/<int:pk>/end/", views.end_posting, name="end_posting"),
    path("posting/<int:pk>/correct/", views.correct, name="correct"),
    path("posting/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
