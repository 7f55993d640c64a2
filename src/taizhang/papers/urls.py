from django.urls import path

from taizhang.papers.views import acts, files, offices, register, stacks

app_name = "papers"
urlpatterns = [
    path("", register.list, name="list"),
    path("waiting/", register.waiting, name="waiting"),
    path("sign/", stacks.sign_many, name="sign_many"),
    path("issue/", stacks.issue_many, name="issue_many"),
    path("printing/", stacks.printing, name="printing"),
    path("compose/", acts.compose, name="compose"),
    path("<int:pk>/", register.detail, name="detail"),
    path("<int:pk>/page/<int:number>.png", files.page, name="page"),
    path("<int:pk>/pdf/", files.pdf, name="pdf"),
    path("<int:pk>/word/", files.word, name="word"),
    path("<int:pk>/render/", files.render, name="render"),
    path("<int:pk>/revise/", acts.revise, name="revise"),
    path("<int:pk>/check/", acts.check, name="check"),
    path("<int:pk>/send-back/", acts.send_back, name="send_back"),
    path("<int:pk>/sign/", acts.sign, name="sign"),
    path("<int:pk>/issue/", acts.issue, name="issue"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("<int:pk>/void/", acts.void, name="void"),
    path("offices/", offices.offices, name="offices"),
    path("offices/<int:pk>/agency/", offices.set_agency, name="set_agency"),
    path("offices/<int:pk>/series/", offices.continue_series, name="continue_series"),
    path("wordings/", offices.masters, name="masters"),
    path("wordings/<int:pk>/<str:kind>/", offices.revise_master, name="revise_master"),
    path("wordings/<int:pk>/<str:kind>/try/", offices.try_wording, name="try_wording"),
]
