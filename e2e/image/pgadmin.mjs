// From the admin to pgAdmin by one click, to a slot's database without a
// password, to the rows of its app. Arguments: an address that logs in to the
// admin, and the folder of the pictures.
import { createRequire } from "node:module";

const { chromium } = createRequire(process.env.E2E_MODULES + "/")("playwright-core");
const [login, out] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
context.setDefaultTimeout(60_000);
const admin = await context.newPage();
try {
  await admin.goto(login);
  await admin.goto(new URL("/settings/database", login).href);
  const opened = context.waitForEvent("page");
  await admin.getByRole("link", { name: "open it" }).click();
  var page = await opened;
  await page.waitForURL(/\/browser\//);
  const node = (name) => page.getByText(name, { exact: true }).first();
  await node("slot").dblclick();
  await node("slot a").dblclick();
  await page.getByText(/^Databases/).first().waitFor(); // connected, and nobody was asked for a password
  await page.screenshot({ path: `${out}/pgadmin.png` });
} catch (error) {
  await page?.screenshot({ path: `${out}/pgadmin-failed.png` });
  throw error;
} finally {
  await browser.close();
}
