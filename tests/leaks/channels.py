"""Every way an answer leaves, asked as one user: what is theirs is there, and nothing else is.

A judgement is one (user, row, channel): the channel told of the row, or did not, and the oracle agrees.
"""

import re
from collections import Counter
from collections.abc import Iterable

from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from taizhang.members.models import Person
from taizhang.orgs.models import Organization
from taizhang.party.models import PartyOrganization
from taizhang.stats.catalogue import catalogue
from tests.doors import signed_in, told
from tests.leaks.office import NOUNS, Office

NAMED = {
    "organizations": re.compile(r"兰花第(\d{4})协会"),
    "party-organizations": re.compile(r"菊花第(\d{4})支部"),
    "people": re.compile(r"梅第(\d{4})"),
}
MODELS = {Organization: "organizations", PartyOrganization: "party-organizations", Person: "people"}
# Lists that are complete: page → the noun whose rows they are, all of them in the file that is exported.
LISTS = {"orgs:list": "organizations", "party:list": "party-organizations", "members:list": "people"}
CHOOSING = ("orgs:choose", "party:choose", "members:choose")
FIGURE_OF = {"organisation_coverage": "organizations", "party_organisations": "party-organizations"}
SHARE = 4
FORMS = ("orgs:register", "party:establish", "members:enrol", "instructors:enlist", "imports:upload")
DAY = "2017-11-30"
DETAILS = {
    "organizations": ("/organisations/{}/", "/history/organisation/{}/", "/orgs/{}/rename/", "/api/organizations/{}"),
    "party-organizations": ("/party/{}/", "/history/party/{}/", "/members/party/{}/roster/", "/party/{}/change/"),
    "people": ("/members/{}/", "/history/person/{}/", "/members/{}/reveal/", "/api/people/{}"),
    "cases": ("/cases/{}/", "/cases/{}/attach/", "/cases/{}/remark/", "/api/cases/{}/steps"),
}
FOREIGN_ASKED, OWN_ASKED = 4, 2


class Leak(AssertionError):
    """A channel told of a row that is not theirs, or kept one back that is."""


class Judge:
    def __init__(self, office: Office, user):
        self.office, self.number = office, user.pk
        self.client = signed_in(user)
        self.theirs, self.everything = office.theirs(user.pk), office.everything()
        self.mentioned = office.mentioned(user.pk, self.theirs)
        self.numbers = {
            noun: list(rows) for noun, rows in office.rows.items()
        }  # the place in a name → the row's number
        self.judged: Counter = Counter()

    def ask(self, address: str, data: dict | None = None, *, post: bool = False):
        return (self.client.post if post else self.client.get)(address, data or {})

    def require(
        self, channel: str, noun: str, shown: Iterable[int], *, exactly: bool, also: Iterable[int] = (), text: str = ""
    ) -> None:
        shown, theirs = set(shown), self.theirs[noun]
        if foreign := shown - theirs - set(also):
            where = self.where(noun, foreign, text)
            raise Leak(f"{channel} tells user {self.number} of {noun} {sorted(foreign)}: {where}")
        if exactly and (missing := theirs - shown):
            raise Leak(f"{channel} keeps from user {self.number} their own {noun} {sorted(missing)}")
        self.judged[channel.partition(" ")[0]] += len(self.everything[noun])

    def read(self, channel: str, text: str, *, exactly: str = "", asked: str = "", loosely: bool = False) -> None:
        """Every name in the answer is that of a row of theirs; what they asked for themselves is no news."""
        text = text.replace(asked, "") if asked else text
        for noun in NOUNS:
            shown = {self.numbers[noun][int(place)] for place in set(NAMED[noun].findall(text))}
            also = self.mentioned[noun] if loosely or noun == "party-organizations" else ()
            self.require(channel, noun, shown, exactly=noun == exactly, also=also, text=text)

    def where(self, noun: str, foreign: set[int], text: str) -> str:
        """The place in the answer, for whoever mends it."""
        found = (each for each in NAMED[noun].finditer(text) if self.numbers[noun][int(each[1])] in foreign)
        first = next(found, None)
        return repr(text[max(0, first.start() - 200) : first.end() + 60]) if first else ""

    def everywhere(self) -> Counter:
        for channel in (self.programs, self.lists, self.drop_downs, self.figures, self.search, self.desk, self.details):
            channel()
        return self.judged

    def programs(self) -> None:
        for noun in (*NOUNS, "cases"):
            shown = [each["id"] for each in self.ask(f"/api/{noun}", {"limit": 500}).json()["items"]]
            self.require("json", noun, shown, exactly=True)

    def lists(self) -> None:
        for page, noun in {**LISTS, "cases:list": "cases"}.items():
            answer = self.ask(reverse(page))
            text = told(answer)
            counted = re.search(r"共 ([\d,]+) 条", text)
            if (int(counted[1].replace(",", "")) if counted else 0) != len(self.theirs[noun]):
                raise Leak(
                    f"{page} counts {counted and counted[1]} for user {self.number}, not {len(self.theirs[noun])}"
                )
            self.judged["count"] += len(self.everything[noun])
            self.read("list", text, loosely=noun == "cases")
            self.choices("filter", answer)
            for form in ("csv", "xlsx"):
                file = told(self.ask(reverse(page), {"format": form}))
                self.read("export", file, exactly=noun if noun in NOUNS else "", loosely=noun == "cases")
        for page in ("instructors:list", "imports:list", "orgs:units"):
            self.read("list", told(self.ask(reverse(page))))
        self.read("list", told(self.ask(reverse("orgs:list"), {"day": DAY})))

    def choices(self, channel: str, answer) -> None:
        """What a field of the page's form would accept, whether or not it shows it."""
        for context in answer.context or ():
            listed = context.get("list") if hasattr(context, "get") else None
            named = [context.get(name) for name in ("form", "filter", "filters")] if hasattr(context, "get") else []
            for form in [*named, getattr(listed, "filters", None)]:
                for each in getattr(getattr(form, "form", form), "fields", {}).values():
                    rows = getattr(each, "queryset", None)
                    if isinstance(rows, QuerySet) and rows.model in MODELS:
                        self.require(channel, MODELS[rows.model], rows.values_list("pk", flat=True), exactly=False)

    def drop_downs(self) -> None:
        for page in CHOOSING:
            for words in ("", "第00", "第001"):
                self.read("drop-down", told(self.ask(reverse(page), {"q": words})))
        self.read("drop-down", told(self.ask(reverse("party:choose_superior"), {"q": "第"})))
        for page in FORMS:
            answer = self.ask(reverse(page))
            self.read("form", told(answer))
            self.choices("form", answer)

    def figures(self) -> None:
        self.read("figure", told(self.ask(reverse("stats:home"), {"day": DAY})))
        for place, figure in enumerate(catalogue()):
            if figure not in FIGURE_OF and place % SHARE != self.number % SHARE:
                continue  # each user asks a share of the figures, all of them together ask all
            for page in ("stats:figure", "stats:records", "stats:changes", "stats:bars", "stats:line"):
                if page != "stats:line" or figure in FIGURE_OF:
                    text = told(self.ask(reverse(page, args=[figure]), {"day": DAY, "before": "2017-01-31"}))
                    cites = page == "stats:changes"  # the matters behind a change, by their titles
                    self.read("chart" if page in ("stats:bars", "stats:line") else "drill-down", text, loosely=cites)
            self.read(
                "drill-down", told(self.ask(reverse("stats:records", args=[figure]), {"day": DAY, "format": "csv"}))
            )
        for figure, noun in FIGURE_OF.items():
            base = self.ask(f"/api/figures/{figure}", {"day": DAY}).json()["base"] or 0
            if base != len(self.theirs[noun]):
                raise Leak(f"{figure} counts {base} for user {self.number}, not {len(self.theirs[noun])}")
            self.judged["figure"] += len(self.everything[noun])

    def search(self) -> None:
        for words in ("兰花", "菊花", "梅", "第00"):
            self.read("search", told(self.ask(reverse("desk:search"), {"q": words})), loosely=True)
        for noun, pattern in (("organizations", "兰花第{:04d}协会"), ("people", "梅第{:04d}")):
            for place in self.chosen(range(len(self.numbers[noun])), 3):
                name = pattern.format(place)
                self.read("search", told(self.ask(reverse("desk:search"), {"q": name})), asked=name, loosely=True)

    def desk(self) -> None:
        for page in ("desk:home", "cases:list"):
            self.read("page", told(self.ask(reverse(page))), loosely=True)

    def chosen(self, rows: Iterable, number: int) -> list:
        rows = sorted(rows)
        return self.office.chance.sample(rows, min(number, len(rows)))

    def details(self) -> None:
        for noun, addresses in DETAILS.items():
            foreign = self.chosen(self.everything[noun] - self.theirs[noun], FOREIGN_ASKED)
            for number in foreign:
                for address in addresses:
                    for post in (False, True):
                        answer = self.ask(address.format(number), post=post)
                        if answer.status_code not in (403, 404, 405):
                            raise Leak(f"{address.format(number)} answers user {self.number} {answer.status_code}")
                        self.read("error", told(answer))
            for number in self.chosen(self.theirs[noun], OWN_ASKED):
                answer = self.ask(addresses[0].format(number))
                if answer.status_code != 200:
                    raise Leak(f"{addresses[0].format(number)} is kept from user {self.number}")
                self.read("detail", told(answer), loosely=True)


def is_shut_out(client: Client) -> bool:
    return client.get("/api/organizations").status_code == 401 and client.get(reverse("orgs:list")).status_code == 302
