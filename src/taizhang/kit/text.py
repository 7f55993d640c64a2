"""Text as people type it: folded for matching, kept as written."""

import unicodedata


def fold(text: str) -> str:
    """For matching only: full-width forms, brackets and case are the same, blanks do not count."""
    folded = unicodedata.normalize("NFKC", text).translate(BRACKETS).upper()
    return "".join(folded.split())


BRACKETS = str.maketrans({"〔": "(", "〕": ")", "[": "(", "]": ")", "【": "(", "】": ")"})
