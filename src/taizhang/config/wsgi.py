import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.config.settings")
application = get_wsgi_application()

from taizhang.config.readiness import read_ahead  # noqa: E402 (models are there now)

read_ahead()
