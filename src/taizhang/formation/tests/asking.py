"""Applications of the tests: organisations with members, asked for by the verbs."""

from datetime import date

from taizhang.formation import actions as formation
from taizhang.formation.models import Application, Kind
from taizhang.members import actions as members
from taizhang.members.models import Position
from taizhang.members.tests.people import MARCH, employee

JULY = date(2017, 7, 10)
PROMISE = "组织关系转入承诺书"


def members_of(world, organization, count: int = 3, *, by=None, first: int = 0, **stated) -> list:
    """Full members with relations at a former employer."""
    by = by or world.clerk
    people = []
    for number in range(first, first + count):
        name = f"{organization.unit.name[:1]}员{number}"
        person = employee(world, organization, name, by=by, is_management=number == 0, title="秘书长")
        members.admit(
            person,
            outside_name=f"{name}原单位支部",
            unit=organization.unit,
            standing=stated.get("standing", "full"),
            on=MARCH,
            by=by,
        )
        people.append(person)
    return people


def drafted(world, organization, people=None, *, kind=Kind.SINGLE, by=None, on: date = JULY, **asked) -> Application:
    by = by or world.clerk
    asked = {"name": f"中共{organization}支部委员会", "grounds": "党员已有三名，需要成立支部", **asked}
    application = formation.start(kind, organization=organization, on=on, by=by, **asked)
    for number, person in enumerate(people if people is not None else members_of(world, organization, by=by)):
        position = Position.SECRETARY if number == 0 else ""
        formation.propose(application, person=person, promise=PROMISE, position=position, by=by)
    return application


def accepted(world, organization, people=None, *, by=None, on: date = JULY, **asked) -> Application:
    application = drafted(world, organization, people, by=by, on=on, **asked)
    by = by or world.clerk
    return formation.accept(formation.submit(application, on=on, by=by), on=on, by=by)


UNANIMOUS = {"in_favour": 9}
AGAINST = {"against": 9, "note": "正式党员不足3名", "next_step": "与相近单位联合组建"}
