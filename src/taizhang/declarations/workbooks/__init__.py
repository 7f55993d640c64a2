"""A round of declarations as a workbook: taken out pre-filled, filled in off-line, sent back (docs/decisions/0121)."""
