"""Words in names: Chinese of one character upwards by pairs of characters, Latin letters as pinyin or as the beginning of a code.

Every condition is one that an index answers; several are put together by `union`, because OR would use none of them.
"""

from collections.abc import Iterable
from typing import TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, QuerySet, TextField, Value

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
    text = f"{field}__contains"
    if not grams:
        rows, grams, text = rows.alias(grams_of=Grams(F(field))), "grams_of", f"{field}__icontains"
    rows = rows.filter(**{f"{grams}__contains": Grams(Value(word))})
    # Neighbouring pairs do not yet make the word, and a single letter is no gram.
    told = word.isalnum() or grams != "grams_of"
    return rows.filter(**{text: word}) if told and (len(word) > 2 or is_typed(word)) else rows


def sounding(rows: QuerySet, word: str, *, pinyin: str = "pinyin", initials: str = "initials") -> QuerySet:
    """Rows whose pinyin begins with the letters, or whose initials hold them: begin with them, where they are few."""
    typed = word.lower()
    full = rows.filter(**{f"{pinyin}__gte": typed, f"{pinyin}__lt": typed + LAST})
    short = rows.filter(**{f"{initials}__{'startswith' if len(typed) < SHORT else 'contains'}": typed})
    return full.union(short)


def union(parts: Iterable[QuerySet]) -> QuerySet:
    first, *others = parts
    return first.union(*others) if others else first
