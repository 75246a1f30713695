import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildOnce } from "./build-once.ts";
import { bundled } from "./bundled.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The executable with short paces. */
    readonly fastCli: string;
  }
}

/** Before the tests: what is shipped is built, and beside it an executable with short paces. */
export async function setup(project: TestProject): Promise<() => void> {
  await buildOnce();
  const folder = mkdtempSync(join(tmpdir(), "runpodboss-fast-"));
  for (const example of ["config.example.json", "config.example.triage.json"]) {
    copyFileSync(example, join(folder, example));
  }
  project.provide("fastCli", await bundled(join(import.meta.dirname, "e2e/fast-cli.ts"), folder));
  return () => rmSync(folder, { recursive: true, force: true });
}
