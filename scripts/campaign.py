"""A campaign against the running server: accounts activated by code, declarations opened, submitted, reviewed and accepted by
several processes at once; then counted independently. The last line is JSON; `lost` and `errors` are what matters.

    python -m scripts.campaign [--organisations 1068] [--processes 4] [--port 8133]
"""

import argparse
import http.client
import json
import math
import multiprocessing
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlencode

from bench import serving

PASSWORD = "Campaign-horse-battery-{}"
EVERY = 10  # one organisation in so many corrects something
TRIES = 40  # when the server asks to wait
FORM = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SAMPLE = re.compile(r'name="sample-([a-z]+)-([a-z_]+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')
NUMBER = re.compile(r"/\d+/")


# In a process of the product, with a database of its own: before and after.


def prepare(size: int, told: str) -> None:
    """So many organisations with everything a declaration asks on record, a round handed out, and a code for each."""
    from datetime import timedelta

    from django.db import connection, transaction
    from django.test import Client
    from django.utils import timezone

    from bench.province import fill
    from taizhang.accounts import handing_out
    from taizhang.accounts.actions import open_at_console
    from taizhang.accounts.models import Role, Unit, UnitKind, User
    from taizhang.declarations import actions
    from taizhang.declarations.models import Declaration, Opening
    from taizhang.declarations.sections import read
    from taizhang.kit.clock import today

    clerk, _ = fill(size + math.ceil(size / 9))  # one in ten of that province is struck off, and asked nothing
    committee = Unit.objects.get(kind=UnitKind.COMMITTEE)
    with transaction.atomic(), connection.cursor() as cursor:
        state_heads(committee, clerk, cursor)
    day = today()
    asked = {"title": "年报", "cut_off_on": day, "due_on": day + timedelta(30), "on": day}
    found = actions.open_round(committee, by=clerk, **asked)
    while found.opening != Opening.OPEN:
        found = actions.hand_out(found, by=clerk)
    administrator, _ = open_at_console(committee, username="danwei", name="单位管理员", role=Role.UNIT_ADMIN, by=None)
    administrator = User.objects.get(pk=administrator.pk)
    now = timezone.now()
    declarations = Declaration.objects.select_related("organization__unit").order_by("pk")
    wanted = [handing_out.Wanted(each.organization.unit, Role.OPERATOR, f"填报{each.pk}") for each in declarations]
    handout = handing_out.hand_out(committee, wanted=wanted, title="年报", days=14, at=now, by=administrator)
    codes = {
        slip.user.grants.get().unit_id: (slip.user.username, slip.code)
        for slip in handing_out.slips_of(handout, at=now)
    }
    signed_in = Client()
    signed_in.force_login(clerk)
    people = []
    for each in declarations:
        username, code = codes[each.organization.unit_id]
        said = read(each.organization, each.cut_off_on, names=False)
        truth = {key: record.values for key, record in said.by_key.items() if key in ("particulars", "workforce")}
        people.append({"declaration": each.pk, "username": username, "code": code, "truth": truth})
    Path(told).write_text(json.dumps({"people": people, "clerk": signed_in.cookies["sessionid"].value}))


def state_heads(committee, clerk, cursor) -> None:
    """What organisations declared before, and why those without a Party organisation have none."""
    from datetime import date

    from taizhang.accounts.acting import action
    from taizhang.cases import actions as cases
    from taizhang.ledger.many import post_many
    from taizhang.orgs.models import Breakdown, Workforce
    from taizhang.party.models import Absence

    normal = """FROM orgs_particulars p WHERE upper_inf(p.recorded) AND upper_inf(p.period) AND p.status = 'normal'"""
    since = "date '2018-01-01' AS since, NULL::date AS until, p.organization_id"

    @action("campaign.state")
    def state(*, by):
        step = cases.do_at_once("campaign:state", "申报", unit=committee, by=by, on=date(2018, 1, 1))
        heads = "6 AS full_time, 3 AS part_time, 2 AS leaders, 2 AS party_members, 1 AS applicants"
        flags = "false AS has_union, false AS has_youth_league, false AS has_womens_federation"
        post_many(Workforce, f"SELECT {since}, {heads}, {flags} {normal}", step=step)
        named = [each.name for each in Breakdown._meta.concrete_fields if each.name in Breakdown.value_fields()]
        numbers = {"leader_members": 1, "full_time_members": 2, "held_employer": 2}
        divided = ", ".join(f"{numbers.get(name, 0)} AS {name}" for name in named)
        post_many(Breakdown, f"SELECT {since}, {divided} {normal}", step=step)
        post_many(
            Absence,
            f"""SELECT {since}, 'too_few' AS reason, '' AS remark {normal} AND NOT EXISTS (
                SELECT FROM party_coverage c WHERE c.organization_id = p.organization_id AND upper_inf(c.recorded)
                    AND upper_inf(c.period))
              AND NOT EXISTS (SELECT FROM party_absence a WHERE a.organization_id = p.organization_id
                    AND upper_inf(a.recorded))""",
            step=step,
        )

    state(by=clerk)


COUNTED = {
    "accepted": "SELECT count(*) FROM declarations_declaration WHERE state = 'accepted'",
    "steps": "SELECT count(*) FROM cases_step WHERE verb = 'declarations:accept'",
    "submissions": "SELECT count(DISTINCT case_id) FROM cases_step WHERE verb LIKE 'declarations:submit%'",
    "unions": "SELECT count(*) FROM orgs_workforce WHERE upper_inf(recorded) AND has_union",
    "asked_though_known": "SELECT coalesce(max(asked_though_known), 0) FROM declarations_declaration",
    # the most that a form cost whose record was right: a moment of confirming is one act for however many sections
    "confirmations": """
        SELECT coalesce(max(acts), 0) FROM (
            SELECT count(DISTINCT c.at) AS acts FROM declarations_confirmation c WHERE NOT c.is_void AND NOT EXISTS (
                SELECT FROM declarations_difference d WHERE d.declaration_id = c.declaration_id)
            GROUP BY c.declaration_id) a_form""",
    "samples": """
        SELECT coalesce(max(typed), 0) FROM (
            SELECT count(*) AS typed FROM declarations_sample s WHERE s.answer IS NOT NULL GROUP BY s.declaration_id) a_form""",
}


def count(told: str) -> None:
    """From the tables alone, not by the questions that the pages ask."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for name, sql in COUNTED.items():
            cursor.execute(sql)
            found[name] = cursor.fetchone()[0]
        cursor.execute("SELECT id FROM declarations_declaration WHERE submitted_on IS NOT NULL")
        found["submitted"] = [number for (number,) in cursor.fetchall()]
    Path(told).write_text(json.dumps(found))


# People at their browsers.


class Browser:
    """Cookies, forms with their token, and how long each answer took."""

    def __init__(self, port: int, address: str, cookies: dict | None = None):
        self.port, self.address, self.cookies = port, address, dict(cookies or {})
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.taken: list[tuple[str, float]] = []
        self.errors: list[str] = []

    def ask(self, method: str, path: str, sent: dict | None = None) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"X-Forwarded-For": self.address, "Accept": "text/html"}
        if sent is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, path, body=urlencode(sent) if sent is not None else None, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        self.taken.append((f"{method} {NUMBER.sub('/', path)}", time.perf_counter() - began))
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                pair = value.partition(";")[0]
                self.cookies[pair.partition("=")[0]] = pair.partition("=")[2]
        if answer.status >= 500:
            self.errors.append(f"{method} {path}: {answer.status}")
        return answer.status, body, answer.getheader("Location") or ""

    def send(self, page: str, path: str, sent: dict) -> tuple[int, str, str]:
        """A form of the page, with its token; again, if the server asks to wait."""
        for _ in range(TRIES):
            _, body, _ = self.ask("GET", page)
            token = FORM.search(body)
            if token is None:
                self.errors.append(f"no form at {page}")
                return 0, body, ""
            answer = self.ask("POST", path, {"csrfmiddlewaretoken": token.group(1), **sent})
            if answer[0] != 429:
                return answer
            time.sleep(0.25)
        return answer


def live(task: tuple) -> dict:
    """One organisation, from its code to the ledger."""
    port, clerk, number, person = task
    own = Browser(port, f"10.{number // 60000 % 250}.{number // 250 % 240}.{number % 250 + 1}")
    office = Browser(port, "10.255.0.1", {"sessionid": clerk})
    done = {"declaration": person["declaration"], "activated": False, "submitted": False, "accepted": False}
    password = PASSWORD.format(number)
    activating = "/accounts/activate/"
    sent = {"username": person["username"], "code": person["code"], "password": password, "again": password}
    status, body, _ = own.send(activating, activating, sent)
    done["activated"] = status == 302
    page = f"/declarations/{person['declaration']}/"
    corrects = number % EVERY == 0
    if done["activated"]:
        if corrects:
            own.send(page, f"{page}keep/workforce/", {"workforce-has_union": "on", "workforce-seen_has_union": "false"})
        _, body, _ = own.ask("GET", page)
        sent = {f"sample-{record}-{name}": person["truth"][record][name] for record, name in SAMPLE.findall(body)}
        sent |= {"all_correct": "on", "name": f"填报{number}"}
        if version := VERSION.search(body):
            sent["version"] = version.group(1)
        status, body, _ = own.send(page, f"{page}submit/", sent)
        done["submitted"] = status == 302
    if done["submitted"]:
        _, body, _ = office.ask("GET", page)
        if "pass-on/" in body:
            office.send(page, f"{page}pass-on/", {})
        status, body, _ = office.send(page, f"{page}accept/", {})
        done["accepted"] = status == 302
    if not done["accepted"]:
        reasons = re.findall(r'<div class="fw-medium">([^<]+)', body)
        own.errors.append(f"{person['username']} stopped at {status}: {reasons[:3]}")
    return {**done, "corrects": corrects, "taken": own.taken + office.taken, "errors": own.errors + office.errors}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=1068)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--port", type=int, default=8133)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="taizhang-") as home:
        environment = {**serving.at_home(home), "TAIZHANG_PROXIES": "1"}
        serving.command(environment, "migrate")
        told = Path(home) / "campaign.json"
        within(environment, f"prepare({options.organisations}, {str(told)!r})")
        prepared = json.loads(told.read_text())
        with serving.served(environment, options.port, "--processes", "2"):
            began = time.perf_counter()
            tasks = [(options.port, prepared["clerk"], number, each) for number, each in enumerate(prepared["people"])]
            with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
                lived = pool.map(live, tasks, chunksize=4)
            seconds = time.perf_counter() - began
        within(environment, f"count({str(told)!r})")
        counted = json.loads(told.read_text())
    told_of = report(lived, counted, seconds, options.processes)
    print(json.dumps(told_of, ensure_ascii=False))
    return 1 if told_of["lost"] or told_of["errors"] or not told_of["figures_equal"] else 0


def within(environment: dict, call: str) -> None:
    serving.in_shell(environment, f"from scripts import campaign; campaign.{call}")


def report(lived: list[dict], counted: dict, seconds: float, processes: int) -> dict:
    asked = defaultdict(list)
    for page, seconds_taken in (each for one in lived for each in one["taken"]):
        asked[page].append(seconds_taken)
    taken = sorted(each for several in asked.values() for each in several)
    errors = [error for one in lived for error in one["errors"]]
    for error in errors[:20]:
        print(error, file=sys.stderr)
    acknowledged = {one["declaration"] for one in lived if one["submitted"]}
    accepted = sum(one["accepted"] for one in lived)
    corrected = sum(one["accepted"] and one["corrects"] for one in lived)
    equal = counted["accepted"] == counted["steps"] == accepted and counted["unions"] == corrected
    return {
        "organisations": len(lived),
        "processes": processes,
        "activated": sum(one["activated"] for one in lived),
        "submitted": len(acknowledged),
        "accepted": accepted,
        "corrected": corrected,
        "lost": len(acknowledged - set(counted["submitted"])),
        "errors": len(errors),
        "figures_equal": equal and counted["submissions"] == len(acknowledged),
        "asked_though_known": counted["asked_though_known"],
        "burden_of_a_right_form": {name: counted[name] for name in ("confirmations", "samples")},
        "requests": len(taken),
        "seconds": round(seconds, 1),
        "requests_per_second": round(len(taken) / seconds, 1),
        "p50_ms": round(1000 * statistics.median(taken)),
        "p95_ms": p95(taken),
        "p95_ms_by_page": {page: p95(several) for page, several in sorted(asked.items())},
    }


def p95(taken: list[float]) -> int:
    return round(1000 * sorted(taken)[int(0.95 * (len(taken) - 1))])


if __name__ == "__main__":
    sys.exit(main())
