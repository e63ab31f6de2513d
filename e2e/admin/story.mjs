// A student's afternoon, without a terminal: log in, give a slot a repository,
// set it up, deploy twice, read the log, roll back. Each chapter says its time.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { base, launch, look, open, slot, tell } from "./browser.mjs";

const app = `${process.env.E2E_WORK}/app`;
const git = (...args) => execFileSync("git", ["-C", app, ...args]);
const server = (word) => `
const http = require("http");
for (let i = 0; i < 50000; i++) console.log("line " + i);
console.error("Error: a failure to be seen");
setInterval(() => console.log("tick"), 300);
http.createServer((q, s) => s.end(${JSON.stringify(word)} + " " + process.env.GREETING)).listen(process.env.PORT);
`;
function commit(word) {
  writeFileSync(`${app}/server.js`, server(word));
  git("add", "-A");
  git("commit", "-qm", `Say ${word}`);
}
mkdirSync(app);
writeFileSync(`${app}/package.json`, '{"name": "app", "scripts": {"start": "node server.js"}}');
execFileSync("git", ["init", "-qb", "main", app]);
commit("first");
git("branch", "next");

const chapters = [];
const chapter = (name, tell) => chapters.push([name, tell]);
const browser = await launch();
const page = await open(browser);
const pill = (text) => page.locator("#slot .pill, #slot-a .pill", { hasText: text }).first().waitFor();
const served = async () => (await fetch(`http://127.0.0.1:${process.env.SLOT_BASE_PORT}/`)).text();

chapter("a stranger sees the login page only", async () => {
  const stranger = await (await browser.newContext()).newPage();
  assert.equal((await stranger.goto(base + "/slots/a")).status(), 401);
  await look(stranger, "login");
  await stranger.fill("#token", "wrong");
  await stranger.click("text=Log in");
  await stranger.getByRole("alert").waitFor();
  const token = slot("token", "create", "e2e");
  await stranger.fill("#token", token);
  await stranger.click("text=Log in");
  await stranger.getByRole("heading", { name: "Slot a" }).waitFor(); // the page that was asked for
  await stranger.context().close();
});

chapter("an empty slot is given a repository, and deployed", async () => {
  await look(page, "slots-empty");
  await page.fill("#repository-a", `file://${app}`);
  await page.press("#repository-a", "Enter");
  await page.locator("#slot-a .pill", { hasText: "Live" }).waitFor();
  await look(page, "slots");
});

chapter("its settings are checked, kept as a draft, and saved by Ctrl+S", async () => {
  await page.keyboard.press("a");
  await page.getByRole("heading", { level: 1, name: "app" }).waitFor();
  await look(page, "slot");
  await page.keyboard.press("s");
  await page.getByText("Reachable. 2 branches; main is its own.").waitFor();
  await page.fill("[name='branch']", "a..b");
  await page.getByText("is not a name for a branch").waitFor();
  await page.fill("[name='branch']", "main");
  await page.locator("[name=env_name]").last().fill("GREETING");
  await page.locator("[name=env_value]").last().fill("hello");
  await page.getByText("Kept as a draft. Save makes it hold.").waitFor();
  await page.reload();
  await page.getByText("This is a draft").waitFor();
  await look(page, "config");
  await page.locator("[name=branch]").focus();
  await page.keyboard.press("Control+s");
  await page.getByText("Saved.").waitFor();
  assert.match(slot("env", "list", "a"), /GREETING\thello/);
});

chapter("Ctrl+D deploys the next commit, live in the page", async () => {
  commit("second");
  await page.goto(base + "/slots/a");
  await page.keyboard.press("Control+d");
  await page.locator("#slot .panel.now").waitFor();
  await look(page, "slot-deploying");
  const other = await page.context().newPage(); // its log, as it happens
  const [{ id }] = JSON.parse(slot("history", "a", "--json")); // the page may not list it yet
  await other.goto(base + "/deployments/" + id);
  await other.locator(".line", { hasText: "fetch done" }).waitFor();
  await other.locator(".line", { hasText: "switch done" }).waitFor();
  await other.close();
  await page.locator("#slot .rows .what", { hasText: "Say second" }).first().waitFor();
  await page.locator("#slot .panel.now").waitFor({ state: "detached" });
  assert.equal(await served(), "second hello");
});

chapter("the log is live, is searched, and draws only what is seen of 50,000 lines", async () => {
  await page.keyboard.press("l");
  await page.locator(".line", { hasText: "tick" }).first().waitFor();
  await page.waitForFunction(() => parseInt(document.querySelector("[data-count]").textContent.replace(/\D/g, "")) >= 50000);
  assert.ok(await page.locator(".scroll .line").count() < 200, "more rows than are seen are in the page");
  const slowest = await page.evaluate(() => new Promise((done) => {
    const scroll = document.querySelector(".scroll");
    let frames = 0, last = performance.now(), worst = 0;
    requestAnimationFrame(function step(now) {
      worst = Math.max(worst, now - last);
      last = now;
      scroll.scrollTop = scroll.scrollHeight * Math.random();
      if (++frames < 60) requestAnimationFrame(step);
      else done(worst);
    });
  }));
  console.log(`   slowest of 60 frames: ${slowest.toFixed(0)} ms`);
  await page.keyboard.press("/");
  await page.keyboard.type("a failure to");
  await page.locator(".line.l-e", { hasText: "a failure to be seen" }).first().waitFor();
  await look(page, "logs");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Go on" }).waitFor();
});

chapter("one click rolls back, and the history tells it", async () => {
  await page.goto(base + "/slots/a");
  await page.getByRole("button", { name: "Roll back to release 2" }).click();
  await page.locator("#slot .rows li", { hasText: "rollback by admin" }).locator(".mark", { hasText: "live" }).waitFor();
  assert.equal(await served(), "first hello");
  await page.goto(base + "/history");
  await look(page, "history");
  await page.getByRole("link", { name: "Deployment 1", exact: true }).click();
  await page.getByText("detect done").first().waitFor();
  await look(page, "deployment");
});

chapter("stop and start, and all at once", async () => {
  await page.goto(base + "/slots/a");
  await page.getByRole("button", { name: "Stop" }).click();
  await pill("Stopped");
  await page.getByRole("button", { name: "Start" }).click();
  await pill("Live");
  await page.goto(base + "/slots");
  await page.getByRole("button", { name: "Deploy all" }).click();
  await page.getByText("Deployed all.").waitFor();
});

chapter("settings: a token, and a test of the webhook", async () => {
  await page.goto(base + "/settings");
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByText(/The webhook answered in/).waitFor();
  await page.fill("#token-name", "script");
  await page.click("text=Make a token");
  const token = await page.locator("[role=status] code").textContent();
  const answer = await fetch(base + "/api/slots", { headers: { Authorization: `Bearer ${token}` } });
  assert.equal((await answer.json()).length, 5);
  await look(page, "settings");
});

chapter("settings: the webhook's secret is revealed, rotated and ended; a delivery is replayed", async () => {
  const secret = page.locator("dd code", { hasText: /^[0-9a-f]{64}$/ });
  const reveal = async () => {
    await page.getByRole("button", { name: "Reveal" }).click();
    return secret.textContent();
  };
  await page.goto(base + "/settings");
  const first = await reveal();
  await page.goto(base + "/settings");
  assert.equal(await secret.count(), 0);
  await page.getByRole("button", { name: "Choose a new secret" }).click();
  await page.getByRole("button", { name: "End the old secret" }).waitFor();
  assert.notEqual(await reveal(), first);
  await page.getByRole("button", { name: "End the old secret" }).click();
  await page.getByRole("button", { name: "Choose a new secret" }).waitFor();
  const body = JSON.stringify({ ref: "refs/heads/main", after: "a".repeat(40), repository: { full_name: "me/elsewhere", clone_url: "https://example.invalid/me/elsewhere.git" }, commits: [] });
  const signature = "sha256=" + createHmac("sha256", await reveal()).update(body).digest("hex");
  await fetch(base + "/webhook", { method: "POST", body, headers: {
    "Content-Type": "application/json", "X-GitHub-Event": "push", "X-GitHub-Delivery": "e2e-1", "X-Hub-Signature-256": signature } });
  await page.goto(base + "/settings");
  await page.getByRole("button", { name: /^Replay delivery/ }).first().click();
  await page.getByText(/was taken once more/).waitFor();
});

chapter("settings: slots set aside for pull requests, a token for GitHub, hooks, database, Coder", async () => {
  await page.getByRole("link", { name: "Previews" }).click();
  await page.fill("#p-repository", "https://example.com/me/app");
  await page.getByLabel("e", { exact: true }).check();
  await page.getByRole("button", { name: "Set aside" }).click();
  await page.getByText("example.com/me/app").first().waitFor();
  await page.fill("#github-token", "github_pat_example");
  await page.getByRole("button", { name: "Keep" }).click();
  await page.getByText("The token is kept.").waitFor();
  await look(page, "settings-previews");
  await page.getByRole("button", { name: "Give back the slots" }).click();
  await page.getByText("Its slots are free again.").waitFor();
  for (const name of ["Hooks", "Database", "Coder"]) {
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await look(page, "settings-" + name.toLowerCase());
  }
});

chapter("a log goes on where it was when its connection breaks, and says when the session ends", async () => {
  const other = await open(browser);
  await other.addInitScript(() => {
    const Real = WebSocket;
    globalThis.WebSocket = class extends Real {
      constructor(url) { super(url); (globalThis.sockets ??= []).push(this); }
    };
  });
  await other.goto(base + "/logs/a");
  await other.locator(".line", { hasText: "tick" }).first().waitFor();
  const count = () => other.evaluate(() => parseInt(document.querySelector("[data-count]").textContent.replace(/\D/g, "")));
  await other.waitForFunction(() => parseInt(document.querySelector("[data-count]").textContent.replace(/\D/g, "")) >= 50000);
  const whole = await count();
  await other.waitForFunction((n) => parseInt(document.querySelector("[data-count]").textContent.replace(/\D/g, "")) > n, whole);
  const before = await count();
  await other.evaluate(() => globalThis.sockets[0].close());
  await other.waitForFunction(() => globalThis.sockets.length > 1 && globalThis.sockets[1].readyState === 1);
  assert.match(await other.evaluate(() => globalThis.sockets[1].url), /after=/);
  await other.waitForFunction((n) => parseInt(document.querySelector("[data-count]").textContent.replace(/\D/g, "")) > n, before);
  assert.ok(await count() < before + 5000, "lines came twice");
  await other.evaluate(() => fetch("/logout", { method: "POST" }));
  for (const place of ["[data-state]", ".toast"]) await other.locator(place, { hasText: "You are logged out. Reload this page to log in." }).waitFor();
  await other.context().close();
});

chapter("keys: help opens and closes, Tab finds the content", async () => {
  await page.goto(base + "/slots");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keyboard" }).waitFor();
  await page.screenshot({ path: `${process.env.E2E_OUT}/help.png` });
  await page.keyboard.press("Escape");
  await page.locator("#help").waitFor({ state: "hidden" });
});

chapter("phone and dark: every page fits, and axe finds nothing", async () => {
  const phone = await open(browser, { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true });
  for (const path of ["slots", "slots/a", "config/a", "logs/a", "history", "deployments/1", "settings", "settings/previews", "settings/hooks", "settings/database", "settings/coder"]) {
    await phone.goto(`${base}/${path}`);
    await look(phone, `phone-dark-${path.replaceAll("/", "-")}`);
  }
  assert.deepEqual(phone.wrongs, []);
});

chapter("without JavaScript the same things are done by forms", async () => {
  const plain = await open(browser, { javaScriptEnabled: false });
  await plain.goto(base + "/logs/a");
  await plain.getByText("tick").first().waitFor();
  await plain.goto(base + "/slots/a");
  await plain.getByRole("button", { name: "Restart" }).click();
  await plain.getByText("Slot a restarts.").waitFor();
});

await tell(chapters, page, () => browser.close());
