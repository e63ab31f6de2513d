// Actions: a form with data-act is sent without leaving the page. What came of
// it is said in a corner and read out.
export function actions() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-act]") || event.defaultPrevented) return;
    event.preventDefault();
    act(form, event.submitter);
  });
}

export async function act(form, button) {
  button?.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form, button)),
    });
    if (response.status === 401) return location.reload();
    const answer = await response.json();
    if (answer.error) say(answer.error.message, { bad: true, hint: answer.error.hint });
    else say(answer.message);
    return answer;
  } catch {
    say("The daemon does not answer. It may be restarting.", { bad: true });
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

// say shows a message for a while.
export function say(text, { bad = false, hint = "" } = {}) {
  const toast = document.createElement("div");
  toast.className = bad ? "toast bad" : "toast";
  for (const [line, kind] of [[sentence(text), ""], [hint, "hint"]]) {
    if (!line) continue;
    const p = document.createElement("p");
    p.className = kind;
    p.textContent = line;
    toast.append(p);
  }
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), bad ? 12000 : 5000);
}

const sentence = (text) => text && text[0].toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? "" : ".");

// loggedOut asks why a connection was refused, which a browser does not say.
export const loggedOut = () => fetch(location.href, { method: "HEAD" }).then((answer) => answer.status === 401, () => false);
export const LOGGED_OUT = "You are logged out. Reload this page to log in.";
