import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { regenerated } from "./generated.ts";
import { realOutputs } from "./real-output.ts";

// Writes the generated blocks of the README and the documents anew. Wants a built `dist`.
process.chdir(join(import.meta.dirname, "../.."));
const outputs = await realOutputs();
const documents = readdirSync("docs").filter((name) => name.endsWith(".md"));
for (const path of ["README.md", ...documents.map((name) => join("docs", name))]) {
  writeFileSync(path, await regenerated(readFileSync(path, "utf8"), outputs));
}
