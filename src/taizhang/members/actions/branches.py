"""What may happen to a Party organisation only when its people have been thought of."""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from taizhang.accounts.acting import action, take
from taizhang.accounts.models import User
from taizhang.cases.models import Step
from taizhang.kit.refusals import refuse, refuse_if
from taizhang.ledger import actions as ledger
from taizhang.members import rules
from taizhang.members.models import (
    Membership,
    Post,
)
from taizhang.party import actions as party
from taizhang.party import rules as party_rules
from taizhang.party.models import Affiliation, PartyOrganization


@action("members.dissolve")
def dissolve(
    party_organization: PartyOrganization,
    *,
    on: date,
    by: User,
    document: str = "",
    note: str = "",
    step: Step | None = None,
) -> Step:
    """撤销: it no longer exists from that day on. Refused while members, posts or others below remain; names them."""
    party_organization = take(party_organization, roles=rules.WHO["dissolve"], by=by)
    refuse_if(party_rules.obstacles_to_ending(party.party_particulars_on(party_organization, on), on))
    existence = party.existence_of(party_organization)
    from_then_on = {"period__overlap": DateRange(on, None)}
    memberships, posts, subordinates = standing_on(party_organization)
    refuse_if(
        rules.obstacles_to_dissolving(
            party_organization,
            list(memberships.filter(**from_then_on).select_related("person")),
            list(posts.filter(**from_then_on).select_related("person")),
            subordinates.filter(**from_then_on).values_list("party_organization__unit__name", flat=True),
            existence[1] if existence else None,
        )
    )
    step = step or party.step_about(
        party_organization, "party:dissolve", "撤销", by=by, on=on, document=document, note=note
    )
    party.end(party_organization, on=on, step=step)
    return step


def carry_over(party_organization: PartyOrganization, *, into: PartyOrganization, on: date, step: Step) -> None:
    """From that day on its members belong to the other, and nobody holds a post in it. Who calls it has decided that."""
    memberships, posts, _ = standing_on(party_organization)
    from_then_on = {"period__overlap": DateRange(on, None)}
    for post in posts.filter(**from_then_on).order_by("pk"):
        ledger.end(post, on=on, step=step)
    for held in memberships.filter(**from_then_on).select_related("person").order_by("person"):
        said = {**held.values, "party_organization": into}
        ledger.restate(Membership, step=step, since=max(on, held.since), until=held.until, person=held.person, **said)


@action("members.withdraw_establishment")
def withdraw_establishment(party_organization: PartyOrganization, *, on: date, by: User, note: str) -> Step:
    """It was entered in error: the ledger no longer says that it exists. Refused as long as anything stands on it."""
    party_organization = take(party_organization, roles=rules.WHO["withdraw_establishment"], by=by)
    refuse_if(
        [
            *rules.obstacles_to_unsaying(*(facts.count() for facts in standing_on(party_organization))),
            *party.note_missing(note),
        ]
    )
    if party.existence_of(party_organization) is None:
        refuse("already-withdrawn", "该党组织的成立登记已撤回", remedy="无需再办")
    title = "撤回成立登记"
    step = party.step_about(party_organization, "members:withdraw_establishment", title, by=by, on=on, note=note)
    party.unsay(party_organization, step=step)
    return step


def standing_on(party_organization: PartyOrganization):
    """Memberships, posts and the affiliations of others, of any day: what presupposes that it exists."""
    return (
        Membership.objects.current().filter(party_organization=party_organization),
        Post.objects.current().filter(party_organization=party_organization),
        Affiliation.objects.current().filter(superior=party_organization.unit_id),
    )
