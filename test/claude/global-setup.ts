import type { TestProject } from "vitest/node";
import { findClaude } from "./executable.ts";

/** Nothing is tried where there is none. */
export function setup(project: TestProject): void {
  project.provide("claude", findClaude(process.env) ?? "");
}
