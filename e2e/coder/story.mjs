// A student's afternoon with nothing but a browser and a login at Coder: the
// admin, the app and the webhook by their Coder addresses, and who is kept out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { launch, look, tell } from "../admin/browser.mjs";

const { E2E_CODER: coder, E2E_ADMIN: admin, E2E_SLOT_A: site, E2E_WEBHOOK: webhook, E2E_APP: app } = process.env;
const git = (...args) => execFileSync("git", ["-C", app, ...args]);
function commit(word, crash) {
  writeFileSync(`${app}/server.js`, `
${crash ? "throw new Error('not today');" : ""}
setInterval(() => console.log("tick of ${word}"), 300);
require("http").createServer((q, s) => q.url === "/told"
  ? s.end(JSON.stringify(q.headers))
  : s.setHeader("content-type", "text/html").end("<p>${word} " + process.env.GREETING + "</p>")).listen(process.env.PORT);
`);
  git("add", "-A");
  git("commit", "-qm", `Say ${word}`);
}
mkdirSync(app);
writeFileSync(`${app}/package.json`, '{"name": "app", "scripts": {"start": "node server.js"}}');
execFileSync("git", ["init", "-qb", "main", app]);
commit("first");

const browser = await launch();
// visitor is a browser of its own; with a name, one that is logged in at Coder.
// The page of Coder's dashboard is not needed for that, what its form sends is.
async function visitor(name) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  page.wrongs = [];
  page.on("pageerror", (error) => page.wrongs.push(error.message));
  if (!name) return page;
  await page.goto(coder + "/api/v2/buildinfo");
  const status = await page.evaluate(async (who) => (await fetch("/api/v2/users/login", { method: "POST", body: JSON.stringify(who) })).status,
    { email: `${name}@example.com`, password: process.env.E2E_PASSWORD });
  assert.equal(status, 201, "the login at Coder");
  return page;
}
const page = await visitor(process.env.E2E_OWNER);
const chapters = [];
const chapter = (name, run) => chapters.push([name, run]);
const text = async (at) => {
  const other = await page.context().newPage();
  await other.goto(at);
  const seen = await other.locator("body").innerText();
  await other.close();
  return seen;
};
const row = (what, mark) => page.locator("#slot .rows li", { hasText: what }).locator(".mark", { hasText: mark }).first().waitFor();

chapter("the button of Coder's dashboard opens the admin, and its token leaves the address", async () => {
  await page.goto(admin + "/");
  await page.locator("#slot-a").waitFor();
  assert.equal(page.url(), admin + "/slots");
  await look(page, "slots-empty");
});

chapter("a slot is given a repository; the page shows it live, with its Coder address", async () => {
  await page.fill("#repository-a", `file://${app}`);
  await page.press("#repository-a", "Enter");
  await page.locator("#slot-a .pill", { hasText: "Live" }).waitFor();
  await page.locator(`#slot-a a[href^="${site}"]`).first().waitFor();
  await look(page, "slots");
  assert.equal(await text(site), "first undefined");
});

chapter("the app is told nothing of Coder's login or the admin's", async () => {
  const told = JSON.parse(await text(site + "/told"));
  assert.ok(!/coder|slot_session/i.test(told.cookie ?? ""), "cookies: " + told.cookie?.replace(/=[^;]*/g, ""));
  assert.ok(!Object.keys(told).some((name) => /session-token/.test(name)), Object.keys(told).join());
});

chapter("the log comes over a WebSocket through the proxy", async () => {
  const socket = page.waitForEvent("websocket");
  await page.goto(admin + "/logs/a");
  const live = await socket;
  assert.ok(live.url().startsWith(admin.replace("http", "ws")), live.url());
  await live.waitForEvent("framereceived");
  await page.locator(".line", { hasText: "tick of first" }).nth(3).waitFor();
  await look(page, "logs");
});

chapter("a variable is set; the app has it", async () => {
  await page.goto(admin + "/config/a");
  await page.locator("[name=env_name]").last().fill("GREETING");
  await page.locator("[name=env_value]").last().fill("hello");
  await page.getByText("Kept as a draft. Save makes it hold.").waitFor();
  await page.keyboard.press("Control+s");
  await page.getByText("Saved.").waitFor();
  await page.goto(admin + "/slots/a");
  await row("config by admin", "live");
  assert.equal(await text(site), "first hello");
});

chapter("a commit that crashes is told as failed, and visitors notice nothing", async () => {
  commit("broken", true);
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await row("Say broken", "failed");
  assert.equal(await text(site), "first hello");
  await page.getByRole("link", { name: "Say broken" }).first().click();
  await page.getByText("not today").first().waitFor();
  await look(page, "deployment-failed");
});

chapter("the next commit is live, and one click rolls back", async () => {
  commit("second");
  await page.goto(admin + "/slots/a");
  await page.keyboard.press("Control+d");
  await row("Say second", "live");
  assert.equal(await text(site), "second hello");
  await page.getByRole("button", { name: /Roll back to release/ }).first().click();
  await row("rollback by admin", "live");
  assert.equal(await text(site), "first hello");
  await look(page, "slot");
});

chapter("a page of an app, at the admin's own site, can do nothing in the admin", async () => {
  const evil = await page.context().newPage(); // the owner's browser, with all cookies
  await evil.goto(site);
  const fetched = await evil.evaluate(async (to) => {
    const tries = [];
    for (const method of ["GET", "POST"]) {
      try {
        tries.push((await fetch(to + (method === "GET" ? "/api/slots" : "/api/processes/a/stop"), { method, credentials: "include" })).status);
      } catch (error) {
        tries.push(error.name); // the browser keeps the answer to itself
      }
    }
    return tries;
  }, admin);
  // Coder lets apps of one owner ask each other; slot's answer is no.
  assert.deepEqual(fetched, [403, 403]);
  const [answer] = await Promise.all([
    evil.waitForResponse((r) => r.url().endsWith("/slots/a/stop")),
    evil.evaluate((to) => {
      const form = Object.assign(document.createElement("form"), { method: "post", action: to + "/slots/a/stop" });
      document.body.append(form);
      form.submit();
    }, admin),
  ]);
  assert.equal(answer.status(), 403);
  await evil.close();
  assert.equal(await text(site), "first hello");
});

chapter("another user of the same Coder finds neither the admin nor the app", async () => {
  const other = await visitor(process.env.E2E_OTHER);
  for (const at of [admin + "/", admin + "/slots/a", site]) {
    assert.equal((await other.goto(at)).status(), 404, at);
    assert.ok(!(await other.content()).includes("first hello"));
  }
  await other.screenshot({ path: `${process.env.E2E_OUT}/other-user.png` });
  await other.context().close();
});

chapter("a browser without a login is sent to Coder's; the webhook alone is public", async () => {
  const stranger = await visitor();
  for (const at of [admin + "/", admin + "/api/slots", site]) {
    await stranger.goto(at);
    assert.ok(stranger.url().startsWith(coder + "/login"), stranger.url());
  }
  assert.equal((await stranger.goto(webhook + "/slots/a")).status(), 404); // the admin is not behind that door
  const forged = await stranger.evaluate(async () => {
    const answer = await fetch("/webhook", { method: "POST", body: "{}", headers: { "Content-Type": "application/json", "X-GitHub-Event": "push" } });
    return { status: answer.status, error: (await answer.json()).error };
  });
  assert.equal(forged.status, 401);
  assert.match(forged.error, /signed/);
  await stranger.context().close();
});

chapter("on a phone", async () => {
  const phone = await page.context().newPage();
  await phone.setViewportSize({ width: 390, height: 844 });
  await phone.goto(admin + "/slots/a");
  await look(phone, "phone");
  await phone.close();
});

chapter("logged out is logged out, until the button is clicked again", async () => {
  await page.goto(admin + "/settings");
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("textbox", { name: "Token" }).waitFor();
  assert.equal((await page.goto(admin + "/slots/a")).status(), 401);
  await look(page, "logged-out");
  await page.goto(admin + "/");
  await page.locator("#slot-a").waitFor();
});

await tell(chapters, page, () => browser.close());
