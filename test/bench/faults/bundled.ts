import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { guardBundle } from "../../../build.ts";

/** Bundles a program of this folder as the executable is bundled, and gives its path. */
export async function bundled(name: string, folder: string): Promise<string> {
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  const entry = join(import.meta.dirname, `${name}.ts`);
  await build({ ...guardBundle, entryPoints: [entry], outdir: join(folder, "bundled") });
  return join(folder, "bundled", `${name}.js`);
}
