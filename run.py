#!/usr/bin/env python3
"""One command for a newcomer: set up, show, test, check, measure and photograph the product.

    python3 run.py setup | demo | test | check | bench | shots | manage

Only the standard library is used here, since nothing else is installed yet.
"""

import argparse
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VAR = ROOT / "var"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
SECRET_KEY = VAR / "secret-key"
DEMO_DATABASE = VAR / "demo.sqlite3"
DEMO_STAMP = VAR / "demo.stamp"
DEMO_MADE_BY = ("*/migrations/*.py", "fixtures/**/*", "*/management/commands/load_*.py")
LOGINS = (
    ("vanphong", "Văn phòng UBND tỉnh / provincial office"),
    ("huyen", "Thành phố Hạ Long / district officer"),
    ("xa", "Phường Hà Tu / commune officer"),
    ("lanhdao", "lãnh đạo tỉnh Quảng Ninh / leader"),
)
PASSWORD = "dvctt-demo-2023"  # noqa: S105 -- printed on purpose; load_demo sets it on the demo's own database
OUR_VARIABLES = (
    "DJANGO_", "DATABASE_URL", "REDIS_URL", "CELERY_", "MEDIA_ROOT", "UPLOAD_MAX_MB", "EMAIL_",
    "STATIC_COLLECTED", "LOG_LEVEL", "WEB_CONCURRENCY", "GUNICORN_CMD_ARGS",
)  # fmt: skip

Command = list[str | Path]
Action = Callable[[argparse.Namespace, list[str]], int]


class Failure(Exception):
    """Something a person has to mend; the message says what."""


def say(text: str) -> None:
    print(text, flush=True)


def run(
    command: Sequence[str | Path],
    *,
    env: dict[str, str] | None = None,
    quiet: bool = False,
    check: bool = True,
) -> int:
    """Run a command in the project; return its exit code, or raise Failure when it must not fail."""
    result = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=env, capture_output=quiet, text=True, check=False
    )
    if check and result.returncode:
        shown = " ".join(str(part) for part in command)
        output = f"\n{result.stdout}{result.stderr}" if quiet else ""
        raise Failure(f"Lệnh thất bại / the command failed ({result.returncode}): {shown}{output}")
    return result.returncode


# --- Setting up -----------------------------------------------------------------------------------


def install_packages() -> None:
    """Make .venv from the hashed lock; a stamp of the lock makes the second time instant."""
    stamp = VENV / "lock.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if PYTHON.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return
    if sys.version_info < (3, 11):  # noqa: UP036 -- whoever starts this may have any Python
        raise Failure("Cần Python 3.11 trở lên / Python 3.11 or later is needed")
    started = time.monotonic()
    say("Cài các gói vào .venv / installing the packages into .venv …")
    locked: Command = ["--require-hashes", "--only-binary", ":all:", "-r", LOCK]
    uv = shutil.which("uv")
    if uv:
        if not PYTHON.exists():
            run([uv, "venv", "--quiet", "--python", sys.executable, VENV])
        run([uv, "pip", "install", "--quiet", "--python", PYTHON, *locked])
    else:
        install_with_pip(locked)
    stamp.write_text(wanted)
    say(f"  xong sau {time.monotonic() - started:.0f} giây / done")


def install_with_pip(locked: Command) -> None:
    options: Command = ["install", "--quiet", "--disable-pip-version-check", *locked]
    if not PYTHON.exists():
        venv.create(VENV, with_pip=False, symlinks=os.name != "nt")
    outer: Command = [sys.executable, "-m", "pip", "--python", PYTHON]
    # Debian's python3 comes without ensurepip but its pip can install for another Python (from 22.3 on).
    if run([*outer, "--version"], quiet=True, check=False) == 0:
        run([*outer, *options])
        return
    if run([PYTHON, "-m", "pip", "--version"], quiet=True, check=False):
        try:
            venv.create(VENV, with_pip=True, symlinks=os.name != "nt")
        except subprocess.CalledProcessError as error:
            raise Failure(
                "Thiếu pip: cài uv, hoặc gói python3-pip, hoặc python3-venv"
                " / pip is missing: install uv, or python3-pip, or python3-venv"
            ) from error
    run([PYTHON, "-m", "pip", *options])


def make_secret_key() -> None:
    """Keep one random key in var/, readable by its owner alone."""
    VAR.mkdir(exist_ok=True)
    if not SECRET_KEY.is_file():
        with os.fdopen(os.open(SECRET_KEY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))


def demo_environment() -> dict[str, str]:
    """Return the environment of the demo: nothing of ours from outside, and its own database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OUR_VARIABLES)}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "dvctt.settings",
        "DJANGO_SECRET_KEY_FILE": str(SECRET_KEY),
        "DATABASE_URL": f"sqlite:///{DEMO_DATABASE.as_posix()}",
        "MEDIA_ROOT": str(VAR / "demo-media"),
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }


def demo_fingerprint() -> str:
    """Return a hash of everything that the demo's database is made from."""
    digest = hashlib.sha256()
    for pattern in DEMO_MADE_BY:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and not path.is_relative_to(VENV):
                digest.update(path.relative_to(ROOT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def load_demo(*, reset: bool = False) -> None:
    """Migrate and fill the demo's database when it is missing or what it is made from has changed."""
    if reset:
        for path in VAR.glob(f"{DEMO_DATABASE.name}*"):
            path.unlink()
        DEMO_STAMP.unlink(missing_ok=True)
    fingerprint = demo_fingerprint()
    if DEMO_DATABASE.is_file() and DEMO_STAMP.is_file() and DEMO_STAMP.read_text() == fingerprint:
        return
    started = time.monotonic()
    say("Tạo cơ sở dữ liệu minh hoạ / making the demo database (var/demo.sqlite3) …")
    run([PYTHON, "manage.py", "migrate", "--noinput", "--verbosity", "0"], env=demo_environment())
    run([PYTHON, "manage.py", "load_demo"], env=demo_environment())
    DEMO_STAMP.write_text(fingerprint)
    say(f"  xong sau {time.monotonic() - started:.0f} giây / done")


def set_up(*, reset: bool = False) -> None:
    install_packages()
    make_secret_key()
    load_demo(reset=reset)


def setup(options: argparse.Namespace, _extra: list[str]) -> int:
    set_up(reset=options.reset)
    say("Sẵn sàng: python3 run.py demo / ready")
    return 0


# --- Serving --------------------------------------------------------------------------------------


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def server_command(port: int) -> Command:
    """Return the command of the one web process, in which the embedded worker runs as well."""
    if os.name == "nt":  # gunicorn needs Unix
        return [PYTHON, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
    return [PYTHON, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "dvctt.wsgi"]


@contextmanager
def served(port: int) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Serve the demo, give its address and process once it answers, and stop it at the end."""
    process = subprocess.Popen([str(part) for part in server_command(port)], cwd=ROOT, env=demo_environment())
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_until_well(f"{address}healthz", process)
        yield address, process
    finally:
        process.terminate()
        process.wait()


def wait_until_well(address: str, process: "subprocess.Popen[bytes]", *, patience_s: float = 60) -> None:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Failure(
                f"Máy chủ dừng ngay khi khởi động (mã {process.returncode}) / the server ended at once"
            )
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 -- our own loopback address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise Failure(f"Máy chủ không trả lời sau {patience_s:.0f} giây / the server does not answer")


def demo(options: argparse.Namespace, _extra: list[str]) -> int:
    port = options.port
    if is_taken(port):
        raise Failure(
            f"Cổng {port} đang có chương trình khác dùng / port {port} is taken: "
            f"python3 run.py demo --port {port + 1}"
        )
    set_up(reset=options.reset)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server is to end with us
    with served(port) as (address, server):
        say(f"\n  Mở trình duyệt / open:  {address}\n\n  Mật khẩu chung / password of all:  {PASSWORD}\n")
        for name, who in LOGINS:
            say(f"    {name:<10} {who}")
        say("\n  Số liệu minh hoạ; dừng bằng Ctrl+C / demo data; stop with Ctrl+C\n")
        try:
            return server.wait()
        except KeyboardInterrupt:
            say("\nĐã dừng / stopped")
    return 0


def manage(_options: argparse.Namespace, extra: list[str]) -> int:
    """Run manage.py on the demo's database; production calls manage.py with its own environment."""
    set_up()
    return run([PYTHON, "manage.py", *extra], env=demo_environment(), check=False)


# --- Testing and checking -------------------------------------------------------------------------

BROWSER_TESTS = "tests/browser"
NO_TESTS_FOUND = 5


def test(options: argparse.Namespace, extra: list[str]) -> int:
    """Run the tests: those of the database on PostgreSQL, and all of them on SQLite."""
    install_packages()
    VAR.mkdir(exist_ok=True)
    pytest: Command = [PYTHON, "-m", "pytest"]
    if options.coverage:
        pytest = [PYTHON, "-m", "coverage", "run", "--append", "-m", "pytest"]
        run([PYTHON, "-m", "coverage", "erase"])
    databases = {"postgresql": "", "sqlite": ""}
    asked = subprocess.run(
        [PYTHON, "-m", "tests.services"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if asked.returncode:
        if os.environ.get("REQUIRE_SERVICES") == "1":
            raise Failure(asked.stdout)
        databases = {"sqlite": asked.stdout or "PostgreSQL"}
    environments = {
        database: os.environ
        | {
            "TEST_DATABASE": database,
            "TEST_WITHOUT_POSTGRESQL": without,
            "TEST_COVERAGE": "1" if options.coverage else "",
        }
        for database, without in databases.items()
    }
    if "postgresql" not in databases or options.coverage or (os.cpu_count() or 1) < 2:
        codes = [run([*pytest, *extra], env=env, check=False) for env in environments.values()]
    else:
        codes = test_side_by_side([*pytest, *extra], environments)
    if "postgresql" in databases and codes[0] == NO_TESTS_FOUND:
        codes[0] = 0
    if options.coverage:
        run([PYTHON, "-m", "coverage", "report"], check=False)
    return max(codes)


def test_side_by_side(command: Command, environments: dict[str, dict[str, str]]) -> list[int]:
    """Run both passes at once; what was said beside SQLite's is shown whole when that is done.

    Of the browser's tests, asked for with everything else, each pass takes half of the files when it is done:
    so both cores are busy to the end. They have databases of their own.
    """
    log = VAR / "test-postgresql.log"
    say(f"PostgreSQL: {log.relative_to(ROOT)}")
    sqlite = environments["sqlite"]
    here, beside = [(command, sqlite)], [(command, environments["postgresql"])]
    if command[-1] == "pytest":
        files = sorted((ROOT / BROWSER_TESTS).glob("test_*.py"))
        here = [([*command, f"--ignore={BROWSER_TESTS}"], sqlite), ([*command, *files[1::2]], sqlite)]
        beside.append(([*command, *files[::2]], sqlite))
    codes: list[int] = []

    def run_beside() -> None:
        with log.open("w", encoding="utf-8") as output:
            for one, env in beside:
                done = subprocess.run(
                    [str(part) for part in one],
                    cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, check=False,
                )  # fmt: skip
                codes.append(done.returncode)

    other = threading.Thread(target=run_beside, daemon=True)
    other.start()
    own = [run(one, env=env, check=False) for one, env in here]
    other.join()
    say(log.read_text(encoding="utf-8", errors="replace"))
    return [*codes, *own]


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def check(_options: argparse.Namespace, _extra: list[str]) -> int:
    """Run every static check, whatever the others say, and sum up."""
    install_packages()
    make_secret_key()
    pages = templates()
    env = demo_environment() | {"DATABASE_URL": "sqlite://:memory:"}
    as_served = env | {"DJANGO_ALLOWED_HOSTS": "example.vn"}
    manage_py: Command = [PYTHON, "manage.py"]
    steps: list[tuple[str, Command, dict[str, str]]] = [
        ("ruff check", [PYTHON, "-m", "ruff", "check"], env),
        ("ruff format", [PYTHON, "-m", "ruff", "format", "--check"], env),
        ("mypy", [PYTHON, "-m", "mypy"], env),
        ("import-linter", [BIN / "lint-imports", "--no-logo"], env),
        ("djade", [BIN / "djade", "--target-version", "5.2", "--check", *pages], env),
        ("djhtml", [PYTHON, "-m", "djhtml", "--check", "--tabwidth", "2", *pages], env),
        ("manage.py check", [*manage_py, "check", "--fail-level", "WARNING"], env),
        ("manage.py check --deploy", [*manage_py, "check", "--deploy", "--fail-level", "WARNING"], as_served),
        ("migrations", [*manage_py, "makemigrations", "--check", "--dry-run"], env),
        ("docker-compose.yml", [PYTHON, "-m", "tests.compose"], env),
    ]
    results = []
    for name, command, environment in steps:
        say(f"--- {name}")
        started = time.monotonic()
        code = run(command, env=environment, check=False)
        results.append((name, code, time.monotonic() - started))
    say("")
    for name, code, seconds in results:
        say(f"{'đạt / ok  ' if code == 0 else 'HỎNG / BAD'}  {name:<26} {seconds:5.1f} s")
    return int(any(code for _, code, _ in results))


def bench(_options: argparse.Namespace, extra: list[str]) -> int:
    set_up()
    return run([PYTHON, "-m", "bench", *extra], env=demo_environment(), check=False)


def shots(_options: argparse.Namespace, extra: list[str]) -> int:
    """Photograph every page of the demo for each person, wide and narrow, into var/shots."""
    set_up()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with served(port) as (address, _server):
        command: Command = [
            PYTHON,
            "-m",
            "tests.shots",
            "--url",
            address,
            "--password",
            PASSWORD,
            "--out",
            VAR / "shots",
            *extra,
        ]
        return run(command, env=demo_environment(), check=False)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def command(action: Action, about: str) -> argparse.ArgumentParser:
        name = action.__name__
        # Where options are handed on, --help reaches the program behind.
        own = action in {setup, demo, check}
        sub = commands.add_parser(name, help=about, description=about, add_help=own, allow_abbrev=False)
        sub.set_defaults(action=action, hands_on=not own)
        return sub

    for sub in (
        command(setup, "cài gói, tạo cơ sở dữ liệu minh hoạ / install, make the demo database"),
        command(demo, "như setup, rồi mở trang ở 127.0.0.1:8000 / set up and serve"),
    ):
        sub.add_argument("--reset", action="store_true", help="làm lại cơ sở dữ liệu minh hoạ / make it anew")
    sub.add_argument("--port", type=int, default=8000, help="cổng / port")
    sub = command(test, "kiểm thử trên hai cơ sở dữ liệu; tham số khác chuyển cho pytest / run the tests")
    sub.add_argument("--coverage", action="store_true", help="đo độ phủ / measure coverage")
    command(check, "ruff, mypy, import-linter, mẫu trang, Django, compose / every static check")
    command(bench, "đo hiệu năng, ghi docs/benchmarks.md / measure, write docs/benchmarks.md")
    command(shots, "chụp mọi trang vào var/shots / photograph every page")
    command(manage, "chạy manage.py trên cơ sở dữ liệu minh hoạ / manage.py on the demo database")
    options, extra = parser.parse_known_args()
    if extra and not options.hands_on:
        parser.error(f"không rõ / unknown: {' '.join(extra)}")
    try:
        return options.action(options, extra)
    except Failure as failure:
        say(f"Lỗi / error: {failure}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
