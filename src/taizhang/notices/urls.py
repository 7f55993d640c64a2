from django.urls import path

from taizhang.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.list, name="list"),
    path("see/", views.see, name="see"),
    path("bell/", views.bell, name="bell"),
    path("due/", views.due, name="due"),
    path("due/<int:pk>/", views.detail, name="detail"),
    path("remind/", views.remind, name="remind"),
    path("remindings/", views.remindings, name="remindings"),
    path("remindings/<int:pk>/", views.reminding, name="reminding"),
    path("wish/", views.choose, name="choose"),
    path("letters/", views.letters, name="letters"),
    path("letters/<int:pk>/again/", views.send_again, name="send_again"),
    path("handouts/<int:pk>/mail/", views.mail_codes, name="mail_codes"),
]
