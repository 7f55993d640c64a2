"""What the environment says: where the data are, which database, which keys."""

import base64
import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

CHECKOUT = Path(__file__).resolve().parents[3]


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def home() -> Path:
    """The private data folder: the embedded database, generated keys, uploads."""
    if chosen := os.environ.get("TAIZHANG_HOME"):
        return Path(chosen).absolute()
    if (CHECKOUT / "pyproject.toml").exists():
        return CHECKOUT / "var"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "taizhang"


def installed_at() -> Path:
    """The folder of what set-up makes: the checkout, or the data folder where the package came as a wheel."""
    return CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else home()


def private_folder(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def passing_folder() -> str | None:
    """Where files that pass through lie, for us alone; None where it cannot be made, as when pages are built as somebody else."""
    try:
        return str(private_folder(home() / "passing"))
    except OSError:
        return None


def database_from(url: str) -> dict[str, object]:
    """A Django DATABASES entry from postgresql://user:password@host:port/name?option=value; the host may be a socket folder in ?host=."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// (Taizhang runs on PostgreSQL alone).")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": options.pop("port", None) or str(parts.port or ""),
        "OPTIONS": options,
    }


def new_keys() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TAIZHANG_KEYS": f"{secrets.token_hex(2)}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}",
    }


def keys(*, production: bool) -> dict[str, str]:
    """SECRET_KEY and TAIZHANG_KEYS. Outside production a missing one is made once and kept in a file only we may read."""
    found = {name: os.environ[name] for name in ("SECRET_KEY", "TAIZHANG_KEYS") if os.environ.get(name)}
    if len(found) == 2:
        return found
    if production:
        missing = [name for name in ("SECRET_KEY", "TAIZHANG_KEYS") if name not in found]
        raise ImproperlyConfigured(
            f"{' and '.join(missing)} must be set in the environment. `taizhang keys make` prints a fresh pair; "
            "keep a copy apart from the database: without TAIZHANG_KEYS the encrypted fields of a backup cannot be read."
        )
    file = home() / "keys"
    if not file.exists():
        private_folder(home())
        draft = file.with_name(f"keys.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.writelines(f"{name}={value}\n" for name, value in new_keys().items())
        try:
            os.link(draft, file)  # of several starters the first one's keys stay
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    kept = dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    return {**kept, **found}


def encryption_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    """`id:base64,id:base64`: the first encrypts, all decrypt; each is 32 bytes."""
    pairs = []
    for part in text.split(","):
        name, _, encoded = part.strip().partition(":")
        try:
            key = base64.urlsafe_b64decode(encoded)
        except ValueError:
            key = b""
        if not name or len(key) != 32:
            raise ImproperlyConfigured(
                "TAIZHANG_KEYS is a list of id:base64 with 32 bytes each; `taizhang keys make` prints one."
            )
        pairs.append((name, key))
    return tuple(pairs)


def audit_keep_days(text: str) -> int:
    """0: for ever. The law knows no less than six months."""
    if not text:
        return 0
    if not text.isdecimal() or int(text) < 183:
        raise ImproperlyConfigured("TAIZHANG_AUDIT_KEEP_DAYS is 183 or more; leave it out to keep the audit for ever.")
    return int(text)
