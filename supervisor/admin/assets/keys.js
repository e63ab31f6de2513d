// Keys: the table stands in templates/help.html.
export function keys(here) {
  const help = document.getElementById("help");
  document.querySelector("[data-help]")?.addEventListener("click", () => help.showModal());
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const key = event.key;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      if (key === "s" || key === "d") command(event, key === "s" ? "[data-save]" : "[data-deploy]");
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing || help.open) return;
    if (key === "?") help.showModal();
    else if (key === "/") focusSearch(event);
    else if (key === "g") location.href = "/slots";
    else if ("abcde".includes(key)) location.href = "/slots/" + key;
    else if (key === "l" && "abcde".includes(here) && here) location.href = "/logs/" + here;
    else if (key === "s" && "abcde".includes(here) && here) location.href = "/config/" + here;
  });
}

// command presses the button that a page has for it; the browser's own
// meaning of the key stays where there is none.
function command(event, selector) {
  const button = document.querySelector(selector);
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
}

function focusSearch(event) {
  const search = document.querySelector("[data-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}
