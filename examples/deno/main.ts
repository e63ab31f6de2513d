import { Hono } from "hono";
import { html } from "hono/html";

const app = new Hono();
const started = new Date();

app.get("/", (c) => {
  const greeting = Deno.env.get("GREETING") ?? "Hello from Deno";
  return c.html(html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${greeting}</title>
<style>body{font:18px/1.6 system-ui;max-width:36rem;margin:15vh auto;padding:0 1rem}</style>
<h1>${greeting}</h1>
<p>Slot ${Deno.env.get("SLOT_NAME") ?? "?"}, release ${Deno.env.get("SLOT_RELEASE") ?? "?"},
up since ${started.toISOString().slice(0, 19).replace("T", " ")} UTC.</p>
</html>`);
});

app.get("/healthz", (c) => c.json({ ok: true, release: Deno.env.get("SLOT_RELEASE") }));

// Where to listen slot tells Deno itself.
const server = Deno.serve(app.fetch);

// slot sends TERM once the last request was handed over.
Deno.addSignalListener("SIGTERM", () => server.shutdown());
