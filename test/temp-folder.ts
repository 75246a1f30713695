import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A real folder that goes away with the test that asked for it. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "runpodboss-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function makeFifo(path: string): void {
  execFileSync("/usr/bin/mkfifo", [path]);
}
