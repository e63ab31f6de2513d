// Applies what is new in migrations/, in order, each in a transaction. slot runs
// it before a release is switched to, and makes a backup before that.
const fs = require("node:fs");
const path = require("node:path");
const { Client } = require("pg");

async function main() {
  const db = new Client({ connectionString: process.env.DATABASE_URL });
  await db.connect();
  await db.query("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())");
  const { rows } = await db.query("SELECT name FROM migrations");
  const applied = new Set(rows.map((row) => row.name));
  const folder = path.join(__dirname, "migrations");
  for (const name of fs.readdirSync(folder).sort()) {
    if (applied.has(name)) continue;
    await db.query("BEGIN");
    await db.query(fs.readFileSync(path.join(folder, name), "utf8"));
    await db.query("INSERT INTO migrations (name) VALUES ($1)", [name]);
    await db.query("COMMIT");
    console.log("applied", name);
  }
  await db.end();
}

main().catch((error) => {
  console.error(`migration failed: ${error.message}`);
  process.exit(1);
});
