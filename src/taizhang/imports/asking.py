"""What every door of intake asks for: which tables somebody may import, a file taken in, work begun by the worker."""

from datetime import date

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from taizhang.accounts.models import User
from taizhang.imports import actions as imports
from taizhang.imports import rules
from taizhang.imports.models import Batch
from taizhang.imports.sheet import Sheet, resolve
from taizhang.imports.telling import begin, may_begin
from taizhang.kit import passing
from taizhang.kit.jobs import later


def sheets_for(user: User) -> dict[str, Sheet]:
    """What this person may import."""
    sheets = {name: resolve(path) for name, path in settings.SHEETS.items()}
    return {name: sheet for name, sheet in sheets.items() if user.holds(sheet.roles)}


def importers() -> frozenset[str]:
    """Whoever may import something."""
    return frozenset().union(*(resolve(path).roles for path in settings.SHEETS.values()))


def receive(file: UploadedFile, *, sheet: str, on: date, by: User) -> Batch:
    """The file is kept and the worker will check it; `sheet` is one of `sheets_for`."""
    path = settings.SHEETS[sheet]
    unit = rules.unit_for(by, resolve(path).roles)
    with passing.folder() as folder, transaction.atomic():
        kept = folder / "file"
        with kept.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        batch = imports.receive(kept, name=file.name, sheet=path, unit=unit, on=on, by=by)
        start(batch, "check", by=by)
    return batch


def start(batch: Batch, verb: str, *, by: User, **options) -> bool:
    """The work begins when this transaction is committed; until then the page says that it is waiting.

    False where it is under way or done already: nothing is begun.
    """
    with transaction.atomic():
        if not may_begin(batch, verb):
            return False
        begin(batch.pk, verb)
        later("imports.work", batch=batch.pk, user=by.pk, verb=verb, **options)
        return True
