"""The Party organisations' lives, done by the verbs: established, joined, handed over with their organisation, dissolved."""

from datetime import date, timedelta
from functools import partial

from taizhang.accounts.models import Unit
from taizhang.config.demonstration.branches import Branch
from taizhang.config.demonstration.chronicle import Chronicle, working_day
from taizhang.config.demonstration.office import Office
from taizhang.config.demonstration.stories import Story
from taizhang.members import actions as members
from taizhang.party import actions as party
from taizhang.party.models import Form, PartyOrganization


class PartyLives:
    def __init__(self, chronicle: Chronicle, office: Office) -> None:
        self.chronicle, self.office = chronicle, office

    def unit(self, short: str | None) -> Unit:
        return self.office.units[short] if short else self.office.committee

    def write(self, branch: Branch) -> None:
        self.chronicle.on(branch.known_on, partial(self.establish, branch))
        for story in branch.attached:
            self.chronicle.on(branch.known_on, partial(self.attach, branch, story))
        self.write_moves(branch)

    def write_moves(self, branch: Branch) -> None:
        if branch.form == Form.SINGLE and branch.dissolved_on is None:
            superior = branch.unit
            for move in branch.covers[0].moves:
                if move.day > branch.known_on and move.unit != superior:
                    self.chronicle.on(working_day(move.day), partial(self.change_superior, branch, move))
                    superior = move.unit

    def write_end(self, branch: Branch) -> None:
        if branch.dissolved_on:
            self.chronicle.on(
                working_day(branch.dissolved_on + timedelta(3)), partial(self.dissolve, branch, branch.dissolved_on)
            )

    def establish(self, branch: Branch) -> None:
        superior = self.unit(branch.unit)
        branch.row = party.establish(
            name=branch.name,
            level=branch.level,
            nature=branch.nature,
            form=branch.form,
            organizations=[story.row for story in branch.covers],
            superior=superior,
            on=branch.on,
            by=self.office.keeper(superior) if branch.form == Form.SINGLE else self.office.clerk,
            approved_by=superior.name if branch.unit is None else f"{superior.name}机关党委",
            approval=branch.approval,
        )

    def attach(self, branch: Branch, story: Story) -> None:
        party.cover(branch.row, organization=story.row, form=Form.ATTACHED, on=branch.on, by=self.office.clerk)

    def change_superior(self, branch: Branch, move) -> None:
        """The branch goes along with its organisation."""
        party.change(
            branch.row,
            on=move.day,
            by=self.office.clerk,
            document=move.document,
            superior=self.unit(move.unit),
        )
        self.read_again(branch)

    def dissolve(self, branch: Branch, on: date) -> None:
        members.dissolve(branch.row, on=on, by=self.office.clerk, document=f"{branch.approval[:3]}〔{on.year}〕撤")

    def read_again(self, branch: Branch) -> None:
        branch.row = PartyOrganization.objects.select_related("unit").get(pk=branch.row.pk)
