"""The seal 行校验码 of a row: whose row it is, until when it may come back, and what each of its cells said when it was taken out.

Signed with the installation's key, so that it cannot be made elsewhere. Of the cells it holds marks, not their contents:
enough to know whether the person changed a cell, and whether somebody else has since.
"""

import base64
from dataclasses import dataclass
from datetime import date

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from taizhang.declarations.drafts import Draft
from taizhang.declarations.workbooks.columns import MARKED, Place

SALT = "declarations.workbook"
MARK = 4  # bytes for a cell
LAYOUT = salted_hmac(SALT, ",".join(place.name for place in MARKED)).hexdigest()[:8]  # of this release's columns


@dataclass(frozen=True, slots=True)
class Seal:
    """`version` is that of the draft. A seal of another release's columns has no marks: its workbook has run out."""

    round: int
    unit: int
    declaration: int
    version: int
    expires_on: date
    marks: dict[str, bytes]

    def runs_on(self, day: date) -> bool:
        return day <= self.expires_on and bool(self.marks)

    def is_as_taken_out(self, place: Place, plain: str) -> bool:
        return constant_time_compare(self.marks[place.name], mark(self.declaration, place, plain))


def mark(declaration: int, place: Place, plain: str) -> bytes:
    return salted_hmac(SALT, f"{declaration}:{place.name}:{plain}").digest()[:MARK]


def sealed(draft: Draft, *, unit: int, expires_on: date) -> str:
    declaration = draft.declaration
    marks = b"".join(mark(declaration.pk, place, place.plain(place.shown(draft))) for place in MARKED)
    said = {
        "r": declaration.round_id,
        "u": unit,
        "d": declaration.pk,
        "v": declaration.version,
        "e": expires_on.isoformat(),
        "l": LAYOUT,
        "m": base64.b64encode(marks).decode(),
    }
    return signing.Signer(salt=SALT).sign_object(said)


def opened(text: str) -> Seal | None:
    """None for what this installation never gave out."""
    try:
        said = signing.Signer(salt=SALT).unsign_object(text.strip())
    except (signing.BadSignature, ValueError):
        return None
    marks = base64.b64decode(said["m"]) if said["l"] == LAYOUT else b""
    cut = {place.name: marks[MARK * at : MARK * (at + 1)] for at, place in enumerate(MARKED)} if marks else {}
    return Seal(said["r"], said["u"], said["d"], said["v"], date.fromisoformat(said["e"]), cut)
