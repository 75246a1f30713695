import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildOnce } from "./build-once.ts";
import { bundled } from "./bundled.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The executable with short paces. */
    readonly fastCli: string;
    /** Which of RunPod's interfaces the executable is tried against. */
    readonly api: "graphql" | "rest";
  }
}

/** Before the tests: what is shipped is built, and beside it an executable with short paces. */
export async function setup(project: TestProject): Promise<() => void> {
  await buildOnce();
  const folder = mkdtempSync(join(tmpdir(), "runpodboss-fast-"));
  for (const packaged of ["config.example.json", "config.example.triage.json", "systemd"]) {
    cpSync(packaged, join(folder, packaged), { recursive: true });
  }
  cpSync("dist/page", join(folder, "bundled/page"), { recursive: true });
  cpSync("dist/outside", join(folder, "dist/outside"), { recursive: true });
  project.provide("fastCli", await bundled(join(import.meta.dirname, "e2e/fast-cli.ts"), folder));
  return () => rmSync(folder, { recursive: true, force: true });
}
