"""pgAdmin as a WSGI application behind slot's own door.

The door lets in who comes with a ticket, which slot signs and which is good
once and for a minute, or with the password of the login page, and gives them a
cookie. To pgAdmin it says who they are by REMOTE_USER, which no client can
set. Written by slot at each start; changes are lost.
"""

import builtins
import hashlib
import hmac
import html
import importlib.util
import json
import os
import secrets
import sys
import threading
import time
from urllib.parse import parse_qs

HERE = os.path.dirname(os.path.abspath(__file__))
USER = "slot"
COOKIE = "slot_pgadmin"  # slot's proxy keeps it from the apps by this name
STAY = 12 * 3600  # seconds a cookie is good for


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


SECRETS = json.loads(read("door.json"))
KEY = SECRETS["key"].encode()


def sign(purpose, text):
    return hmac.new(KEY, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def expiry(purpose, token):
    """When a token of that purpose ends; 0 for one that is not slot's or is over."""
    text, _, signature = token.rpartition(".")
    if not hmac.compare_digest(sign(purpose, text).encode(), signature.encode()):
        return 0
    try:
        end = int(text.partition(".")[0])
    except ValueError:
        return 0
    return end if end > time.time() else 0


class Door:
    def __init__(self, app):
        self.app = app
        self.lock = threading.Lock()
        self.used = {}  # tickets that were shown, with when they end

    def __call__(self, environ, start_response):
        environ.pop("REMOTE_USER", None)
        prefix = environ.get("HTTP_X_SCRIPT_NAME") or environ.get("HTTP_X_FORWARDED_PREFIX") or environ.get("SCRIPT_NAME", "")
        path = environ.get("PATH_INFO", "")
        if prefix and path.startswith(prefix):
            path = path[len(prefix):]
        home = prefix.rstrip("/") + "/"
        if path == "/slot/health":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"ok\n"]
        if path == "/slot/login":
            return self.login(environ, start_response, home)
        if not expiry("cookie", cookie(environ)):
            return page(start_response, "401 Unauthorized", home, "")
        environ["REMOTE_USER"] = USER
        return self.app(environ, start_response)

    def login(self, environ, start_response, home):
        if environ["REQUEST_METHOD"] == "POST":
            size = min(int(environ.get("CONTENT_LENGTH") or 0), 4096)
            given = parse_qs(environ["wsgi.input"].read(size).decode(errors="replace")).get("password", [""])[0]
            if not hmac.compare_digest(given.strip().encode(), SECRETS["password"].encode()):
                return page(start_response, "403 Forbidden", home, "That is not the password.")
        elif not self.take(parse_qs(environ.get("QUERY_STRING", "")).get("ticket", [""])[0]):
            return page(start_response, "403 Forbidden", home, "This link was used already, or is older than a minute.")
        text = f"{int(time.time()) + STAY}.{secrets.token_hex(8)}"
        scheme = environ.get("HTTP_X_FORWARDED_PROTO") or environ["wsgi.url_scheme"]
        value = f"{COOKIE}={text}.{sign('cookie', text)}; Path={home}; Max-Age={STAY}; HttpOnly; SameSite=Lax"
        start_response("303 See Other", [
            ("Location", home), ("Set-Cookie", value + ("; Secure" if scheme == "https" else "")),
            ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
        ])
        return [b""]

    def take(self, ticket):
        """Whether a ticket is good; it is not a second time."""
        end = expiry("ticket", ticket)
        with self.lock:
            now = time.time()
            self.used = {old: over for old, over in self.used.items() if over > now}
            if not end or ticket in self.used:
                return False
            self.used[ticket] = end
            return True


def cookie(environ):
    for part in environ.get("HTTP_COOKIE", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return ""


def page(start_response, status, home, told):
    body = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>pgAdmin</title>
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1rem }}
input, button {{ font: inherit; padding: .4rem .6rem }} .told {{ color: #b00020 }}</style>
<h1>pgAdmin</h1>
<p class="told" role="alert">{html.escape(told)}</p>
<p>Open it from slot's admin, or with the link that <code>slot db pgadmin url</code> prints.</p>
<form method="post" action="{html.escape(home)}slot/login">
<p><label>Or with the password of <code>slot db pgadmin url --password</code>:<br>
<input type="password" name="password" autocomplete="current-password" required></label> <button>Log in</button></p>
</form></html>""".encode()
    start_response(status, [
        ("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"),
    ])
    return [body]


def pgadmin():
    """pgAdmin's own application, with its user and servers as slot wants them."""
    package = importlib.util.find_spec("pgadmin4").submodule_search_locations[0]
    sys.path[:0] = [HERE, package]
    builtins.SERVER_MODE = True
    os.makedirs(os.path.join(HERE, "data"), mode=0o700, exist_ok=True)
    # The first user of a new pgAdmin, which nobody logs in as.
    os.environ["PGADMIN_SETUP_EMAIL"] = "nobody@slot.example.com"
    os.environ["PGADMIN_SETUP_PASSWORD"] = secrets.token_urlsafe(32)
    from pgAdmin4 import app
    for name in ("PGADMIN_SETUP_EMAIL", "PGADMIN_SETUP_PASSWORD"):
        os.environ.pop(name, None)
    register(app)
    return app


def register(app):
    from pgadmin.model import User
    from pgadmin.tools.user_management import create_user
    from pgadmin.utils import clear_database_servers, load_database_servers

    with app.test_request_context():
        if not User.query.filter_by(username=USER, auth_source="webserver").first():
            made, why = create_user({"username": USER, "email": "", "role": 1, "active": True, "auth_source": "webserver"})
            if not made:
                raise RuntimeError(f"cannot make pgAdmin's user: {why}")
        storage = os.path.join(HERE, "data", "storage", USER)
        os.makedirs(storage, mode=0o700, exist_ok=True)
        write(os.path.join(storage, "pgpass"), read("pgpass"))
        wanted, loaded = read("servers.json"), os.path.join(HERE, "data", "servers.loaded")
        if os.path.exists(loaded) and read(os.path.join("data", "servers.loaded")) == wanted:
            return
        clear_database_servers(USER, True, "webserver")
        load_database_servers(os.path.join(HERE, "servers.json"), None, USER, True, "webserver")
        write(loaded, wanted)


def write(path, text):
    with open(os.open(path + ".tmp", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".tmp", path)


if __name__ != "__main__":
    application = Door(pgadmin())
