import os
from datetime import datetime, timezone
from html import escape

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

app = FastAPI(title="Notes", description="Notes are kept until the process ends.")
started = datetime.now(timezone.utc)


class Note(BaseModel):
    text: str = Field(min_length=1, max_length=200)


notes: list[Note] = []


@app.get("/", response_class=HTMLResponse, include_in_schema=False)
async def index():
    name = os.environ.get("SLOT_NAME", "?")
    release = os.environ.get("SLOT_RELEASE", "?")
    greeting = escape(os.environ.get("GREETING", "Hello from FastAPI"))
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{greeting}</title>
<style>body{{font:18px/1.6 system-ui;max-width:36rem;margin:15vh auto;padding:0 1rem}}</style>
<h1>{greeting}</h1>
<p>Slot {escape(name)}, release {escape(release)}, up since {started:%Y-%m-%d %H:%M:%S} UTC.</p>
<p><a href="openapi.json">What the API can do</a></p>
</html>"""


@app.get("/api/notes")
async def list_notes() -> list[Note]:
    return notes


@app.post("/api/notes", status_code=201)
async def add_note(note: Note) -> Note:
    notes.append(note)
    del notes[:-100]
    return note


@app.get("/healthz", include_in_schema=False)
async def healthz():
    return {"ok": True, "release": os.environ.get("SLOT_RELEASE")}
