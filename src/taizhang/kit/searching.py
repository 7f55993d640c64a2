"""Words in names: Chinese of one character upwards by pairs of characters, Latin letters as pinyin or as the beginning of a code.

Every condition is one that an index answers; several are put together by `union`, because OR would use none of them.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import StrIndex

from taizhang.kit.frequent import frequent
from taizhang.kit.text import fold

LAST = "\U0010ffff"  # after every character there is: `>= word and < word + LAST` is what begins with the word
WORDS = 8
Rows = TypeVar("Rows", bound=QuerySet)
SHORT = 3  # letters below which initials are looked for at the beginning of a name alone


class Grams(Func):
    function = "kit_grams"
    output_field = ArrayField(TextField())


def words_of(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (fold(word) for word in text.replace("\0", "").split()))))[:WORDS]


def is_typed(word: str) -> bool:
    """Letters and digits of a keyboard: may be pinyin or a code."""
    return word.isascii() and word.isalnum()


def holding(rows: Rows, grams: str, field: str, word: str) -> Rows:
    """Rows whose text holds the word. `grams` is the stored field of its characters and pairs, and the text is folded
    then; empty where an index is over the expression itself, and the text is as people wrote it."""
    # Neighbouring pairs do not yet make the word, and a single letter is no gram.
    several = len(word) > 2 or is_typed(word)
    if not grams:
        rows = rows.alias(grams_of=Grams(F(field))).filter(grams_of__contains=Grams(Value(word)))
        return rows.filter(**{f"{field}__icontains": word}) if several and word.isalnum() else rows
    rows = rows.filter(**{f"{grams}__contains": key(rows, grams, word)})
    # Not LIKE, of which PostgreSQL believes that hardly a row matches.
    return rows.alias(place=StrIndex(F(field), Value(word))).filter(place__gt=0) if several else rows


def key(rows: QuerySet, grams: str, word: str) -> Any:
    """What the index is asked for: all pairs of the word; or, where each of them is frequent, the least frequent alone.

    PostgreSQL multiplies the frequencies as if pairs came by chance, takes a word that a tenth of the names hold for one that a
    handful hold, and reads all of that tenth where it could have walked down the list to the fiftieth.
    """
    pairs = [word[place : place + 2] for place in range(len(word) - 1)]
    known = frequent(rows.model._meta.db_table, grams) if pairs else {}
    if pairs and all(pair in known for pair in pairs):
        return [min(pairs, key=known.__getitem__)]
    return Grams(Value(word))


def sounding(rows: QuerySet, word: str, *, pinyin: str = "pinyin", initials: str = "initials") -> QuerySet:
    """Rows whose pinyin begins with the letters, or whose initials hold them: begin with them, where they are few."""
    typed = word.lower()
    full = rows.filter(**{f"{pinyin}__gte": typed, f"{pinyin}__lt": typed + LAST})
    short = rows.filter(**{f"{initials}__{'startswith' if len(typed) < SHORT else 'contains'}": typed})
    return full.union(short)


def union(parts: Iterable[QuerySet]) -> QuerySet:
    first, *others = parts
    return first.union(*others) if others else first
