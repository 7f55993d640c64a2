"""The dashboard of a large province in a server of its own: the first request after it has started, and twenty people on it at once."""

import http.client
import math
import os
import random
import shutil
import tempfile
import threading
import time
from pathlib import Path

from bench.serving import at_home, command, in_shell, served

SIZE = int(os.environ.get("TAIZHANG_BENCH_ORGANISATIONS", "35000"))
PORT, PEOPLE, LOOKS, PAUSE = 8138, 20, 6, 3.0  # each looks again after about three seconds
STARTS = 3
OFFICE = f"""
from bench.province import fill
fill({SIZE}, people={SIZE * 23 // 10})
from django.test import Client
from taizhang.accounts.actions import open_at_console
from taizhang.accounts.models import Role, Unit, User
committee = Unit.objects.get(parent=None, kind="committee")
for number in range({PEOPLE}):
    user, _ = open_at_console(committee, username=f"leader{{number}}", name=f"领导{{number}}", role=Role.LEADER, by=None)
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(pk=user.pk))
    print("SESSION", client.cookies["sessionid"].value)
"""


def run() -> list[dict]:
    home = Path(tempfile.mkdtemp(prefix="taizhang-dashboard-"))
    environment = at_home(home)
    from taizhang.kit.postgres import APPLICATION, DATABASE, Server

    database = Server(home)
    try:
        command(environment, "migrate")
        sessions = [
            line.split()[1] for line in in_shell(environment, OFFICE).splitlines() if line.startswith("SESSION")
        ]
        environment["DATABASE_URL"] = f"postgresql://{APPLICATION}@/{DATABASE}?host={database.sockets}"
        first = [first_of_a_server(environment, session) for session in sessions[:STARTS]]
        with served(environment, PORT):
            return [
                {
                    "name": f"the dashboard of {SIZE:,}, first request of a server that has just started, slowest of {STARTS}",
                    "value": max(first),
                    "measure": "ms",
                    "at_most": 1000,
                },
                *together(sessions),
            ]
    finally:
        database.stop()
        shutil.rmtree(database.folder, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def first_of_a_server(environment: dict[str, str], session: str) -> float:
    with served(environment, PORT):
        return looked(session)


def together(sessions: list[str]) -> list[dict]:
    spent: list[float] = []

    def look_again(session: str) -> None:
        for _ in range(LOOKS):
            time.sleep(random.uniform(0, 2 * PAUSE))
            spent.append(looked(session))

    people = [threading.Thread(target=look_again, args=(session,)) for session in sessions]
    for each in people:
        each.start()
    for each in people:
        each.join()
    late = sorted(spent)[math.ceil(len(spent) * 0.95) - 1]
    name = f"{len(sessions)} people on it, each once in three seconds: 95th percentile of {len(spent)}"
    return [{"name": name, "value": late, "measure": "ms", "at_most": 300}]


def looked(session: str) -> float:
    """Milliseconds until the whole page was there."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    begun = time.perf_counter()
    connection.request("GET", "/stats/dashboard/", headers={"Cookie": f"sessionid={session}"})
    answer = connection.getresponse()
    page = answer.read().decode()
    assert answer.status == 200 and "看板" in page, answer.status
    return (time.perf_counter() - begun) * 1000
