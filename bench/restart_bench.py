"""The database restarted under load: how many requests fail, and how long after it is back the last one does.

Its own server and its own data folder; eight clients read lists and pages as fast as they can, while the database is restarted.
"""

import http.client
import shutil
import tempfile
import threading
import time
from pathlib import Path

from bench.serving import at_home, command, in_shell, served

PORT, CLIENTS, RESTARTS, BETWEEN = 8139, 8, 5, 4.0
PAGES = ("/orgs/", "/", "/api/organizations", "/party/", "/health")
OFFICE = """
from tests import world as cast
world = cast.build()
for number in range(60):
    world.organization(f"第{number}协会", number=number + 1)
from django.test import Client
client = Client()
client.force_login(world.clerk)
print("SESSION", client.cookies["sessionid"].value)
"""


def run() -> list[dict]:
    home = Path(tempfile.mkdtemp(prefix="taizhang-restart-"))
    environment = at_home(home)
    from taizhang.kit.postgres import APPLICATION, DATABASE, Server

    database = Server(home)
    try:
        command(environment, "migrate")
        session = in_shell(environment, OFFICE).split("SESSION ")[1].strip()
        environment["DATABASE_URL"] = (
            f"postgresql://{APPLICATION}@/{DATABASE}?host={database.sockets}"  # as in production
        )
        with served(environment, PORT):
            return measure(database, session)
    finally:
        database.stop()
        shutil.rmtree(database.folder, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def measure(database, session: str) -> list[dict]:
    answers: list[tuple[float, int]] = []  # when it was answered, and with what; 0 where nothing came
    over = threading.Event()
    clients = [threading.Thread(target=read_on, args=(number, session, answers, over)) for number in range(CLIENTS)]
    for each in clients:
        each.start()
    away = []  # from when to when the database was not there
    for _ in range(RESTARTS):
        time.sleep(BETWEEN)
        begun = time.monotonic()
        restart(database)
        away.append((begun, time.monotonic()))
    time.sleep(BETWEEN)
    over.set()
    for each in clients:
        each.join(timeout=60)
    failed = [at for at, status in answers if status != 200]
    there = [at for at in failed if not any(begun <= at <= back for begun, back in away)]
    late = max((at - max((back for _, back in away if back <= at), default=0.0) for at in there), default=0.0)
    return [
        {
            "name": f"requests failed of {len(answers):,}, {RESTARTS} restarts, {CLIENTS} clients",
            "value": 100 * len(failed) / len(answers),
            "measure": "%",
            "at_most": 0.5,
            "note": f"{len(failed)} failed",
        },
        {"name": "the last failure after the database was back", "value": late, "measure": "s", "at_most": 1.0},
    ]


def restart(database) -> None:
    """As an administrator does it: every connection is ended at once; back when it accepts new ones."""
    log = database.folder / "restart.log"  # without it the new server would hold on to our pipe
    command = ("restart", "-D", database.data, "-l", log, "-m", "fast", "-w", "-t", "60")
    database._run(database.binaries() / "pg_ctl", *command)


def read_on(number: int, session: str, answers: list, over: threading.Event) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    turn = number
    while not over.is_set():
        try:
            connection.request("GET", PAGES[turn % len(PAGES)], headers={"Cookie": f"sessionid={session}"})
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            connection.close()
            status = 0
        answers.append((time.monotonic(), status))
        turn += 1
