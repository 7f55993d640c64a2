"""Signing in under attack: what a list still yields beside 200 wrong passwords a second, and whether time tells who has an account."""

import http.client
import multiprocessing
import os
import re
import socket
import statistics
import tempfile
import threading
import time
from collections import Counter, defaultdict
from urllib.parse import urlencode

from bench import databases
from bench.serving import at_home, command, in_shell, served

PORT = int(os.environ.get("TAIZHANG_BENCH_PORT", "8112"))
FLOOD = 200  # wrong passwords a second
SECONDS = 4
ROUNDS = 5
READERS = 4
TRIES = 80
LANES = 16  # connections of the flood


def run() -> list[dict]:
    return [*times_tell_nothing(), *lists_go_on()]


def times_tell_nothing() -> list[dict]:
    """Wrong passwords for names that exist and names that do not, one after the other, each from an address of its own."""
    with databases.fresh("sign_in"):
        from django.conf import settings
        from django.test import Client

        from taizhang.accounts import attempts
        from tests import world

        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
        office = world.build()
        known = [office.clerk, office.leader, office.outsider, office.education_clerk, office.auditor]
        known += [office.account(office.committee, "reviewer", username=f"renyuan{each}") for each in range(15)]
        for user in known:
            user.set_password("Correct-horse-battery-7")
            user.save()
        taken: dict[str, list[float]] = {"known": [], "unknown": []}
        client = Client()
        for number in range(2 * TRIES):
            attempts.forget()
            kind = "known" if number % 2 else "unknown"
            name = known[number // 2 % len(known)].username if kind == "known" else f"meiyou{number // 2 % len(known)}"
            began = time.perf_counter()
            answer = client.post(
                "/sign-in/",
                {"login": name, "password": "Wrong-horse-battery-7"},
                HTTP_HOST="localhost",
                REMOTE_ADDR=f"10.1.{number // 250}.{number % 250 + 1}",
            )
            taken[kind].append(1000 * (time.perf_counter() - began))
            assert "登录名或密码不正确" in answer.content.decode()
    lines = []
    for kind, name in (("unknown", "a name that nobody has"), ("known", "a name that exists")):
        lower, middle, upper = statistics.quantiles(taken[kind], n=4)
        line = {"name": f"wrong password, {name}", "value": middle, "measure": "ms", "note": f"{lower:.0f}–{upper:.0f}"}
        lines.append(line)
    separated = abs(distinguishable(taken["known"], taken["unknown"]) - 0.5) * 2
    lines.append(
        {
            "name": f"chance to tell them apart by {TRIES} times each, above guessing",
            "value": separated,
            "measure": "",
            "at_most": 0.25,
        }
    )
    return lines


def distinguishable(some: list[float], others: list[float]) -> float:
    """How often one of `some` took longer than one of `others`; half of the time says nothing."""
    longer = sum((a > b) + 0.5 * (a == b) for a in some for b in others)
    return longer / (len(some) * len(others))


SETTING = """
from tests import world
office = world.build()
for number in range(60):
    office.organization(f"第{number}协会")
from django.test import Client
client = Client()
client.force_login(office.clerk)
print("SESSION", client.cookies["sessionid"].value)
"""


def lists_go_on() -> list[dict]:
    """The list of organisations read by four readers, alone and beside a flood; in turns, in one run."""
    with tempfile.TemporaryDirectory(prefix="taizhang-") as home:
        environment = {**at_home(home), "TAIZHANG_PROXIES": "1"}
        command(environment, "migrate")
        session = in_shell(environment, SETTING).split("SESSION ")[1].strip()
        with served(environment, PORT, "--processes", "2"):
            return measured(session)


def measured(session: str) -> list[dict]:
    """Each flood against the mean of the two quiet turns around it: what the machine does meanwhile falls on both."""
    read(session, 2 * SECONDS)
    kinds = ("one address, one account", "many addresses, many accounts")
    alone = [read(session, SECONDS)]
    ratios, rates, sent, answers = defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(Counter)
    for turn, kind in enumerate(kinds * ROUNDS):
        with Flood(many=kind.startswith("many"), first=turn * 2 * FLOOD * SECONDS) as flood:
            time.sleep(1)
            rate = read(session, SECONDS)
        alone.append(read(session, SECONDS))
        ratios[kind].append((alone[-2] + alone[-1]) / 2 / rate)
        rates[kind].append(rate)
        answers[kind].update(flood.found)
        sent[kind].append(flood.rate)
    lowest, pages, highest = min(alone), statistics.median(alone), max(alone)
    spread = f"{len(alone)} turns of {SECONDS} s, {lowest:.0f}–{highest:.0f}"
    lines = [{"name": "list pages, nobody attacks", "value": pages, "measure": "/s", "note": spread}]
    for kind in kinds:
        found = {
            "name": f"the same beside {FLOOD} wrong passwords a second: {kind}",
            "value": statistics.median(rates[kind]),
            "measure": "/s",
            "ratio": statistics.median(ratios[kind]),
            "at_most": 1.25,
        }
        told = ", ".join(f"{status}: {count}" for status, count in sorted(answers[kind].items()))
        each = " ".join(f"{ratio:.2f}" for ratio in sorted(ratios[kind]))
        lines.append({**found, "note": f"{statistics.median(sent[kind]):.0f}/s sent ({told}); turn by turn {each}"})
    return lines


def ask(connection, method: str, path: str, body: str = "", **headers: str) -> tuple[int, bytes, list]:
    connection.request(method, path, body=body or None, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.getheaders()


def read(session: str, seconds: float) -> float:
    """Pages a second, by several readers who wait for each page."""
    until, counts = time.monotonic() + seconds, [0] * READERS

    def reader(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        while time.monotonic() < until:
            status, _, _ = ask(connection, "GET", "/orgs/", Cookie=f"sessionid={session}")
            assert status == 200, status
            counts[number] += 1

    threads = [threading.Thread(target=reader, args=[number]) for number in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


class Flood:
    """Wrong passwords at a steady rate from a process of its own, with a form's token as a browser has it."""

    def __init__(self, *, many: bool, first: int):
        self.many, self.first = many, first  # the first of the names and addresses: none comes in two turns
        self.over, self.answers = multiprocessing.Event(), multiprocessing.Queue()

    def __enter__(self):
        self.process = multiprocessing.Process(target=flood, args=[self.many, self.first, self.over, self.answers])
        self.process.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.found, self.rate = self.answers.get(timeout=60)
        self.process.join()


def flood(many: bool, first: int, over, answers) -> None:
    _, page, headers = ask(http.client.HTTPConnection("127.0.0.1", PORT), "GET", "/sign-in/")
    token = re.search(rb'csrfmiddlewaretoken" value="(\w+)"', page).group(1).decode()  # type: ignore[union-attr]
    cookies = [value.split(";")[0] for name, value in headers if name.lower() == "set-cookie"]
    told = ["POST /sign-in/ HTTP/1.1", f"Host: 127.0.0.1:{PORT}", f"Cookie: {'; '.join(cookies)}"]
    told.append("Content-Type: application/x-www-form-urlencoded")
    began, found = time.monotonic(), Counter()

    def send(lane: int) -> None:
        connection, number = socket.create_connection(("127.0.0.1", PORT), timeout=30), lane
        while not over.is_set():
            over.wait(max(0.0, began + number / FLOOD - time.monotonic()))
            who, where = "jingban", "10.8.0.1"
            if many:
                guess = first + number
                who, where = f"guess{guess}", f"10.{guess // 62_500 + 9}.{guess // 250 % 250}.{guess % 250}"
            sent = urlencode({"csrfmiddlewaretoken": token, "login": who, "password": "Wrong-horse-7"})
            head = [*told, f"X-Forwarded-For: {where}", f"Content-Length: {len(sent)}"]
            try:
                connection.sendall("\r\n".join([*head, "", sent]).encode())
                status = answered(connection)
            except OSError:
                connection, status = socket.create_connection(("127.0.0.1", PORT), timeout=30), 0
            found[status] += 1
            number += LANES

    lanes = [threading.Thread(target=send, args=[number]) for number in range(LANES)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    answers.put((dict(found), sum(found.values()) / (time.monotonic() - began)))


def answered(connection: socket.socket) -> int:
    """The status; read by hand, for the attacker's own work must not be what slows the office down on this machine."""
    head, _, body = connection.recv(65_536).partition(b"\r\n\r\n")
    if not head:
        raise ConnectionError
    lengths = [int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < lengths[0] if lengths else not body.endswith(b"0\r\n\r\n"):
        more = connection.recv(65_536)
        if not more:
            raise ConnectionError
        body += more
    return int(head[9:12])
