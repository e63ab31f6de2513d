// Live parts: the server sends the HTML of a part of the page when it
// changes. The part is changed in place, so that focus, selection and what is
// being typed stay.
import { LOGGED_OUT, loggedOut, say } from "./act.js";

export function follow(page, after) {
  let source;
  const connect = () => {
    source = new EventSource("/live?page=" + encodeURIComponent(page));
    source.addEventListener("part", (event) => {
      const { id, html } = JSON.parse(event.data);
      const element = document.getElementById(id);
      if (!element) return;
      const fresh = document.createElement("template");
      fresh.innerHTML = html;
      morph(element, fresh.content);
      after?.();
    });
    source.addEventListener("error", async () => { // a connection that broke is made again by the browser
      if (source.readyState !== EventSource.CLOSED) return;
      if (await loggedOut()) return say(LOGGED_OUT, { bad: true });
      setTimeout(connect, 5000); // a proxy answered, or too many are open
    });
  };
  connect();
  addEventListener("pagehide", () => source.close());
}

// morph makes the children of a node those of another, keeping what is alike.
export function morph(node, fresh) {
  const old = [...node.childNodes];
  const next = [...fresh.childNodes];
  next.forEach((child, i) => {
    const was = old[i];
    if (!was) {
      node.append(child);
    } else if (!alike(was, child)) {
      was.replaceWith(child);
    } else if (child.nodeType === Node.ELEMENT_NODE) {
      attributes(was, child);
      morph(was, child);
    } else if (was.nodeValue !== child.nodeValue) {
      was.nodeValue = child.nodeValue;
    }
  });
  for (const extra of old.slice(next.length)) extra.remove();
}

const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && a.id === b.id &&
  a.getAttribute?.("action") === b.getAttribute?.("action");

function attributes(was, is) {
  for (const { name } of [...was.attributes]) {
    if (!is.hasAttribute(name) && name !== "open" && name !== "aria-busy" && name !== "disabled") was.removeAttribute(name);
  }
  for (const { name, value } of is.attributes) {
    if (was.getAttribute(name) !== value) was.setAttribute(name, value);
  }
}
