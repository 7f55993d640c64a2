from django.urls import path

from taizhang.statutes import views

app_name = "statutes"
urlpatterns = [
    path("", views.list, name="list"),
    path("parameters/", views.parameters, name="parameters"),
    path("documents/", views.documents, name="documents"),
    path("documents/<slug:key>/", views.document, name="document"),
    path("clauses/<slug:key>/", views.clause, name="clause"),
]
