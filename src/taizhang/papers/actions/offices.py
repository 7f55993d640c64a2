"""What an office says once for all its papers: its head, its wordings, where its numbers go on."""

from datetime import date

from taizhang.accounts.acting import action, require
from taizhang.accounts.models import Unit, User
from taizhang.cases import actions as cases
from taizhang.kit.refusals import refuse_if
from taizhang.papers import rules, wording
from taizhang.papers.kinds import kind_of
from taizhang.papers.models import Agency, Master, Paper, Series


@action("papers.revise_master")
def revise_master(
    unit: Unit, *, kind: str, title: str, body: str, since: date, on: date, by: User, note: str = ""
) -> Master:
    """From that day on drafts of the unit are worded so; earlier papers keep their text."""
    require(by, rules.WHO["revise_master"], unit)
    declared = kind_of(kind)
    body = body.replace("\r\n", "\n").strip()
    warned = refuse_if(
        [
            *wording.faults(title, declared.fields, where="title"),
            *wording.faults(body, declared.fields, where="body"),
            *rules.too_long(title, body),
        ]
    )
    latest = Master.objects.filter(unit=unit, kind=kind).order_by("-edition").first()
    name = f"修改范本：{declared.label}"
    step = cases.do_at_once("papers:revise_master", name, unit=unit, by=by, on=on, note=note, warned=warned)
    return Master.objects.create(
        unit=unit,
        kind=kind,
        edition=latest.edition + 1 if latest else 1,
        since=since,
        title=title.strip(),
        body=body,
        step=step,
    )


@action("papers.set_agency")
def set_agency(
    unit: Unit,
    *,
    name: str,
    code: str,
    since: date,
    on: date,
    by: User,
    mark: str = "",
    letter_code: str = "",
    minutes_code: str = "",
    printer: str = "",
    hands: int = 3,
    note: str = "",
) -> Agency:
    """From that day on the unit issues papers under this name, mark and code."""
    require(by, rules.WHO["set_agency"], unit)
    codes = {"code": code, "letter_code": letter_code or f"{code}函", "minutes_code": minutes_code or f"{code}纪"}
    others = Agency.objects.exclude(unit=unit)
    taken_codes = sorted({each for each in codes.values() if any(each in held for held in codes_of(others))})
    refuse_if(rules.obstacles_to_agency(taken_codes))
    step = cases.do_at_once("papers:set_agency", f"设定发文机关：{name}", unit=unit, by=by, on=on, note=note)
    return Agency.objects.create(
        unit=unit,
        since=since,
        name=name,
        mark=mark or f"{name}文件",
        printer=printer or name,
        hands=hands,
        step=step,
        **codes,
    )


@action("papers.continue_series")
def continue_series(unit: Unit, *, code: str, year: int, before: int, on: date, by: User, note: str = "") -> Series:
    """The numbers of that year go on after what was numbered by hand."""
    require(by, rules.WHO["continue_series"], unit)
    refuse_if(
        rules.obstacles_to_series(
            code,
            year,
            begun=Paper.objects.filter(code=code, year=year, sequence__isnull=False).exists(),
            known=Series.objects.filter(code=code, year=year).exists(),
            own=any(code in held for held in codes_of(Agency.objects.filter(unit=unit))),
        )
    )
    title = f"续接文号：{code}〔{year}〕自{before + 1}号起"
    step = cases.do_at_once("papers:continue_series", title, unit=unit, by=by, on=on, note=note)
    return Series.objects.create(unit=unit, code=code, year=year, before=before, step=step)


def codes_of(agencies) -> list[tuple[str, ...]]:
    return [*agencies.values_list("code", "letter_code", "minutes_code")]
