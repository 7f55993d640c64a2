from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from taizhang.kit.postgres import APPLICATION, Server

# Many ask at once on few cores: workers of one question would each hash the same tables again and take the cores of the others
# (bench/figures_bench.py: three times dearer on two cores), and compiling takes longer than what it compiles.
ONE_CORE_A_QUESTION = "-c max_parallel_workers_per_gather=0 -c jit=off"


class DatabaseWrapper(base.DatabaseWrapper):
    """Two keys of its own in DATABASES: EMBEDDED_HOME, the data folder whose server must run;
    ASSUME_APPLICATION, to leave the owner's role for the application's (where one address serves both)."""

    _role_options: str | None = None

    def get_connection_params(self) -> dict[str, Any]:
        if home := self.settings_dict.get("EMBEDDED_HOME"):
            Server(Path(home)).start()
        params = super().get_connection_params()
        params["options"] = f"{params.get('options', '')} {ONE_CORE_A_QUESTION}".strip()
        if self.settings_dict.get("ASSUME_APPLICATION") and self.settings_dict["NAME"]:
            if self._role_options is None:
                self._role_options = role_options(params)
            if self._role_options:
                params["options"] = f"{params.get('options', '')} {self._role_options}".strip()
        return params


def role_options(params: dict[str, Any]) -> str:
    """How libpq enters the application's role; empty as long as that role does not exist (before the first migration)."""
    plain = {key: value for key, value in params.items() if key not in {"cursor_factory", "context"}}
    with psycopg.connect(**plain) as connection:
        may_enter = "MEMBER" if connection.info.server_version < 160000 else "SET"
        question = "SELECT rolname <> current_user AND pg_has_role(oid, %s) FROM pg_roles WHERE rolname = %s"
        found = connection.execute(question, [may_enter, APPLICATION]).fetchone()
    return f"-c role={APPLICATION}" if found and found[0] else ""
