from django.urls import path

from taizhang.meetings import views

app_name = "meetings"
urlpatterns = [
    path("", views.list, name="list"),
    path("set-up/", views.set_up, name="set_up"),
    path("body/<int:pk>/", views.body, name="body"),
    path("body/<int:pk>/seat/", views.seat, name="seat"),
    path("seat/<int:pk>/unseat/", views.unseat, name="unseat"),
    path("body/<int:pk>/rules/", views.adopt_rules, name="adopt_rules"),
    path("body/<int:pk>/convene/", views.convene, name="convene"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/postpone/", views.postpone, name="postpone"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/attend/", views.attend, name="attend"),
    path("<int:pk>/begin/", views.begin, name="begin"),
    path("<int:pk>/adjourn/", views.adjourn, name="adjourn"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/agenda/", views.put_on_agenda, name="put_on_agenda"),
    path("<int:pk>/unopposed/", views.unopposed, name="unopposed"),
    path("item/<int:pk>/", views.resolve, name="resolve"),
    path("item/<int:pk>/take-off/", views.take_off, name="take_off"),
]
