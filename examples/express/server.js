"use strict";

const express = require("express");

const app = express();
app.set("trust proxy", "loopback"); // slot's proxy tells the visitor's address and protocol

const started = new Date();
let visits = 0;

app.get("/", (req, res) => {
  visits++;
  const name = process.env.SLOT_NAME || "?";
  const release = process.env.SLOT_RELEASE || "?";
  const greeting = process.env.GREETING || "Hello from Express";
  res.send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(greeting)}</title>
<style>body{font:18px/1.6 system-ui;max-width:36rem;margin:15vh auto;padding:0 1rem}</style>
<h1>${escape(greeting)}</h1>
<p>Slot ${escape(name)}, release ${escape(release)}, up since ${started.toISOString()}.</p>
<p>You are visit ${visits} of this process.</p>
</html>`);
});

app.get("/healthz", (req, res) => res.json({ ok: true, release: process.env.SLOT_RELEASE }));

const port = process.env.PORT || 3000;
const host = process.env.HOST || "127.0.0.1";
const server = app.listen(port, host, () => console.log(`listening on ${host}:${port}`));

// slot sends TERM once the last request was handed over.
process.on("SIGTERM", () => server.close(() => process.exit(0)));

function escape(s) {
  return s.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
