import "./style.css";

// Variables that begin with VITE_ are written into the page when it is built:
// slot env set a VITE_GREETING=Hi, then slot deploy a.
const greeting: string = import.meta.env.VITE_GREETING || "Hello from Vite";

// There is one page only; slot answers every path with it.
const pages: Record<string, string> = {
  "/": "Built by Vite, served by slot itself.",
  "/about": "A page of its own, by its own address.",
};

function show(): void {
  const app = document.querySelector("#app")!;
  const heading = document.createElement("h1");
  heading.textContent = greeting;
  const text = document.createElement("p");
  text.textContent = pages[location.pathname] ?? "There is no such page.";
  const links = document.createElement("nav");
  for (const path of Object.keys(pages)) {
    const link = document.createElement("a");
    link.href = path;
    link.textContent = path;
    links.append(link, " ");
  }
  app.replaceChildren(heading, text, links);
}

document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest("a");
  if (!link || link.origin !== location.origin) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  show();
});
addEventListener("popstate", show);
show();
