"""`make prod-smoke`: the production stack on this machine, and a purchase driven through it.

PostgreSQL with its two roles, Redis, two web processes, a worker, the proxy with TLS, and
the sandbox as a process of its own in place of the vendors. A browser then joins, sells,
buys, delivers and accepts, as in `make test`. At the end the database goes through the
restore drill. Everything is made anew, under names of its own, and taken away again.
"""

import argparse
import datetime
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
ADMIN_URL = os.environ.get(
    "TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/postgres"
)
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/14")
DATABASE, OWNER, APP = (
    "gigstream_smoke",
    "gigstream_smoke_owner",
    "gigstream_smoke_app",
)
PATIENCE = 60
GIGS = "16"
JOURNEY = "tests/journeys/test_buy_a_gig.py::test_two_people_do_the_whole_job"


def say(words: str) -> None:
    print(words, flush=True)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Stack:
    """Every process of the site, its environment and its addresses."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.web_ports = [free_port(), free_port()]
        self.sandbox_port, self.cache_port = free_port(), free_port()
        self.http_port, self.https_port = free_port(), free_port()
        self.url = f"https://localhost:{self.https_port}"
        self.certificate = directory / "tls.pem"
        # Trusts the certificate, which is there by the first request.
        self.http = urllib3.PoolManager(ca_certs=str(self.certificate))
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | self._settings() | self._companies()

    def _settings(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "gigstream.settings.production",
            "SECRET_KEY": os.urandom(40).hex(),
            "ENCRYPTION_KEYS": os.urandom(20).hex(),
            "SITE_URL": self.url,
            "ALLOWED_HOSTS": "localhost",
            "TRUSTED_PROXY_COUNT": "1",
            "DATABASE_URL": database_url(APP),
            "REDIS_URL": REDIS_URL,
            # All of the journey comes from one address.
            "RATE_LIMIT_PER_MINUTE": "2000",
            "HSTS_PRELOAD": "1",
            "VAR_DIR": str(self.directory / "var"),
        }

    def _companies(self) -> dict[str, str]:
        sandbox = f"http://127.0.0.1:{self.sandbox_port}/sandbox"
        return {
            "PREVIEW_ALLOWS_SANDBOX": "1",
            "STRIPE_API_BASE": f"{sandbox}/stripe",
            "CLOUDINARY_UPLOAD_PREFIX": f"{sandbox}/cloudinary",
            "RESEND_API_URL": f"{sandbox}/resend",
            "PUSHER_HOST": "127.0.0.1",
            "PUSHER_PORT": str(self.sandbox_port),
            # The certificate is our own, so whoever calls the site is told to trust it.
            "SSL_CERT_FILE": str(self.certificate),
            "REQUESTS_CA_BUNDLE": str(self.certificate),
        }

    def prepare(self) -> None:
        """The database with its roles and tables, static files, the certificate."""
        make_certificate(self.certificate, self.directory / "tls.key")
        grant()
        self.manage("migrate", "-v0", DATABASE_URL=database_url(OWNER))
        grant()
        self.manage("collectstatic", "--noinput", "-v0")
        self.manage("check", "--deploy", "--fail-level", "WARNING")

    def start(self) -> None:
        """The vendors first, then the site, then the proxy; wait until all of it answers."""
        uvicorn = [
            str(BIN / "uvicorn"),
            "gigstream.asgi:application",
            "--no-proxy-headers",
        ]
        uvicorn += ["--port", str(self.sandbox_port), "--lifespan", "off"]
        self._run("sandbox", *uvicorn, "--ws", "websockets-sansio", "--no-access-log")
        for port in self.web_ports:
            granian = [str(BIN / "granian"), "--interface", "wsgi", "--no-ws"]
            granian += ["--port", str(port), "--blocking-threads", "8"]
            self._run(f"web-{port}", *granian, "gigstream.wsgi:application")
        self._run("worker", sys.executable, "manage.py", "worker")
        self._run("proxy", *self._proxy())
        for port in self.web_ports:
            self._wait_for(f"http://127.0.0.1:{port}/readyz", Host="localhost")
        self._wait_for(f"http://127.0.0.1:{self.sandbox_port}/sandbox/")
        self._wait_for(f"{self.url}/readyz")

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait(timeout=20)

    def manage(self, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"manage.py {arguments[0]} failed\n{done.stdout}")
        return done.stdout

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return self.http.request(
            "GET", f"{self.url}{path}", headers=headers, redirect=False
        )

    def _run(self, name: str, *command: str) -> None:
        with (self.directory / f"{name}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen(
                    command, cwd=ROOT, env=self.environment, stdout=log, stderr=log
                )
            )

    def _proxy(self) -> list[str]:
        """nginx as in production: the same template, other ports."""
        values = {
            "WEB_SERVERS": " ".join(
                f"server 127.0.0.1:{port} max_conns=24;" for port in self.web_ports
            ),
            "SERVER_NAME": "localhost",
            "HTTP_PORT": f"127.0.0.1:{self.http_port}",
            "HTTPS_PORT": f"127.0.0.1:{self.https_port}",
            "HTTPS_PORT_SUFFIX": f":{self.https_port}",
            "TLS_CERTIFICATE": str(self.certificate),
            "TLS_KEY": str(self.directory / "tls.key"),
            "EXTRA_LOCATIONS": str(self.directory / "extra.conf"),
            "SANDBOX_SERVER": f"127.0.0.1:{self.sandbox_port}",
        }
        for template, name in (
            ("nginx.conf.template", "site.conf"),
            ("nginx-preview.conf", "extra.conf"),
        ):
            text = (DEPLOY / template).read_text()
            filled = re.sub(r"\$\{(\w+)\}", lambda found: values[found.group(1)], text)
            (self.directory / name).write_text(filled)
        temporary = "".join(
            f"{kind}_temp_path {self.directory}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.directory / "nginx.conf").write_text(
            # Started by root it would drop its rights, and the folder is the starter's own.
            f"{'user root;' if os.geteuid() == 0 else ''}\n"
            f"daemon off;\npid {self.directory}/nginx.pid;\nerror_log stderr;\n"
            "worker_processes 1;\nevents { worker_connections 4096; }\n"
            f"http {{\naccess_log off;\n{temporary}include {self.directory}/site.conf;\n"
            f"{self._shared_cache()}}}\n"
        )
        return [shutil.which("nginx") or "nginx", "-c", f"{self.directory}/nginx.conf"]

    def _shared_cache(self) -> str:
        """A cache for everybody that knows no cookies: it believes what the site says."""
        return (
            f"proxy_cache_path {self.directory}/shared keys_zone=shared:1m;\n"
            f"server {{ listen 127.0.0.1:{self.cache_port}; location / {{\n"
            "proxy_cache shared; proxy_cache_key $request_uri;\n"
            "add_header X-Cache $upstream_cache_status always;\n"
            f"proxy_set_header Host localhost:{self.https_port};\n"
            f"proxy_pass https://127.0.0.1:{self.https_port}; }} }}\n"
        )

    def _wait_for(self, address: str, **headers: str) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for process in self.processes:
                if process.poll() is not None:
                    raise SystemExit(f"{process.args} ended early\n{self.logs()}")
            try:
                if (
                    self.http.request(
                        "GET", address, headers=headers, retries=False, redirect=False
                    ).status
                    == 200
                ):
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.2)
        raise SystemExit(f"{address} does not answer\n{self.logs()}")

    def logs(self) -> str:
        files = sorted(self.directory.glob("*.log"))
        return "\n".join(
            f"--- {each.name}\n{each.read_text(errors='replace')[-3000:]}"
            for each in files
        )


def database_url(role: str) -> str:
    admin = urlsplit(ADMIN_URL)
    return f"postgres://{role}@{admin.hostname}:{admin.port or 5432}/{DATABASE}"


def grant() -> None:
    """What an operator runs before the first `migrate` and after each one."""
    admin = urlsplit(ADMIN_URL)._replace(path=f"/{DATABASE}").geturl()
    command = ["psql", admin, "-q", "-v", f"database={DATABASE}"]
    command += ["-v", f"owner={OWNER}", "-v", f"app={APP}"]
    subprocess.run([*command, "-f", DEPLOY / "roles.sql"], check=True)


@contextmanager
def empty_database() -> Iterator[None]:
    """A database of the smoke's own; it and its roles are gone afterwards."""
    with psycopg.connect(ADMIN_URL, autocommit=True) as admin:
        _drop(admin)
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        try:
            yield
        finally:
            _drop(admin)


def _drop(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    admin.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
            sql.Identifier(DATABASE)
        )
    )
    for role in (APP, OWNER):
        admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def make_certificate(certificate: Path, key: Path) -> None:
    """A certificate for `localhost`, good for a day, which only this run trusts."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(secret, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def check_the_door(stack: Stack) -> None:
    """What the proxy and the production settings promise to every visitor."""
    plain = urllib3.request(
        "GET", f"http://localhost:{stack.http_port}/gigs/", redirect=False
    )
    assert plain.status == 301, plain.status
    assert plain.headers["Location"] == f"{stack.url}/gigs/", plain.headers["Location"]

    home = stack.get("/", **{"Accept-Encoding": "br"})
    assert home.status == 200, home.status
    assert "max-age=63072000" in home.headers["Strict-Transport-Security"]
    assert "Set-Cookie" not in home.headers, "strangers get no cookie"

    login = stack.get("/accounts/login/")
    cookie = login.headers["Set-Cookie"]
    assert cookie.startswith("__Host-csrftoken="), cookie
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; ")), cookie

    sheet = re.search(r'href="(/static/[^"]+\.css)"', home.data.decode())
    assert sheet, "a style sheet"
    style = stack.get(sheet.group(1), **{"Accept-Encoding": "br"})
    assert style.headers["Content-Encoding"] == "br", style.headers
    assert style.headers["Cache-Control"].endswith("public, immutable"), style.headers

    assert stack.get("/metrics").status == 404, "figures are for inside only"
    stranger = stack.get("/", Host="evil.example")
    assert stranger.status == 400, stranger.status


def log_in(stack: Stack, email: str) -> str:
    """Log one of the demo people in, and return the cookie of the session."""
    page = stack.get("/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.data.decode())
    assert token, "a form with a token"
    fields = {
        "csrfmiddlewaretoken": token.group(1),
        "login": email,
        "password": "gigstream-demo",
    }
    headers = {
        "Cookie": page.headers["Set-Cookie"].partition(";")[0],
        "Referer": f"{stack.url}/accounts/login/",
    }
    answer = stack.http.request(
        "POST",
        f"{stack.url}/accounts/login/",
        fields=fields,
        encode_multipart=False,
        headers=headers,
        redirect=False,
    )
    session = re.search(r"__Host-sessionid=\w+", str(answer.headers))
    assert session, f"{email} cannot log in: {answer.status}"
    return session.group()


def check_a_shared_cache(stack: Stack) -> None:
    """Nobody gets another's page from a cache before the site, whoever asked first."""
    people = {
        "buyer": log_in(stack, "buyer@example.com"),
        "seller": log_in(stack, "seller@example.com"),
        "stranger": "",
    }
    marks = {}
    for who, cookie in people.items():
        marks[who] = _asked(stack, "/settings/account/", cookie)
    assert "buyer@example.com" in marks["buyer"]
    assert "seller@example.com" in marks["seller"]
    assert "@example.com" not in marks["stranger"]
    for path in ("/", "/gigs/", "/u/buyer/", "/dashboard/", "/orders/", "/api/orders"):
        for _ in range(2):
            for who, cookie in people.items():
                text = _asked(stack, path, cookie)
                others = {"buyer", "seller"} - {who}
                for other in others:
                    assert f"{other}@example.com" not in text, (path, who, other)
                logged_in = "/accounts/logout/" in text
                if path in ("/", "/gigs/"):
                    assert logged_in == bool(cookie), (path, who)
    sheet = re.search(r'"(/static/[^"]+\.css)"', _asked(stack, "/", ""))
    assert sheet, "a style sheet"
    address = f"http://127.0.0.1:{stack.cache_port}{sheet.group(1)}"
    kept = [stack.http.request("GET", address).headers["X-Cache"] for _ in range(2)]
    assert kept[1] == "HIT", "the cache keeps what it may keep"


def _asked(stack: Stack, path: str, cookie: str) -> str:
    answer = stack.http.request(
        "GET",
        f"http://127.0.0.1:{stack.cache_port}{path}",
        headers={"Cookie": cookie},
        redirect=False,
    )
    assert answer.status < 500, (path, answer.status)
    return answer.data.decode()


def check_the_roles() -> None:
    """The site's own role can neither change the past nor the tables."""
    forbidden = [
        "UPDATE payments_ledgerentry SET amount = 1",
        "DELETE FROM payments_ledgertransaction",
        "TRUNCATE orders_orderevent CASCADE",
        "DROP TABLE orders_order",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE orders_order DISABLE TRIGGER ALL",
    ]
    with psycopg.connect(database_url(APP), autocommit=True) as app:
        for statement in forbidden:
            try:
                app.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                continue
            raise SystemExit(f"The app's role may {statement}")


def buy(stack: Stack) -> None:
    """The main job, by the browser that `make test` uses too."""
    environment = stack.environment | {
        "SITE_UNDER_TEST": stack.url,
        "DATABASE_URL": database_url(APP),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--ds=gigstream.settings.test", JOURNEY],
        cwd=ROOT,
        env=environment,
    )
    if done.returncode:
        raise SystemExit(f"The purchase failed\n{stack.logs()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=0, help="Stay up so long.")
    options = parser.parse_args()
    for program in ("nginx", "psql", "pg_dump"):
        if not shutil.which(program):
            raise SystemExit(f"{program} is needed: apt-get install nginx postgresql")
    began = time.monotonic()
    with ExitStack() as held:
        directory = Path(held.enter_context(tempfile.TemporaryDirectory()))
        held.enter_context(empty_database())
        stack = Stack(directory)
        stack.prepare()
        held.callback(stack.stop)
        stack.start()
        say(f"{time.monotonic() - began:5.1f} s  the stack answers at {stack.url}")
        say("         " + stack.manage("seed_demo", "--gigs", GIGS).strip())
        check_the_door(stack)
        check_the_roles()
        say(
            f"{time.monotonic() - began:5.1f} s  the door and the roles are as promised"
        )
        check_a_shared_cache(stack)
        say(f"{time.monotonic() - began:5.1f} s  a shared cache kept nobody's page")
        buy(stack)
        say(f"{time.monotonic() - began:5.1f} s  bought, delivered, accepted")
        rules = stack.manage("ledger_check").count("ok  ")
        say(f"         ledger: all {rules} rules hold")
        time.sleep(options.seconds)
        drill = [sys.executable, DEPLOY / "restore_drill.py", database_url(OWNER)]
        admin = ["--admin", ADMIN_URL]
        subprocess.run([*drill, *admin], env=stack.environment, check=True)
    say(f"{time.monotonic() - began:5.1f} s  done")


if __name__ == "__main__":
    main()
