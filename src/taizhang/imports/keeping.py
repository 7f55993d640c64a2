"""Uploaded files are sealed with the office's key: a list of people holds what the register itself would seal."""

from taizhang.kit import crypto

PURPOSE = "uploads"


def sealed(content: bytes) -> bytes:
    name, secret = crypto.office_key()
    return name.encode() + b":" + crypto.seal(crypto.derive(secret, PURPOSE), content)


def opened(stored: bytes | memoryview) -> bytes:
    name, _, body = bytes(stored).partition(b":")
    _, secret = crypto.office_key(name.decode())
    return crypto.unseal(crypto.derive(secret, PURPOSE), body)
