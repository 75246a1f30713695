import type { TestProject } from "vitest/node";
import { startWorkerd } from "./workerd.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of a Worker in workerd, for the tests of all files: each has accounts of its own in it. */
    readonly workerUrl: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, dispose } = await startWorkerd();
  project.provide("workerUrl", url);
  return dispose;
}
