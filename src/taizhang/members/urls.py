from django.urls import path

from taizhang.members import views
from taizhang.members.views import merging, own

app_name = "members"
urlpatterns = [
    path("", views.list, name="list"),
    path("choose/", views.choose, name="choose"),
    path("enrol/", views.enrol, name="enrol"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/amend/", views.amend, name="amend"),
    path("<int:pk>/reveal/", views.reveal, name="reveal"),
    path("<int:pk>/forget/", views.forget, name="forget"),
    path("<int:pk>/erase/", views.erase, name="erase"),
    path("<int:pk>/hand-out/", own.hand_out, name="hand_out"),
    path("<int:pk>/link-account/", own.link_account, name="link_account"),
    path("doubles/", merging.doubles, name="doubles"),
    path("mergers/", merging.mergers, name="mergers"),
    path("mergers/<int:pk>/undo/", merging.unmerge, name="unmerge"),
    path("<int:pk>/merge/<int:other>/", merging.merge, name="merge"),
    path("told-apart/", merging.told_apart, name="told_apart"),
    path("told-apart/<int:pk>/undo/", merging.offer_again, name="offer_again"),
    path("<int:pk>/tell-apart/<int:other>/", merging.tell_apart, name="tell_apart"),
    path("own/", own.own, name="own"),
    path("privacy/", own.privacy, name="privacy"),
    path("past-retention/", own.past_retention, name="past_retention"),
    path("<int:pk>/engage/", views.engage, name="engage"),
    path("<int:pk>/admit/", views.admit, name="admit"),
    path("<int:pk>/become-full/", views.become_full, name="become_full"),
    path("<int:pk>/appoint/", views.appoint, name="appoint"),
    path("engagement/<int:pk>/leave/", views.leave, name="leave"),
    path("membership/<int:pk>/end/", views.end_membership, name="end_membership"),
    path("post/<int:pk>/end/", views.end_post, name="end_post"),
    path("correct/<slug:noun>/<int:pk>/", views.correct, name="correct"),
    path("withdraw/<slug:noun>/<int:pk>/", views.withdraw, name="withdraw"),
    path("party/<int:pk>/roster/", views.roster, name="roster"),
    path("party/<int:pk>/dissolve/", views.dissolve, name="dissolve"),
    path("party/<int:pk>/withdraw-establishment/", views.withdraw_establishment, name="withdraw_establishment"),
]
