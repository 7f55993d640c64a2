from django.urls import path

from taizhang.formation import views
from taizhang.formation.views import groupings

app_name = "formation"
urlpatterns = [
    path("", views.list, name="list"),
    path("start/", views.start, name="start"),
    path("pooled/", groupings.pooled, name="pooled"),
    path("groupings/", groupings.groupings, name="groupings"),
    path("groupings/group/", groupings.group, name="group"),
    path("groupings/<int:pk>/", groupings.grouping, name="grouping"),
    path("groupings/<int:pk>/placements/", groupings.placements, name="placements"),
    path("groupings/<int:pk>/regroup/", groupings.regroup, name="regroup"),
    path("groupings/groups/<int:pk>/draft/", groupings.draft_joint, name="draft_joint"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/keep/", views.keep, name="keep"),
    path("<int:pk>/invite/", views.invite, name="invite"),
    path("participant/<int:pk>/disinvite/", views.disinvite, name="disinvite"),
    path("participant/<int:pk>/consent/", views.consent, name="consent"),
    path("<int:pk>/propose/", views.propose, name="propose"),
    path("nominee/<int:pk>/drop/", views.drop, name="drop"),
    path("<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/accept/", views.accept, name="accept"),
    path("<int:pk>/send-back/", views.send_back, name="send_back"),
    path("<int:pk>/redirect/", views.redirect, name="redirect"),
    path("<int:pk>/schedule/", views.schedule, name="schedule"),
    path("<int:pk>/reverse/", views.reverse_at_sitting, name="reverse"),
    path("<int:pk>/file-approval/", views.file_approval, name="file_approval"),
    path("<int:pk>/file-refusal/", views.file_refusal, name="file_refusal"),
    path("<int:pk>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("<int:pk>/reply/", views.reply, name="reply"),
    path("<int:pk>/answer/", views.answer, name="answer"),
    path("<int:pk>/record-result/", views.record_result, name="record_result"),
    path("<int:pk>/agree-result/", views.agree_result, name="agree_result"),
    path("<int:pk>/conclude/", views.conclude, name="conclude"),
]
