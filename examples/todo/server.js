// A list of things to do in the slot's PostgreSQL database.
const http = require("node:http");
const { Pool } = require("pg");

const db = new Pool({ connectionString: process.env.DATABASE_URL, max: 5 });
db.on("error", (error) => console.error(`lost a connection: ${error.message}`)); // the pool makes another

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

async function page() {
  const { rows } = await db.query("SELECT id, text, done FROM todos ORDER BY id");
  const items = rows.map(({ id, text, done }) => `<li>
    <form method="post" action="toggle"><input type="hidden" name="id" value="${id}">
    <button>${done ? "☑" : "☐"}</button> ${done ? "<s>" : ""}${escape(text)}${done ? "</s>" : ""}</form></li>`);
  return `<!doctype html><meta charset="utf-8"><title>To do</title><h1>To do</h1>
<form method="post" action="add"><input name="text" required autofocus> <button>Add</button></form>
<ul>${items.join("")}</ul>`;
}

async function form(request) {
  let body = "";
  for await (const chunk of request) {
    body += chunk;
    if (body.length > 10_000) throw new Error("too long");
  }
  return new URLSearchParams(body);
}

async function answer(request, response) {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname === "/healthz") {
    await db.query("SELECT 1");
    return response.end("ok\n");
  }
  if (url.pathname === "/api/todos") {
    const { rows } = await db.query("SELECT * FROM todos ORDER BY id");
    return response.setHeader("content-type", "application/json").end(JSON.stringify(rows));
  }
  if (request.method === "POST" && url.pathname === "/add") {
    const text = ((await form(request)).get("text") ?? "").trim();
    if (text) await db.query("INSERT INTO todos (text) VALUES ($1)", [text]);
    return response.writeHead(303, { location: "./" }).end();
  }
  if (request.method === "POST" && url.pathname === "/toggle") {
    await db.query("UPDATE todos SET done = NOT done WHERE id = $1", [Number((await form(request)).get("id"))]);
    return response.writeHead(303, { location: "./" }).end();
  }
  if (url.pathname !== "/") return response.writeHead(404).end("not found\n");
  response.setHeader("content-type", "text/html; charset=utf-8").end(await page());
}

const server = http.createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error.message);
    if (!response.headersSent) response.writeHead(500);
    response.end("something went wrong\n");
  });
});
server.listen(process.env.PORT, process.env.HOST, () => console.log(`listening on ${process.env.PORT}`));
process.on("SIGTERM", () => server.close(() => db.end()));
