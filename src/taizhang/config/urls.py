"""The addresses of all slices: `/<slice>/…` from `taizhang/<slice>/urls.py`."""

from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []
for _name in settings.SLICES:
    if apps.is_installed(f"taizhang.{_name}") and find_spec(f"taizhang.{_name}.urls"):
        urlpatterns.append(path("" if _name == "desk" else f"{_name}/", include(f"taizhang.{_name}.urls")))
if apps.is_installed("allauth.account"):
    urlpatterns += [path("sign-in/", include("allauth.account.urls")), path("sign-in/", include("allauth.mfa.urls"))]
