"""What each field asks, where that comes from, and an example: one file, read once, shown beside the field."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taizhang.statutes import edition

HELP = Path(__file__).parent / "data" / "help.toml"
SINCE = "since"  # the day: of every record, unless a kind says of its own what it means


@dataclass(frozen=True, slots=True)
class Explanation:
    """Either a `clause` of the statutes, or as `source` the form or certificate that it is copied from."""

    meaning: str
    example: str
    clause: str = ""
    source: str = ""

    def beside(self, label: str) -> SafeString:
        """Folded, so that the form stays short; a reader hears it with the field."""
        source = self.source
        if self.clause:
            address = reverse("statutes:clause", args=[self.clause])
            source = format_html('<a href="{}">{}</a>', address, edition.titles()[self.clause])
        return format_html(
            '<details class="explanation"><summary aria-label="{}的说明">说明</summary>'
            "<div>{}</div><div>依据：{}</div><div>例：{}</div></details>",
            *(label, self.meaning, source, self.example),
        )


def explained(kind: str, name: str, label: str) -> SafeString:
    told = explanations()
    return (told.get((kind, name)) or told["", name]).beside(label)


@cache
def explanations() -> dict[tuple[str, str], Explanation]:
    """(kind of record, field) → what is said of it; what is the same of every kind stands under none."""
    told = tomllib.loads(HELP.read_text(encoding="utf-8"))
    since = Explanation(**told.pop(SINCE))
    named = {(kind, name): Explanation(**each) for kind, fields in told.items() for name, each in fields.items()}
    return {("", SINCE): since, **named}
