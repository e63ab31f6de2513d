// What every page has: live parts, actions without leaving the page, keys.
import { follow } from "./live.js";
import { actions } from "./act.js";
import { keys } from "./keys.js";

document.documentElement.classList.add("js");
for (const back of document.querySelectorAll('.foot input[name="back"]')) back.value = location.pathname + location.search;

const here = document.body.dataset.here;
const mark = () => document.querySelector(`[data-tab="${CSS.escape(here)}"]`)?.setAttribute("aria-current", "page");
if (here) mark();

actions();
keys(here);
const known = !document.body.classList.contains("alone");
if (known) follow(document.querySelector("[data-page]")?.dataset.page ?? "tabs", mark);
for (const [selector, module] of [["[data-logs]", "./logs.js"], ["[data-config]", "./config.js"]]) {
  const root = document.querySelector(selector);
  if (root) import(module).then((m) => m.start(root));
}
