"""Key rotation: everything that an older key of the office seals comes under its first one, batch by batch.

Each batch is one verb, so one transaction with a row in the audit: broken off, what is done stays done, and the next run
finds what is left by the name of the key that stands before each sealed value.
"""

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.db.models import Model

from taizhang.accounts.acting import action, tell_audit
from taizhang.accounts.errands import PURPOSE as EXPORTS
from taizhang.accounts.kept import Errand
from taizhang.accounts.models import User
from taizhang.accounts.programs import Answer
from taizhang.cases.models import AttachedFile
from taizhang.config.calls import ANSWERS
from taizhang.imports.keeping import PURPOSE as UPLOADS
from taizhang.imports.models import Upload
from taizhang.kit import crypto
from taizhang.members import actions as members


@dataclass(frozen=True, slots=True)
class Kind:
    what: str
    rewrap: Callable[..., int]  # one batch; how many it was
    counted: Callable[[], dict[str, int]]  # by the name of the key


@dataclass(frozen=True, slots=True)
class Told:
    what: str
    done: int
    left: int


def rotate(*, batch: int) -> Iterator[Told]:
    for kind in KINDS:
        left, done = waiting(kind), 0
        while left:
            done += kind.rewrap(at_most=batch, by=None)
            left = waiting(kind)
            yield Told(kind.what, done, left)


def waiting(kind: Kind) -> int:
    return sum(number for name, number in kind.counted().items() if name != settings.TAIZHANG_KEYS[0][0])


def status() -> dict[str, dict[str, int]]:
    return {kind.what: kind.counted() for kind in KINDS}


@action("keys.reseal")
def reseal(model: type[Model], column: str, purpose: str, *, at_most: int, by: User | None) -> int:
    """Some of the values of a column that an older key of the office seals are sealed with the first one. How many."""
    now = crypto.office_key()[0].encode() + b":"
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{key}", "{column}" FROM "{table}" WHERE substring("{column}" FROM 1 FOR %s) <> %s'
            f' ORDER BY "{key}" LIMIT %s FOR UPDATE',
            [len(now), now, at_most],
        )
        older = cursor.fetchall()
        for number, sealed in older:
            anew = crypto.office_sealed(purpose, crypto.office_opened(purpose, sealed))
            cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s', [anew, number])
    tell_audit(table=table, rows=len(older))
    return len(older)


def counted(model: type[Model], column: str) -> dict[str, int]:
    """How many values of a column each of the office's keys seals, by its name."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT convert_from(substring("{column}" FROM 1 FOR position('\\x3a'::bytea IN "{column}") - 1), 'UTF8'), count(*)
                FROM "{model._meta.db_table}" WHERE "{column}" IS NOT NULL GROUP BY 1"""
        )
        return dict(cursor.fetchall())


@action("keys.reseal_second_factors")
def reseal_second_factors(*, at_most: int, by: User | None) -> int:
    """The secrets behind six digits and recovery codes, kept as text in JSON."""
    done = 0
    for each in Authenticator.objects.select_for_update().order_by("pk"):
        anew = {name: sealed_anew(value) for name, value in each.data.items()}
        if done < at_most and anew != each.data:
            each.data = anew
            each.save(update_fields=["data"])
            done += 1
    tell_audit(rows=done)
    return done


def sealed_anew(value):
    if isinstance(value, list):
        return [sealed_anew(each) for each in value]
    if key_of_text(value) in (None, settings.TAIZHANG_KEYS[0][0]):
        return value
    return get_adapter().encrypt(get_adapter().decrypt(value))


def key_of_text(value) -> str | None:
    """The name of the key that sealed a text; none if it is no sealed text."""
    name, _, body = value.partition(":") if isinstance(value, str) else ("", "", "")
    known = {name for name, _ in settings.TAIZHANG_KEYS}
    try:
        return name if name in known and base64.b64decode(body, validate=True) else None
    except ValueError:
        return None


def second_factors_counted() -> dict[str, int]:
    found: Counter = Counter()
    for data in Authenticator.objects.values_list("data", flat=True):
        texts = [text for value in data.values() for text in (value if isinstance(value, list) else [value])]
        found.update({name for text in texts if (name := key_of_text(text))})
    return dict(found)


def sealed_in(what: str, model: type[Model], column: str, purpose: str) -> Kind:
    return Kind(what, partial(reseal, model, column, purpose), partial(counted, model, column))


KINDS = (
    Kind("个人密钥", members.rewrap_keys, members.keys_counted),
    sealed_in("附件", AttachedFile, "sealed", AttachedFile.PURPOSE),
    sealed_in("导入的文件", Upload, "content", UPLOADS),
    sealed_in("导入的标注文件", Upload, "annotated", UPLOADS),
    sealed_in("导出的文件", Errand, "file", EXPORTS),
    sealed_in("对程序的答复", Answer, "content", ANSWERS),
    Kind("两步验证", reseal_second_factors, second_factors_counted),
)
