// The log of a slot or a deployment, live. All lines are kept in an array, up
// to a bound; in the page are only those that are seen, so that fifty thousand
// scroll like fifty. Heights are computed: the font has one width.
import { LOGGED_OUT, loggedOut } from "./act.js";
import { List } from "./list.js";

const KEEP = 100000;

export function start(root) {
  const view = build(root);
  const lines = [];
  const list = new List(view.scroll, view.room, render);
  let query = "", level = "", stream = "", paused = false, waiting = [], place = "";

  const wanted = (line) => (!query || line[3].toLowerCase().includes(query)) &&
    (!level || line[2] === "e" || (level === "w" && line[2] === "w")) && (!stream || line[1] === stream);
  const filter = () => {
    list.set(lines.filter(wanted));
    count();
  };
  const count = () => {
    const shown = list.length, all = lines.length;
    view.count.textContent = (shown === all ? `${all.toLocaleString()} lines` : `${shown.toLocaleString()} of ${all.toLocaleString()}`) +
      (paused && waiting.length ? `, ${waiting.length.toLocaleString()} wait` : "");
    view.empty.hidden = shown > 0;
    view.empty.textContent = all ? "No line is like that." : "Nothing was said yet.";
  };

  let frame = 0;
  const take = (batch) => {
    waiting.push(...batch);
    if (!paused && !frame) frame = requestAnimationFrame(flush);
    if (paused) count();
  };
  const flush = () => {
    frame = 0;
    const batch = waiting;
    waiting = [];
    for (const line of batch) lines.push(line);
    if (lines.length > KEEP) {
      lines.splice(0, lines.length - KEEP);
      filter();
    } else list.add(batch.filter(wanted));
    count();
  };

  function render(line, element) {
    element.className = `line is-${line[1]}` + (line[2] ? ` l-${line[2]}` : "");
    const time = document.createElement("time");
    const at = new Date(line[0]);
    time.dateTime = at.toISOString();
    time.textContent = at.toLocaleTimeString("en-GB") + "." + String(at.getMilliseconds()).padStart(3, "0");
    element.replaceChildren(time, ...highlight(line[3], query));
  }

  const connect = () => {
    const url = new URL(root.dataset.logs, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("n", 50000);
    if (place) url.searchParams.set("after", place);
    const socket = new WebSocket(url);
    let begun = Boolean(place), opened = false;
    socket.onopen = () => (opened = true);
    socket.onmessage = (event) => {
      const { lines: batch, at = "" } = JSON.parse(event.data);
      if (!begun) clear(); // it begins again
      begun = true;
      place = at || place;
      tell("");
      take(batch.map((line) => [line[0], line[1], line[2], clean(line[3])]));
    };
    socket.onclose = async (event) => {
      if (event.code === 1000) return tell("");
      if (event.code === 1008 || (!opened && (await loggedOut()))) return tell(LOGGED_OUT);
      tell(event.code === 1013 ? event.reason + ". This log waits until some are closed." : "Connecting again …");
      setTimeout(connect, event.code === 1013 ? 15000 : 1000);
    };
  };
  const clear = () => {
    [lines.length, waiting] = [0, []];
    filter();
  };
  const tell = (text) => {
    if (view.state.textContent !== text) view.state.textContent = text;
  };

  view.search.addEventListener("input", () => {
    query = view.search.value.toLowerCase();
    filter();
  });
  view.level.addEventListener("change", () => (level = view.level.value, filter()));
  view.stream.addEventListener("change", () => (stream = view.stream.value, filter()));
  view.time.addEventListener("change", () => {
    const [hours, minutes, seconds = 0] = view.time.value.split(":").map(Number);
    const at = new Date();
    at.setHours(hours, minutes, seconds, 0);
    list.jump((line) => line[0] >= at.getTime());
  });
  view.pause.addEventListener("click", () => {
    paused = !paused;
    view.pause.setAttribute("aria-pressed", paused);
    view.pause.textContent = paused ? "Go on" : "Pause";
    if (!paused) flush();
    count();
  });
  view.jump.addEventListener("click", () => list.follow());
  list.onfollow = (follows) => (view.jump.hidden = follows);
  count();
  connect();
}

// build makes the viewer in the place of the plain list.
function build(root) {
  const template = document.createElement("template");
  template.innerHTML = `<div class="viewer">
<div class="viewer-bar" role="group" aria-label="Filter">
<input type="search" data-search placeholder="Search" aria-label="Search the log">
<select data-level aria-label="Level"><option value="">All levels</option><option value="w">Warnings and errors</option><option value="e">Errors</option></select>
<select data-stream aria-label="Stream"><option value="">All streams</option><option value="o">stdout</option><option value="e">stderr</option><option value="s">slot's notes</option></select>
<input type="time" step="1" data-time aria-label="Jump to a time of today">
<button type="button" data-pause aria-pressed="false">Pause</button>
<a class="button" data-get download>Download</a>
<span class="count" data-count></span>
</div>
<div class="scroll" tabindex="0" role="log" aria-live="off" aria-label="Log"><div class="room"></div></div>
<p class="empty-log"></p>
<button type="button" class="jump main" data-jump hidden>Newest</button>
<p class="state" role="status" data-state></p>
</div>`;
  const find = (selector) => template.content.querySelector(selector);
  const view = {
    scroll: find(".scroll"), room: find(".room"), search: find("[data-search]"), level: find("[data-level]"),
    stream: find("[data-stream]"), time: find("[data-time]"), pause: find("[data-pause]"), count: find("[data-count]"),
    empty: find(".empty-log"), jump: find("[data-jump]"), state: find("[data-state]"),
  };
  const get = find("[data-get]");
  if (root.dataset.download) get.href = root.dataset.download;
  else get.remove();
  root.replaceChildren(template.content);
  return view;
}

// clean takes out what would colour a terminal, and makes tabs blanks.
const clean = (text) => text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replace(/\t/g, "    ");

function highlight(text, query) {
  if (!query) return [text];
  const parts = [], low = text.toLowerCase();
  let at = 0;
  for (let i = low.indexOf(query); i >= 0; i = low.indexOf(query, at)) {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(i, i + query.length);
    parts.push(text.slice(at, i), mark);
    at = i + query.length;
  }
  parts.push(text.slice(at));
  return parts;
}
