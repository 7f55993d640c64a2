"""A round is opened and handed out set-wise; a correction is begun outside any round; what was struck off ends."""

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F

from taizhang.accounts.acting import action, require
from taizhang.accounts.models import Unit, User
from taizhang.cases import actions as cases
from taizhang.declarations import rules
from taizhang.declarations.actions.moving import move, step_to, taken, turn
from taizhang.declarations.drafts import struck_off
from taizhang.declarations.models import OVER, Declaration, Opening, Round
from taizhang.kit.clock import OFFICE
from taizhang.kit.jobs import later
from taizhang.kit.refusals import refuse, refuse_if
from taizhang.orgs.models import Organization, Particulars, Status

AT_ONCE = 5_000  # declarations of one transaction, so that progress shows and a break loses nothing

# Registered and normal on the cut-off day, and not struck off since.
ASKED = """
    FROM orgs_organization o
    JOIN accounts_unit u ON u.id = o.unit_id AND u.path LIKE %(below)s
    JOIN orgs_particulars p ON p.organization_id = o.id AND upper_inf(p.recorded)
        AND p.period @> %(cut_off)s::date AND p.status = 'normal'
    WHERE NOT EXISTS (SELECT FROM declarations_declaration d WHERE d.round_id = %(round)s AND d.organization_id = o.id)
      AND NOT EXISTS (
        SELECT FROM orgs_particulars l WHERE l.organization_id = o.id AND upper_inf(l.recorded)
          AND upper_inf(l.period) AND l.status <> 'normal'
      )
"""
HAND_OUT = f"""
    WITH chosen AS (
        SELECT o.id, o.unit_id, u.name, u.parent_id {ASKED} ORDER BY o.id LIMIT %(at_once)s
    ), fillers AS (
        SELECT DISTINCT ON (g.unit_id) g.unit_id, g.role FROM accounts_grant g JOIN accounts_user w ON w.id = g.user_id
        WHERE g.ended_at IS NULL AND w.is_active AND g.role IN ('operator', 'party_clerk', 'secretary', 'unit_clerk')
        ORDER BY g.unit_id, array_position(ARRAY['operator', 'party_clerk', 'secretary', 'unit_clerk'], g.role::text)
    ), opened AS (
        INSERT INTO cases_case (kind, title, unit_id, about_people, subject, turn_unit_id, turn_role, opened_by_id, opened_at)
        SELECT 'declarations:declaration', %(title)s || '：' || c.name, c.unit_id, false, '', c.unit_id,
            coalesce(own.role, theirs.role, 'clerk'), %(by)s, ledger_now()
        FROM chosen c
        LEFT JOIN fillers own ON own.unit_id = c.unit_id AND own.role <> 'unit_clerk'
        LEFT JOIN fillers theirs ON theirs.unit_id = c.parent_id AND theirs.role = 'unit_clerk'
        RETURNING id, unit_id
    )
    INSERT INTO declarations_declaration (case_id, round_id, organization_id, state, cut_off_on, version, is_late,
        late_reason, returned_why, asked_though_known)
    SELECT n.id, %(round)s, c.id, 'not_begun', %(cut_off)s, 0, false, '', '', 0
    FROM opened n JOIN chosen c USING (unit_id)
"""


@action("declarations.open_round")
def open_round(
    unit: Unit,
    *,
    title: str,
    cut_off_on: date,
    due_on: date,
    on: date,
    by: User,
    organization: Organization | None = None,
) -> Round:
    """Every organisation of the unit's, or this one, is asked; a worker hands the declarations out."""
    unit = organization.unit if organization else unit
    require(by, rules.WHO["open_round"], unit)
    refuse_if(
        rules.obstacles_to_opening_round(title=title, cut_off_on=cut_off_on, due_on=due_on, on=on, path=unit.path)
    )
    title = title.strip()
    if Round.objects.filter(unit=unit, title=title).exists():
        refuse("opened-already", f"{unit}已有同名的填报任务", remedy="换一个名称，或看已下发的那一个", where="title")
    case = cases.open_case("declarations:round", f"填报任务：{title}", unit=unit, by=by)
    found = Round.objects.create(
        case=case, title=title, unit=unit, cut_off_on=cut_off_on, due_on=due_on, by=by, opened_on=on
    )
    found.wanted = ask(f"SELECT count(*) {ASKED}", found)[0]
    if not found.wanted:
        refuse("nobody-asked", "这个范围内没有要填报的社会组织", remedy="核对范围和截止日", where="unit")
    found.save(update_fields=["wanted"])
    cases.do(case, "declarations:open_round", by=by, on=on)
    later("declarations.hand_out", round=found.pk, user=by.pk)
    return found


@action("declarations.hand_out")
def hand_out(round: Round, *, by: User) -> Round:
    """The next few thousand have their declaration; nobody gets two, however often this is called."""
    found = Round.objects.select_for_update(of=("self",)).select_related("unit", "case").get(pk=round.pk)
    require(by, rules.WHO["hand_out"], found.unit)
    with connection.cursor() as cursor:
        cursor.execute(HAND_OUT, {**parameters(found), "title": found.title, "by": by.pk, "at_once": AT_ONCE})
        made = cursor.rowcount
    found.made, found.opening = F("made") + made, Opening.WORKING if made == AT_ONCE else Opening.OPEN
    found.save(update_fields=["made", "opening"])
    found.refresh_from_db(fields=["made"])
    if found.opening == Opening.OPEN:
        cases.close(found.case)
    return found


@action("declarations.break_off")
def break_off(round: Round, *, by: User | None) -> Round:
    """It could not be handed out to the end; whoever may can ask for it again."""
    found = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    found.opening = Opening.BROKEN
    found.save(update_fields=["opening"])
    return found


def parameters(found: Round) -> dict[str, Any]:
    return {"round": found.pk, "below": f"{found.unit.path}%", "cut_off": found.cut_off_on}


def ask(sql: str, found: Round) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters(found))
        return cursor.fetchone()


@action("declarations.start")
def start(organization: Organization, *, on: date, by: User) -> Declaration:
    """A correction outside any round: as of today, only what differs is said."""
    require(by, rules.WHO["start"], organization.unit)
    Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)
    known = Declaration.objects.under_way().filter(organization=organization, round=None).first()
    if known is not None:
        return known
    case = cases.open_case("declarations:declaration", f"更正：{organization}", unit=organization.unit, by=by)
    declaration = Declaration.objects.create(case=case, organization=organization, cut_off_on=on)
    cases.pass_on(case, unit=organization.unit, role=turn(declaration))
    return declaration


@action("declarations.end")
def end(declaration: Declaration, *, on: date, by: User, note: str = "") -> Declaration:
    """The organisation is no longer there to declare, or gave its correction up; what was written stays."""
    declaration = taken(declaration, "end", by)
    why = struck_off([declaration.organization_id]).get(declaration.organization_id, "")
    if not why and declaration.round_id is not None:
        refuse("not-struck-off", "该社会组织没有注销，填报不能终止", remedy="请填报；不属填报范围的，先更正其登记状态")
    if not why:
        refuse_if(rules.note_missing(note))
    step = step_to(declaration, "end", by=by, on=on, note=note or f"该社会组织{why}")
    return move(declaration, "end", step=step)


@action("declarations.end_struck_off")
def end_struck_off(*, by: None) -> list[Declaration]:
    """Every declaration of an organisation that was struck off ends, in the name of whoever struck it off."""
    gone = Particulars.objects.still().exclude(status=Status.NORMAL).select_related("step__by")
    gone_by = {each.organization_id: each for each in gone.filter(organization__in=open_ones().values("organization"))}
    ended = []
    rows = open_ones().filter(organization__in=gone_by).select_for_update(of=("self",), skip_locked=True)
    for declaration in rows.select_related("case", "organization__unit__parent").order_by("pk"):
        fact = gone_by[declaration.organization_id]
        on = fact.step.recorded_at.astimezone(OFFICE).date()
        step = step_to(declaration, "end", by=fact.step.by, on=on, note=f"{fact.since}已{fact.get_status_display()}")
        ended.append(move(declaration, "end", step=step))
    return ended


def open_ones():
    return Declaration.objects.exclude(state__in=OVER)
