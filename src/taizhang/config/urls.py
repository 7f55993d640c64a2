"""The addresses of all slices: `/<slice>/…` from `taizhang/<slice>/urls.py`."""

from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from taizhang.config.alive import health

urlpatterns: list[URLPattern | URLResolver] = []
for _name in settings.SLICES:
    if apps.is_installed(f"taizhang.{_name}") and find_spec(f"taizhang.{_name}.urls"):
        urlpatterns.append(path("" if _name == "desk" else f"{_name}/", include(f"taizhang.{_name}.urls")))
urlpatterns += [path("sign-in/", include("taizhang.config.sign_in")), path("health", health, name="health")]
urlpatterns.append(path("api/", include("taizhang.config.api")))

handler500 = "taizhang.accounts.middleware.broken"
