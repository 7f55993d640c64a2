"""Finding the organisations that rows of other registers speak of: by code, else by name, within where the person may write."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from taizhang.imports.comparing import Rows


@dataclass(frozen=True)
class Known:
    id: int
    unit_id: int
    path: str
    name: str
    code: str | None
    since: date | None
    status: str


class Organizations:
    """All that the person may write about, by code and by every name they ever bore."""

    def __init__(self, rows: Rows):
        self.by_code: dict[str, Known] = {}
        self.by_name: dict[str, list[Known]] = defaultdict(list)
        self.by_id: dict[int, Known] = {}
        found = rows.ask(
            """SELECT o.id, u.id, u.path, u.name, o.code, first.since, coalesce(p.status, 'normal'), o.search
            FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id
            JOIN (SELECT organization_id, min(lower(period)) AS since FROM orgs_particulars
                  WHERE upper_inf(recorded) GROUP BY 1) first ON first.organization_id = o.id
            LEFT JOIN orgs_particulars p ON p.organization_id = o.id AND upper_inf(p.recorded) AND p.period @> %(on)s::date
            WHERE u.path LIKE ANY (%(scope)s)"""
        )
        for *fields, search in found:
            known = Known(*fields)
            self.by_id[known.id] = known
            if known.code:
                self.by_code[known.code] = known
            for name in search.split(" "):
                self.by_name[name].append(known)

    def find(self, code: str | None, name_key: str | None) -> tuple[Known | None, str]:
        """The organisation, or why it is not clear which: one text whether nobody or somebody else keeps it."""
        if code:
            known = self.by_code.get(code)
            return known, "" if known else "您负责的社会组织中没有这个信用代码。"
        named = self.by_name.get(name_key or "", [])
        if len(named) == 1:
            return named[0], ""
        return None, "有几家用过这个名称，请补上信用代码。" if named else "您负责的社会组织中没有这个名称。"
