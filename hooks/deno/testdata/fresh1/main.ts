import manifest from "./fresh.gen.ts";
