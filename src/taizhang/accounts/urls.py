from django.urls import path

from taizhang.accounts import views
from taizhang.accounts.views import errands, tokens

app_name = "accounts"
urlpatterns = [
    path("", views.list_accounts, name="list"),
    path("open/", views.open_account, name="open_account"),
    path("sign-ins/", views.sign_ins, name="sign_ins"),
    path("sign-ins/end-others/", views.end_other_sign_ins, name="end_other_sign_ins"),
    path("sign-ins/<int:pk>/end/", views.end_sign_in, name="end_sign_in"),
    path("policy/", views.policy, name="policy"),
    path("<int:pk>/reset-second-step/", views.reset_second_step, name="reset_second_step"),
    path("holders/", views.holders, name="holders"),
    path("me/", views.me, name="me"),
    path("me/tokens/", tokens.own_tokens, name="own_tokens"),
    path("me/tokens/make/", tokens.make_token, name="make_token"),
    path("tokens/<int:pk>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("<int:pk>/", views.account, name="account"),
    path("<int:pk>/grant/", views.grant, name="grant"),
    path("<int:pk>/reset-password/", views.reset_password, name="reset_password"),
    path("<int:pk>/close/", views.close_account, name="close_account"),
    path("grants/<int:pk>/delegate/", views.delegate, name="delegate"),
    path("delegations/<int:pk>/end/", views.end_delegation, name="end_delegation"),
    path("grants/<int:pk>/end/", views.end_grant, name="end_grant"),
    path("errands/", errands.errands_asked, name="errands"),
    path("errands/<int:pk>/", errands.errand, name="errand"),
    path("errands/<int:pk>/refusals/", errands.refusals, name="refusals"),
    path("errands/<int:pk>/resume/", errands.resume, name="resume"),
    path("errands/<int:pk>/file/", errands.errand_file, name="errand_file"),
    path("filters/", errands.keep_filter, name="keep_filter"),
    path("filters/<int:pk>/open-with/", errands.open_with, name="open_with"),
    path("filters/<int:pk>/open-without/", errands.open_without, name="open_without"),
    path("filters/<int:pk>/drop/", errands.drop_filter, name="drop_filter"),
]
