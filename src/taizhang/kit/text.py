"""Text as people type it: folded for matching, kept as written."""

import unicodedata


def fold(text: str) -> str:
    """For matching only: full-width forms, brackets and case are the same, blanks do not count."""
    folded = unicodedata.normalize("NFKC", text).translate(BRACKETS).upper()
    return "".join(folded.split())


def printable(text: str) -> str:
    """Without control signs, marks of direction, and signs that nobody sees."""
    return "".join(each for each in text if unicodedata.category(each) not in UNSEEN)


UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
BRACKETS = str.maketrans({"〔": "(", "〕": ")", "[": "(", "]": ")", "【": "(", "】": ")"})
