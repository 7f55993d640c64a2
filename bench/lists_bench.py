"""The list of organisations: its statement against an index read of 50 rows, the page against the same without a template and
against django-tables2 as it comes, a file of 100,000 rows against xlsxwriter alone.

Five kinds of scope; two filters; words of one, two and four characters, present and absent; first and middle page.
TAIZHANG_BENCH_ORGANISATIONS=900000 measures a nation too, and says how the answers grow.
"""

import math
import os
import statistics
from time import perf_counter

from bench import list_file
from bench.databases import fresh

PROVINCE = 35_000
ROUNDS = 15
ABSENT = {1: "龘", 2: "龘靐", 4: "龘靐齉爩"}


def run() -> list[dict]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.with_tables2"
    sizes = [PROVINCE]
    if asked := int(os.environ.get("TAIZHANG_BENCH_ORGANISATIONS", "0")):
        sizes.append(asked)
    lines, few = [], {}
    for size in sizes:
        with fresh(f"lists_{size}"):
            few[size], found = measured(size)
            lines += found
    if len(sizes) > 1:
        lines += growth(few, *sizes)
    return lines


def measured(size: int) -> tuple[dict[str, float], list[dict]]:
    """The milliseconds of the questions that little or nothing answers, by name, and all the lines."""
    from django.db import connection

    from taizhang.config.commands.migrate import spell_names
    from taizhang.config.demonstration.scale import generate

    made = generate(size, lambda *_: None)
    spell_names()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    users = people_of(made)
    bare, reading = index_reads()
    lines = [
        {"name": f"an index read of 50 rows of one table, {size:,}", "value": bare, "measure": "ms"},
        {
            "name": f"an index read of 50 organisations as a list shows them, {size:,}",
            "value": reading,
            "measure": "ms",
        },
    ]
    few: dict[str, float] = {}
    slowest = []
    for scope, user in users.items():
        for name, query in questions(user).items():
            spent = rows_of(user, query)
            worst = statistics.median(spent)
            slowest.append((worst, f"{scope}, {name}"))
            if "absent" in name or "nothing" in name:
                few[f"{scope}, {name}"] = worst
    slowest.sort(reverse=True)
    median = statistics.median([value for value, _ in slowest])
    lines += [
        {
            "name": f"rows of a page, median of {len(slowest)} questions, {size:,}",
            "value": median,
            "measure": "ms",
            "ratio": median / reading,
            "at_most": 3,
        },
        *(
            {"name": f"… slowest: {name}, {size:,}", "value": value, "measure": "ms", "ratio": value / reading}
            for value, name in slowest[:4]
        ),
    ]
    times = served(users)
    lines.append(
        {
            "name": f"server time of a page, 95th percentile of {len(times)}, {size:,}",
            "value": percentile(times, 95),
            "measure": "ms",
            "at_most": 150,
            "aim": 30,
        }
    )
    if size == PROVINCE:
        lines += throughput(users["committee"]) + list_file.measured()
    return few, lines


def people_of(made) -> dict:
    """Five kinds of scope."""
    from taizhang.accounts.models import Grant, Role, Unit, UnitKind, User
    from taizhang.orgs.models import Organization

    administrator = User.objects.filter(grants__role=Role.SYSTEM_ADMIN).first()
    supervising = Unit.objects.filter(kind=UnitKind.SUPERVISING, children__kind=UnitKind.ORGANIZATION).distinct()
    whole, mixed = supervising.order_by("pk")[3:5]
    apart = list(Organization.objects.exclude(unit__parent=mixed).order_by("pk")[100:140:5])
    branch = Unit.objects.filter(kind=UnitKind.PARTY).order_by("pk").first()

    def somebody(name: str, role: str, *units: Unit) -> User:
        user = User.objects.create(username=name, name=name, must_change_password=False)
        Grant.objects.bulk_create([Grant(user=user, unit=unit, role=role, given_by=administrator) for unit in units])
        return User.objects.get(pk=user.pk)

    return {
        "committee": User.objects.get(pk=made.clerk.pk),
        "a unit's subtree": somebody("subtree", Role.UNIT_CLERK, whole),
        "a unit and single organisations": somebody("mixed", Role.UNIT_CLERK, mixed, *(each.unit for each in apart)),
        "one organisation": somebody("single", Role.OPERATOR, apart[0].unit),
        "own branch": somebody("branch", Role.SECRETARY, branch),
    }


def questions(user) -> dict[str, str]:
    """Addresses' queries; the words are taken from an organisation in sight."""
    from taizhang.orgs.models import Organization

    seen = Organization.objects.visible_to(user).order_by("pk").first()
    name = str(seen)[4:8] if seen else "集邮协会"
    asked = {
        "first page": "",
        "two filters": "kind=foundation&status=normal",
        "nothing: two filters": "kind=unknown&mode=decoupled",
    }
    for length, absent in ABSENT.items():
        asked[f"{length} characters"] = f"q={name[:length]}"
        asked[f"{length} characters, absent"] = f"q={absent}"
    return {**asked, "middle page": middle_page(user)}


def middle_page(user) -> str:
    from django.http import QueryDict

    from taizhang.kit import paging

    rows = listed(user, "")
    count = rows.order_by().count()
    row = rows[count // 2] if count else None
    if row is None:
        return ""
    query = QueryDict(mutable=True)
    query["after"] = paging.write(row, paging.Sort.named("-organization_id"))
    return query.urlencode()


def listed(user, query: str):
    """The rows as the list's own door gives them."""
    from django.urls import resolve

    from taizhang.kit.lists import Inquiry

    match = resolve("/orgs/")
    return match.func(Inquiry(user=user, query=query, match=match)).rows


def rows_of(user, query: str) -> list[float]:
    """Milliseconds in which the database answers the page's one statement: its 51 rows and their count."""
    from django.db import connection
    from django.http import QueryDict
    from django.test.utils import CaptureQueriesContext

    from taizhang.kit import paging

    rows, after = listed(user, query), QueryDict(query).get("after", "")
    with CaptureQueriesContext(connection) as asked:
        paging.page(rows, sort=paging.Sort.named("-organization_id"), after=after)
    statements = [each["sql"] for each in asked]

    def ask() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    return timed(ask)


def index_reads() -> tuple[float, float]:
    """Fifty rows in the middle: of one table, by its index alone; and as the list shows them, each with who is responsible, its
    registrar and its days, but without scope, filter, word, order and count."""
    from django.db import connection

    from taizhang.kit.clock import today
    from taizhang.ledger.asking import as_of
    from taizhang.orgs.models import Organization, Particulars

    middle = Organization.objects.order_by("pk")[Organization.objects.count() // 2].pk
    bare = f"""SELECT id, organization_id, name, kind, region, trade, level, mode, status FROM orgs_particulars
        WHERE organization_id < {middle} ORDER BY organization_id DESC LIMIT 50"""
    numbers = Organization.objects.filter(pk__lt=middle).order_by("-pk").values_list("pk", flat=True)[:50]
    shown = Particulars.objects.listed(as_of(today())).filter(organization__in=list(numbers))

    def ask(statement: str, values: tuple = ()) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            cursor.fetchall()

    return (
        statistics.median(timed(lambda: ask(bare))),
        statistics.median(timed(lambda: ask(*shown.query.sql_with_params()))),
    )


def timed(act, rounds: int = ROUNDS) -> list[float]:
    act()
    act()
    spent = []
    for _ in range(rounds):
        begun = perf_counter()
        act()
        spent.append((perf_counter() - begun) * 1000)
    return spent


def served(users: dict) -> list[float]:
    from django.test import Client

    spent = []
    for user in users.values():
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        for query in questions(user).values():
            address = f"/orgs/?{query or 'all=1'}"
            assert client.get(address).status_code == 200
            spent += timed(lambda client=client, address=address: client.get(address), rounds=4)
    return spent


def percentile(values: list[float], share: int) -> float:
    return sorted(values)[min(len(values) - 1, math.ceil(len(values) * share / 100) - 1)]


def growth(few: dict[int, dict[str, float]], small: int, large: int) -> list[dict]:
    """How what is hardly hit grows with the rows: time ~ rows ** exponent."""
    exponents = {
        name: math.log(few[large][name] / few[small][name]) / math.log(large / small)
        for name in few[small]
        if name in few[large]
    }
    worst = max(exponents, key=exponents.__getitem__)
    middle = statistics.median(exponents.values())
    return [
        {"name": "growth where nothing is hit, median exponent", "value": middle, "measure": "", "at_most": 0.1},
        {"name": f"… largest: {worst}", "value": exponents[worst], "measure": ""},
    ]


def throughput(user) -> list[dict]:
    """Pages a second, one after the other in this process: ratios, not capacities."""
    import django_tables2
    from django.http import HttpResponse
    from django.template import engines
    from django.test import Client, RequestFactory

    from taizhang.kit import lists

    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    ours = 1000 / statistics.median(timed(lambda: client.get("/orgs/?all=1"), rounds=20))

    drawn, plain = (
        lists.render,
        lambda request, template, told, **_: HttpResponse(str(len(list(told["list"].page.rows)))),
    )
    lists.render = plain
    try:
        bare = 1000 / statistics.median(timed(lambda: client.get("/orgs/?all=1"), rounds=20))
    finally:
        lists.render = drawn

    class Organizations(django_tables2.Table):
        name = django_tables2.Column()
        code = django_tables2.Column(accessor="organization__code")
        kind = django_tables2.Column(accessor="get_kind_display")
        responsible = django_tables2.Column()
        mode = django_tables2.Column(accessor="get_mode_display")
        registered_on = django_tables2.Column()
        level = django_tables2.Column(accessor="get_level_display")
        status = django_tables2.Column(accessor="get_status_display")
        entered_on = django_tables2.Column()

    template = engines["django"].from_string("{% load django_tables2 %}{% render_table table %}")

    def theirs() -> str:
        client.get("/accounts/me/")  # session, user and grants, as for the page
        request = RequestFactory().get("/orgs/")
        request.user = user
        table = Organizations(listed(user, ""))
        table.paginate(page=1, per_page=50)
        return template.render({"table": table}, request)

    comparator = 1000 / statistics.median(timed(theirs, rounds=20))
    return [
        {"name": "pages a second, one process", "value": ours, "measure": "1/s"},
        {
            "name": "the same view without a template, against the page",
            "value": bare,
            "measure": "1/s",
            "ratio": bare / ours,
            "at_most": 2.5,
        },
        {
            "name": "django-tables2's own page of the same rows: the page against it",
            "value": comparator,
            "measure": "1/s",
            "ratio": comparator / ours,
            "at_most": 1 / 3,
        },
    ]
