// The browser and what is asked of every page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";

const require = createRequire(process.env.E2E_MODULES + "/");
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const base = `http://127.0.0.1:${process.env.SLOT_ADMIN_PORT}`;
export const slot = (...args) => execFileSync(process.env.E2E_SLOT, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"],
});

// open is a new browser with a session; what goes wrong in a page is an error.
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  page.wrongs = [];
  page.on("pageerror", (error) => page.wrongs.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") page.wrongs.push(message.text());
  });
  await page.goto(slot("open", "admin", "--print"));
  return page;
}

// look takes a picture, and wants axe to find nothing and nothing to stick out.
// axe is put in past the page's policy, by the debugger.
export async function look(page, name) {
  await page.screenshot({ path: `${process.env.E2E_OUT}/${name}.png`, fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name} is ${wide} pixels too wide`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`), [], `axe on ${name}`);
}

// tell runs the chapters of a story, says the time of each, and ends the
// process: with 1 where one failed, or a page had an error that none provoked.
export async function tell(chapters, page, close) {
  let failed = 0;
  for (const [name, run] of chapters) {
    const start = Date.now();
    try {
      await run();
      console.log(`ok  ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed++;
      await page.screenshot({ path: `${process.env.E2E_OUT}/failed-${failed}.png`, fullPage: true }).catch(() => {});
      console.log(`NOT ok  ${name}: ${error.message}`);
    }
  }
  const wrongs = page.wrongs.filter((text) => !/status of 4\d\d/.test(text)); // answers that a chapter provokes
  if (wrongs.length) console.log("wrong in the pages:", wrongs);
  await close();
  process.exit(failed || wrongs.length ? 1 : 0);
}
