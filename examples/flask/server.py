import os
from datetime import datetime, timezone

from flask import Flask, jsonify
from markupsafe import escape
from werkzeug.middleware.proxy_fix import ProxyFix

app = Flask(__name__)
app.wsgi_app = ProxyFix(app.wsgi_app)  # slot's proxy tells the visitor's address and protocol

started = datetime.now(timezone.utc)


@app.get("/")
def index():
    name = os.environ.get("SLOT_NAME", "?")
    release = os.environ.get("SLOT_RELEASE", "?")
    greeting = os.environ.get("GREETING", "Hello from Flask")
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(greeting)}</title>
<style>body{{font:18px/1.6 system-ui;max-width:36rem;margin:15vh auto;padding:0 1rem}}</style>
<h1>{escape(greeting)}</h1>
<p>Slot {escape(name)}, release {escape(release)}, up since {started:%Y-%m-%d %H:%M:%S} UTC.</p>
</html>"""


@app.get("/healthz")
def healthz():
    return jsonify(ok=True, release=os.environ.get("SLOT_RELEASE"))


if __name__ == "__main__":  # python server.py, for development; slot starts gunicorn
    app.run(host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "5000")))
