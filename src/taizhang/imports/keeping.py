"""Uploaded files are sealed with the office's key: a list of people holds what the register itself would seal."""

from taizhang.kit import crypto

PURPOSE = "uploads"


def sealed(content: bytes) -> bytes:
    return crypto.office_sealed(PURPOSE, content)


def opened(stored: bytes | memoryview) -> bytes:
    return crypto.office_opened(PURPOSE, stored)
