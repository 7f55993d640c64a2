from django.urls import path

from taizhang.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.list_accounts, name="list"),
    path("open/", views.open_account, name="open_account"),
    path("holders/", views.holders, name="holders"),
    path("me/", views.me, name="me"),
    path("audit/", views.audit, name="audit"),
    path("<int:pk>/", views.account, name="account"),
    path("<int:pk>/grant/", views.grant, name="grant"),
    path("<int:pk>/reset-password/", views.reset_password, name="reset_password"),
    path("<int:pk>/close/", views.close_account, name="close_account"),
    path("grants/<int:pk>/delegate/", views.delegate, name="delegate"),
    path("delegations/<int:pk>/end/", views.end_delegation, name="end_delegation"),
    path("grants/<int:pk>/end/", views.end_grant, name="end_grant"),
]
