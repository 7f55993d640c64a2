"""Protected values: encrypted with a key per owner, found again by a blind index.

A value is sealed with its owner's own key; the owner's key is sealed with the office's key (TAIZHANG_KEYS, newest
first). Destroying the owner's sealed key destroys the value everywhere, in history and backups too. A new office key is put
first; `taizhang keys rotate` seals the owners' keys with it and makes the blind indexes anew.
SM4-GCM rather than AES, so that the product can pass 密评 (GB/T 39786) without another storage format.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

NONCE = 12
TAG = 16
KEY = 16
OWNER_KEYS = "owner-keys"


class Unreadable(Exception):
    """The value was sealed with a key that the office no longer has, or was altered."""


def office_key(name: str | None = None) -> tuple[str, bytes]:
    """The key of that name, or the one that encrypts now."""
    for known, secret in settings.TAIZHANG_KEYS:
        if name in (None, known):
            return known, secret
    raise Unreadable(name)


def derive(secret: bytes, purpose: str) -> bytes:
    return hashlib.blake2b(secret, key=purpose.encode(), digest_size=KEY).digest()


def seal(key: bytes, value: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    sealed = encryptor.update(value) + encryptor.finalize()
    return nonce + encryptor.tag + sealed


def unseal(key: bytes, sealed: bytes | memoryview) -> bytes:
    sealed = bytes(sealed)
    nonce, tag, body = sealed[:NONCE], sealed[NONCE : NONCE + TAG], sealed[NONCE + TAG :]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag as error:
        raise Unreadable from error


def new_owner_key() -> tuple[bytes, bytes]:
    """A fresh key for one owner: the key itself, and the sealed form that is stored: `name:` + sealed."""
    name, secret = office_key()
    key = os.urandom(KEY)
    return key, name.encode() + b":" + seal(derive(secret, OWNER_KEYS), key)


def open_owner_key(stored: bytes | memoryview) -> bytes:
    return unseal(derive(office_key(key_name(stored))[1], OWNER_KEYS), bytes(stored).partition(b":")[2])


def key_name(stored: bytes | memoryview) -> str:
    """Which of the office's keys sealed it."""
    return bytes(stored).partition(b":")[0].decode()


def rewrapped(stored: bytes | memoryview) -> bytes:
    """The same owner's key under the office's key of now; what it sealed is not touched."""
    name, secret = office_key()
    return name.encode() + b":" + seal(derive(secret, OWNER_KEYS), open_owner_key(stored))


def blind_indexes(purpose: str, value: str) -> list[bytes]:
    """Equal values have equal indexes, and an index without the office's key says nothing.

    One for each of the office's keys, that of now first: it is the one to store, all are to be looked for as long as a
    rotation is under way.
    """
    return [
        hmac.new(derive(secret, f"index:{purpose}"), value.encode(), hashlib.sha256).digest()[:16]
        for _, secret in settings.TAIZHANG_KEYS
    ]


def office_sealed(purpose: str, content: bytes) -> bytes:
    """For what belongs to nobody in particular, a file say: sealed with the office's newest key, whose name stands before it."""
    name, secret = office_key()
    return name.encode() + b":" + seal(derive(secret, purpose), content)


def office_opened(purpose: str, stored: bytes | memoryview) -> bytes:
    name, _, body = bytes(stored).partition(b":")
    _, secret = office_key(name.decode())
    return unseal(derive(secret, purpose), body)
