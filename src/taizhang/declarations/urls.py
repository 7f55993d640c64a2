from django.urls import path

from taizhang.declarations import views
from taizhang.declarations.views import filling, reviewing, rounds, workbooks

app_name = "declarations"
urlpatterns = [
    path("", views.list, name="list"),
    path("queue/", reviewing.queue, name="queue"),
    path("start/", filling.start, name="start"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/open/", rounds.open_round, name="open_round"),
    path("rounds/<int:pk>/", rounds.round, name="round"),
    path("rounds/<int:pk>/hand-out/", rounds.hand_out, name="hand_out"),
    path("rounds/<int:pk>/workbook/", workbooks.send, name="send"),
    path("rounds/<int:pk>/workbook/file/", workbooks.take_out, name="take_out"),
    path("sendings/<int:pk>/", workbooks.sending, name="sending"),
    path("sendings/<int:pk>/marked/", workbooks.marked, name="marked"),
    path("sendings/<int:pk>/again/", workbooks.take_in_again, name="take_in_again"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/keep/<str:record>/", filling.keep, name="keep"),
    path("<int:pk>/drop/<str:record>/", filling.drop, name="drop"),
    path("<int:pk>/sample/", filling.sample, name="sample"),
    path("<int:pk>/confirm/", filling.confirm, name="confirm"),
    path("<int:pk>/submit/", filling.submit, name="submit"),
    path("<int:pk>/take-back/", filling.take_back, name="take_back"),
    path("<int:pk>/pass-on/", reviewing.pass_on, name="pass_on"),
    path("<int:pk>/accept/", reviewing.accept, name="accept"),
    path("<int:pk>/send-back/", reviewing.send_back, name="send_back"),
    path("<int:pk>/reverse/", reviewing.reverse_acceptance, name="reverse"),
    path("<int:pk>/end/", reviewing.end, name="end"),
]
