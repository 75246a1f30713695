import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { comparable, outputsIn, regenerated } from "./generated.ts";
import { realOutputs } from "./real-output.ts";

// Writes the generated blocks of the README and the documents anew. Wants a built `dist`.
process.chdir(join(import.meta.dirname, "../.."));
const outputs = await realOutputs();
const documents = readdirSync("docs").filter((name) => name.endsWith(".md"));
for (const path of ["README.md", ...documents.map((name) => join("docs", name))]) {
  const text = readFileSync(path, "utf8");
  // What says the same stays as it is, so that only what has changed is seen to change.
  const kept = Object.entries(outputsIn(text)).filter(
    ([name, shown]) => comparable(shown) === comparable(outputs[name] ?? ""),
  );
  writeFileSync(path, await regenerated(text, { ...outputs, ...Object.fromEntries(kept) }));
}
