// The settings of a slot: checked as they are typed, kept as a draft, applied
// by Save. The rules are the server's.
import { say } from "./act.js";

export function start(form) {
  const slot = form.dataset.config;
  const state = form.querySelector("[data-state]");
  const post = (what) => fetch(`/config/${slot}/${what}`, {
    method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)),
  }).then((response) => response.json());

  const typed = later(async () => {
    const { fields = {} } = await post("check");
    show(form, fields);
    const wrong = Object.keys(fields).length;
    await post("draft");
    state.textContent = wrong ? "Something is not right yet. Kept as a draft." : "Kept as a draft. Save makes it hold.";
  }, 500);
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);

  const repository = form.elements.repository;
  const reach = later(() => ask(slot, repository.value, form), 700);
  repository.addEventListener("input", reach);
  if (repository.value) ask(slot, repository.value, form);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const response = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body }).catch(() => null);
    const answer = await response?.json().catch(() => null);
    if (!answer) return say("The daemon does not answer. Your draft is kept.", { bad: true });
    if (answer.error) {
      show(form, answer.fields ?? {});
      form.querySelector('[aria-invalid="true"]')?.focus();
      return say(answer.error.message, { bad: true, hint: answer.error.hint });
    }
    if (body.get("then") === "deploy") return void (location.href = "/slots/" + slot);
    sessionStorage.setItem("say", answer.message);
    location.reload();
  });
  const left = sessionStorage.getItem("say");
  if (left) say(left);
  sessionStorage.removeItem("say");
  variables(form);
}

// show writes what is wrong beside each field.
function show(form, fields) {
  for (const place of form.querySelectorAll("[data-error]")) {
    const wrong = fields[place.dataset.error];
    const text = wrong ? wrong.message[0].toUpperCase() + wrong.message.slice(1) + "." : "";
    if (place.textContent !== text) place.textContent = text;
    form.elements[place.dataset.error]?.setAttribute?.("aria-invalid", wrong ? "true" : "false");
  }
}

// ask says whether the repository can be reached, and offers its branches.
async function ask(slot, address, form) {
  const place = form.querySelector("[data-reach]");
  place.classList.remove("good");
  if (!address.trim()) return;
  place.textContent = "Asking the repository …";
  const response = await fetch(`/config/${slot}/repository`, {
    method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams({ repository: address }),
  }).catch(() => null);
  const found = await response?.json().catch(() => null);
  if (!found || form.elements.repository.value !== address) return;
  const branches = found.branches ?? [];
  document.getElementById("branches").replaceChildren(...branches.map((name) => new Option(name, name)));
  place.classList.toggle("good", found.reachable);
  place.textContent = found.error ? found.error.message + (found.error.hint ? ". " + found.error.hint : "")
    : branches.length ? `Reachable. ${branches.length === 1 ? "One branch" : branches.length + " branches"}; ${found.default} is its own.`
    : "It is a folder of this machine.";
}

// variables adds rows, reveals what is typed, and takes pasted files apart.
function variables(form) {
  const list = form.querySelector("[data-env]");
  const add = (name = "", value = "") => {
    const last = list.lastElementChild;
    const row = last.cloneNode(true);
    const id = list.children.length;
    row.querySelectorAll("[id]").forEach((field) => {
      field.id = field.id.replace(/\d+$/, id);
    });
    row.querySelectorAll("[for]").forEach((label) => {
      label.htmlFor = label.htmlFor.replace(/\d+$/, id);
    });
    const [nameField, valueField] = row.querySelectorAll("input.mono");
    [nameField.value, valueField.value] = [name, value];
    list.append(row);
    return nameField;
  };
  form.querySelector("[data-add]").addEventListener("click", () => add().focus());
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    if (!button) return;
    const field = button.parentElement.querySelectorAll("input.mono")[1];
    field.type = field.type === "password" ? "text" : "password";
    button.textContent = field.type === "password" ? "Reveal" : "Hide";
  });
  list.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (event.target.name !== "env_name" || !text.includes("=")) return;
    event.preventDefault();
    const area = form.elements.env_paste;
    area.value += (area.value && !area.value.endsWith("\n") ? "\n" : "") + text;
    area.closest("details").open = true;
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// later runs a function once nothing more came for a while.
function later(run, pause) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => run().catch(() => {}), pause);
  };
}
