import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, type TestContext } from "vitest";
import type { Ended, Guard } from "../e2e/guard.ts";
import { type Script, startModel } from "./stand-in-model.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The Claude Code to test with. */
    readonly claude: string;
  }
}

/** What a Claude Code that was asked for JSON says at its end. */
interface Result {
  readonly session_id: string;
  readonly is_error: boolean;
  readonly result: string;
  readonly num_turns: number;
}

export interface ClaudeOptions {
  /** What it may call without being asked. */
  readonly allowed?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** The first turn waits for the servers, however long they take to begin. A stand-in for ours never does. */
const waitForServers = {
  MCP_CONNECTION_NONBLOCKING: "0",
  MCP_TIMEOUT: "300000",
  MCP_CONNECT_TIMEOUT_MS: "300000",
};

const homeConfig = ({ folder }: Guard): string => join(folder, ".runpodboss/config.json");

/** The plugin, as it is shipped. */
export const plugin = join(import.meta.dirname, "../../plugin");

/** Claude Code at home with a guard: it knows nobody and reaches nothing but this machine. */
export function runClaude(
  guard: Guard,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return guard.run(inject("claude"), args, {
    CLAUDE_CONFIG_DIR: join(guard.folder, ".claude"),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    // Tools of MCP servers are told of at once, and not only when the model looks for them.
    ENABLE_TOOL_SEARCH: "false",
    ...(existsSync(homeConfig(guard)) && waitForServers),
    CLAUDE_CODE_TMPDIR: guard.folder,
    TMPDIR: guard.folder,
    ...env,
  }).ended;
}

/** `claude -p` with the plugin, whose model follows a script; fails where the script does, or something is asked of others. */
export async function agentWith(
  { onTestFinished }: TestContext,
  guard: Guard,
  script: Script,
  { allowed = ["Bash"], args = [], env = {} }: ClaudeOptions = {},
): Promise<Result> {
  const model = await startModel(script);
  onTestFinished(model.close);
  const words = ["-p", "Train on a GPU.", "--output-format", "json", "--plugin-dir", plugin];
  const all = [...words, ...args, "--allowed-tools", ...allowed];
  const { by, stdout, stderr } = await runClaude(guard, all, {
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: "stand-in",
    HTTP_PROXY: model.url,
    HTTPS_PROXY: model.url,
    NO_PROXY: "127.0.0.1",
    ...env,
  });
  if (model.failure() !== undefined) throw model.failure();
  expect(by, `${stdout}\n${stderr}`).toBe(0);
  expect(model.strays, "what was asked of others").toEqual([]);
  return JSON.parse(stdout) as Result;
}

/** `runpodboss` on the PATH, with short paces, which takes the guard's config by itself. */
export function installRunpodboss(guard: Guard): void {
  const [program, ...first] = guard.argv().slice(0, -2);
  const words = [program, ...first].map((word) => `'${word}'`).join(" ");
  const text = `#!/bin/sh\nexec ${words} "$@"\n`;
  writeFileSync(join(guard.folder, "bin/runpodboss"), text, { mode: 0o700 });
  mkdirSync(join(guard.folder, ".runpodboss"), { mode: 0o700 });
  symlinkSync(guard.config, homeConfig(guard));
}
