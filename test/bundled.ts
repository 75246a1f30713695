import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { guardBundle, logWriter } from "../build.ts";

/** Bundles a program as the executable is bundled, into this folder, and gives its path. */
export async function bundled(entry: string, folder: string): Promise<string> {
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  const outdir = join(folder, "bundled");
  await build({ ...guardBundle, entryPoints: [entry, logWriter], outdir });
  return join(folder, "bundled", `${basename(entry, ".ts")}.mjs`);
}
