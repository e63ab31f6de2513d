import ms from "ms";

const started = Date.now();
const { GREETING = "Hello from Bun", SLOT_NAME = "?", SLOT_RELEASE } = process.env;

function page(): string {
  const greeting = Bun.escapeHTML(GREETING);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${greeting}</title>
<style>body{font:18px/1.6 system-ui;max-width:36rem;margin:15vh auto;padding:0 1rem}</style>
<h1>${greeting}</h1>
<p>Slot ${SLOT_NAME}, release ${SLOT_RELEASE ?? "?"}, up for ${ms(Date.now() - started, { long: true })}.</p>
</html>`;
}

// The port Bun takes from PORT by itself, the address it has to be told.
const server = Bun.serve({
  hostname: process.env.HOST ?? "127.0.0.1",
  routes: {
    "/": () => new Response(page(), { headers: { "Content-Type": "text/html; charset=utf-8" } }),
    "/healthz": () => Response.json({ ok: true, release: SLOT_RELEASE }),
  },
});

console.log(`listening on ${server.url}`);

// slot sends TERM once the last request was handed over.
process.on("SIGTERM", async () => {
  await server.stop();
  process.exit(0);
});
