from django.urls import path

from taizhang.papers import views

app_name = "papers"
urlpatterns = [
    path("", views.list, name="list"),
    path("compose/", views.compose, name="compose"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/revise/", views.revise, name="revise"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/send-back/", views.send_back, name="send_back"),
    path("<int:pk>/sign/", views.sign, name="sign"),
    path("<int:pk>/issue/", views.issue, name="issue"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/void/", views.void, name="void"),
    path("agency/<int:pk>/", views.set_agency, name="set_agency"),
    path("agency/<int:pk>/series/", views.continue_series, name="continue_series"),
    path("offices/", views.offices, name="offices"),
]
