import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Executable {
  readonly path: string;
  remove(): void;
}

/** A copy of what was built: a build that somebody starts meanwhile takes nothing away. */
export function executableCopy(): Executable {
  const folder = mkdtempSync(join(tmpdir(), "runpodboss-executable-"));
  cpSync("dist", join(folder, "dist"), { recursive: true });
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  return {
    path: join(folder, "dist", "cli.js"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
