// A reader goes through the site: nothing fails to load, nothing sticks out,
// axe finds nothing.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.E2E_MODULES + "/");
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const site = process.env.E2E_SITE;
const names = ["index", "documents", "tutorial", "how-to", "commands", "configuration", "comparison", "benchmarks", "architecture", "help/slot-deploy", "decisions/index"];

async function look(page, name, as) {
  await page.goto(`${site}/${name}.html`);
  await page.screenshot({ path: `${process.env.E2E_OUT}/${name.replace("/", "-")}-${as}.png` });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name} ${as} is ${wide} pixels too wide`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 200))]), [], `${name} ${as}`);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"],
});
const paper = {};
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1400, 390]) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    page.setDefaultTimeout(30000);
    const wrongs = [];
    page.on("response", (response) => response.status() >= 400 && wrongs.push(`${response.status()} ${response.url()}`));
    page.on("request", (request) => request.url().startsWith(site) || wrongs.push(`${request.url()} is elsewhere`));
    for (const name of names) await look(page, name, `${colorScheme}-${width}`);
    assert.deepEqual(wrongs, []);
    paper[colorScheme] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.close();
  }
}
assert.notEqual(paper.light, paper.dark);

// From the first page to the reference of a command, by clicks alone.
const page = await browser.newPage();
await page.goto(site);
await page.getByRole("navigation").getByRole("link", { name: "Commands", exact: true }).click();
await page.getByRole("link", { name: "slot rollback SLOT [RELEASE]" }).click();
await page.getByRole("heading", { name: "slot rollback" }).waitFor();
assert.match(await page.locator("pre").innerText(), /Examples:/);
await browser.close();
console.log(`the site: ${names.length} pages, light and dark, wide and narrow`);
