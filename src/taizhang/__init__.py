"""Taizhang 台账: the Party-building ledger of a provincial committee for social organisations."""
