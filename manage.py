#!/usr/bin/env python
"""Django's own commands. Those that change the schema, and the tests, work as the database's owner."""

import os
import sys

OWNERS_COMMANDS = {"migrate", "makemigrations", "flush", "test", "dbshell", "pgtrigger", "sqlmigrate", "showmigrations"}

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNERS_COMMANDS:
        os.environ.setdefault("TAIZHANG_AS_OWNER", "1")
    execute_from_command_line(sys.argv)
