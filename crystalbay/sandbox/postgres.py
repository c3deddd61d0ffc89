"""A throwaway PostgreSQL cluster on a free loopback port, for development and tests.

    with Cluster(Path("data/postgres")) as cluster:
        cluster.create_database("crystalbay")
        cluster.dsn("crystalbay")    # postgresql://postgres@127.0.0.1:PORT/crystalbay

It needs PostgreSQL's server programs (Debian's package `postgresql`) and no service of the machine. A folder that
already holds a cluster is used again. Anybody on the machine may connect: keep nothing in it that is not simulated.

initdb and postgres refuse to run as root; when we are root they run as `postgres` (the package makes this user) or
`nobody`, who then owns the folder.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, Self

import psycopg
from psycopg import sql

Mode = Literal["smart", "fast", "immediate"]
SIGNALS: dict[Mode, signal.Signals] = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
}
"""PostgreSQL's own meanings: wait for clients, cut them off, stop as if the machine had crashed."""

HOST = "127.0.0.1"
USER = "postgres"
PROGRAMS = Path("/usr/lib/postgresql")
STARTING_S = 30.0
STOPPING_S = 20.0
LONGEST_SOCKET_FOLDER = 80  # a Unix socket's path has at most 107 bytes, its name among them
SETTINGS = {"listen_addresses": HOST, "max_connections": "200", "timezone": "UTC", "jit": "off"}
CARELESS = {"fsync": "off", "full_page_writes": "off"}  # a crash of PostgreSQL alone still loses no commit

# $@ is the server's command line; standard input is a pipe that we hold open as long as we live. The watcher, which
# the double fork keeps out of the server's children, reads it: a line says goodbye, the end of the file says that we
# died without one (SIGKILL included), and then it stops the server as `fast`. exec gives the server the shell's pid.
WATCHED = 'exec 3<&0 </dev/null; ( ( read -r word <&3 || kill -INT $$ ) >/dev/null 2>&1 & ); exec "$@" 3<&-'


class PostgresError(RuntimeError):
    """The cluster cannot be made, started or stopped; the message says why."""


class PostgresMissing(PostgresError):
    """PostgreSQL's server programs are not installed."""


def find_binaries() -> Path:
    """The folder of initdb and postgres: the newest in /usr/lib/postgresql, else from PATH. Raises PostgresMissing."""
    versions = [folder for folder in PROGRAMS.glob("*/bin") if (folder / "initdb").exists()]
    if versions:
        return max(versions, key=lambda folder: [int(part) for part in re.findall(r"\d+", folder.parent.name)])
    found = shutil.which("initdb")
    if found is None:
        raise PostgresMissing('PostgreSQL is missing: install Debian\'s package "postgresql"')
    return Path(found).resolve().parent


class Cluster:
    """One PostgreSQL server and its data folder; also a context manager. Not for use by several threads at once."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        """`durable`: with fsync, for what must survive a power cut; without it a crash of the machine loses data."""
        self.folder = Path(folder).resolve()
        self.port = 0
        self._durable = durable
        self._binaries = find_binaries()
        self._server: subprocess.Popen[bytes] | None = None

    # ------------------------------------------------------------------ life

    def start(self) -> Self:
        """Make the cluster if the folder is empty, and start it; returns when it answers. Raises PostgresError."""
        if self.running:
            return self
        self._prepare_folder()
        self._release_folder()
        for port in [self.port] if self.port else [_free_port() for _ in range(5)]:
            if self._serve(port):
                return self
        raise PostgresError(f"PostgreSQL does not start: {self._last_words()}")

    def stop(self, mode: Mode = "fast") -> None:
        """Stop the server; `immediate` is like a crash. Raises PostgresError when it does not end in time."""
        server, self._server = self._server, None
        if server is None:
            return
        with suppress(ProcessLookupError):
            server.send_signal(SIGNALS[mode])
        try:
            server.wait(STOPPING_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
            raise PostgresError(f"PostgreSQL did not end in {STOPPING_S:.0f} s and was killed") from None
        finally:
            _say_goodbye(server)

    def restart(self, mode: Mode = "fast") -> None:
        """Stop and start on the same port, so that addresses stay good."""
        self.stop(mode)
        self.start()

    @property
    def running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    @property
    def pid(self) -> int | None:
        """The process id of the server's parent process, while it runs."""
        return self._server.pid if self._server and self.running else None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------------ databases

    def dsn(self, database: str = "postgres") -> str:
        """The address of a database for its superuser."""
        return f"postgresql://{USER}@{HOST}:{self.port}/{database}"

    def databases(self) -> list[str]:
        with self._admin() as connection:
            return [name for (name,) in connection.execute("select datname from pg_database order by datname")]

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """A new database, a copy of `template`, which nobody may be connected to; answers its address."""
        command = sql.SQL("create database {} template {}")
        with self._admin() as connection:
            connection.execute(command.format(sql.Identifier(name), sql.Identifier(template)))
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Drop it, whoever is connected; nothing happens when there is none."""
        with self._admin() as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    @contextmanager
    def _admin(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            yield connection

    # ------------------------------------------------------------------ the folder

    def _prepare_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if (owner := _other_user()) is not None and (self.folder.stat().st_uid != owner.pw_uid):
            if any(self.folder.iterdir()):
                raise PostgresError(f"{self.folder} is not empty and does not belong to the user {owner.pw_name}")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.folder.chmod(0o700)
        if self._run("test", "-x", str(self.folder)).returncode:
            name = owner.pw_name if owner else "this process"
            raise PostgresError(f"the user {name} may not enter {self.folder}: choose a folder with open parents")
        if not (self.folder / "PG_VERSION").exists():
            self._initdb()

    def _initdb(self) -> None:
        """C.UTF-8 is on every Debian and knows Cyrillic capitals, which ILIKE needs."""
        options = ("--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8")
        sync = () if self._durable else ("--no-sync",)
        done = self._run(str(self._binaries / "initdb"), "--pgdata", str(self.folder), *options, *sync)
        if done.returncode:
            raise PostgresError(f"initdb failed: {done.stderr.decode(errors='replace').strip()}")

    def _release_folder(self) -> None:
        """Wait for a server that is just ending there, and remove the pid file of one that was killed.

        PostgreSQL removes it by itself unless another process has that pid now, as happens in containers.
        """
        deadline = time.monotonic() + STOPPING_S
        pid_file = self.folder / "postmaster.pid"
        while (pid := _first_number(pid_file)) is not None and _serves(pid, self.folder):
            if time.monotonic() > deadline:
                raise PostgresError(f"{self.folder} is in use by the PostgreSQL server with pid {pid}")
            time.sleep(0.1)
        pid_file.unlink(missing_ok=True)

    # ------------------------------------------------------------------ the server

    def _serve(self, port: int) -> bool:
        """Start on this port; False when the server ended by itself. Raises PostgresError when it stays mute."""
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                ["/bin/sh", "-c", WATCHED, "sh", *self._command(port)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl+C in a terminal is for us, not for the server
                **_as_other_user(),
            )
        self.port = port
        deadline = time.monotonic() + STARTING_S
        while self._server.poll() is None:
            with suppress(psycopg.OperationalError), psycopg.connect(self.dsn(), connect_timeout=2) as connection:
                shown = connection.execute("show data_directory").fetchone()
                if shown is not None and Path(shown[0]) == self.folder:
                    return True
            if time.monotonic() > deadline:
                self.stop("immediate")
                raise PostgresError(f"PostgreSQL does not answer on port {port}: {self._last_words()}")
            time.sleep(0.03)
        _say_goodbye(self._server)
        self._server = None
        return False

    def _command(self, port: int) -> list[str]:
        sockets = str(self.folder) if len(os.fsencode(self.folder)) <= LONGEST_SOCKET_FOLDER else ""
        settings = SETTINGS | {"port": str(port), "unix_socket_directories": sockets}
        if not self._durable:
            settings |= CARELESS
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._binaries / "postgres"), "-D", str(self.folder), *options]

    def _run(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, capture_output=True, cwd="/", check=False, **_as_other_user())

    def _last_words(self) -> str:
        lines = (self.folder / "server.log").read_text(errors="replace").splitlines()
        return " | ".join(lines[-5:])


def _other_user() -> pwd.struct_passwd | None:
    """Who runs the programs when we are root; None: ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def _as_other_user() -> dict[str, Any]:
    """Arguments for subprocess."""
    other = _other_user()
    return {} if other is None else {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}


def _say_goodbye(server: subprocess.Popen[bytes]) -> None:
    """End the watcher of a server that ended, before another process can get the server's pid."""
    if server.stdin is not None:
        with suppress(BrokenPipeError), server.stdin:
            server.stdin.write(b"bye\n")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _first_number(path: Path) -> int | None:
    """The pid in a pid file; None when there is no such file or it is torn."""
    with suppress(FileNotFoundError, ValueError, IndexError):
        return int(path.read_text().splitlines()[0])
    return None


def _serves(pid: int, folder: Path) -> bool:
    """Whether this process is a PostgreSQL server of that folder, which is then its working folder (Linux)."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder
    return False
