from django.urls import path

from taizhang.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.list, name="list"),
    path("<int:pk>/", views.detail, name="detail"),
    path("steps/<int:pk>/", views.step, name="step"),
    path("<int:pk>/remark/", views.remark, name="remark"),
    path("units/<int:pk>/remark/", views.remark_on_unit, name="remark_on_unit"),
    path("<int:pk>/attach/", views.attach, name="attach"),
    path("attachments/<int:pk>/", views.attachment, name="attachment"),
    path("attachments/<int:pk>/withdraw/", views.withdraw_attachment, name="withdraw_attachment"),
]
