import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../temp-folder.ts";

/** A config as the README of the Python tool shows it. */
const config = {
  api_key: "",
  api_key_env: "RUNPOD_API_KEY",
  poll_interval_seconds: 60,
  max_runtime_seconds: 0,
  state_file: "~/.runpodboss/state.json",
  log_file: "~/.runpodboss/runpodboss.log",
  claude_command: ["claude", "-p"],
  extra_notify_command: [],
  thresholds: [{ name: "warning", below_usd: 10.0, prompt: "Balance is now ${balance:.2f}." }],
};

function loaded(changes: object): Promise<Settings> {
  const folder = tempFolder();
  const path = join(folder, "config.json");
  writeFileSync(path, JSON.stringify({ ...config, ...changes }), { mode: 0o600 });
  return loadConfig(path, { RUNPOD_API_KEY: "rpa_key", HOME: folder }, realPaces);
}

function complaint(changes: object): Promise<string> {
  return loaded(changes).then(
    () => "taken",
    (error: Error) => error.message,
  );
}

describe("a config of the Python tool", () => {
  it("works as it is", async () => {
    const settings = await loaded({});

    expect(settings).toMatchObject({ pollIntervalMs: 60_000, warnings: [] });
  });

  it.each<[string, object, Partial<Settings>, string]>([
    [
      "the poll interval",
      { poll_interval_seconds: "60" },
      { pollIntervalMs: 60_000 },
      "poll_interval_seconds: a number in quotes, taken as 60",
    ],
    [
      "the run time",
      { max_runtime_seconds: " 90 " },
      { maxRuntimeMs: 90_000 },
      "max_runtime_seconds: a number in quotes, taken as 90",
    ],
    [
      "a threshold",
      { thresholds: [{ ...config.thresholds[0], below_usd: "2.50" }] },
      {},
      "thresholds[0].below_usd: a number in quotes, taken as 2.5",
    ],
  ])("may have %s in quotes, which is told", async (_sentence, changes, expected, warning) => {
    const settings = await loaded(changes);

    expect(settings).toMatchObject({ ...expected, warnings: [warning] });
  });

  it.each<[string, object, string]>([
    [
      "a key that it passed over",
      { colour: "blue" },
      "colour  is not a known key; remove it, or put a _ before its name to keep it as a note",
    ],
    [
      "a word for yes, which no program may guess about",
      { dry_run: "yes" },
      'dry_run  must be true or false (got "yes"): write true or false, without quotes',
    ],
    [
      "a word for no, which that tool took for yes",
      { dry_run: "false" },
      'dry_run  must be true or false (got "false"): write true or false, without quotes',
    ],
    [
      "a name that stands twice",
      { thresholds: [config.thresholds[0], config.thresholds[0]] },
      'thresholds[1].name  must be unique: "warning" is the name of thresholds[0]; give this one another',
    ],
    [
      "a command as one text",
      { claude_command: "claude -p" },
      'claude_command  must be a list (got text): write ["claude", "-p"]',
    ],
    [
      "a number that is a word",
      { poll_interval_seconds: "1 min" },
      'poll_interval_seconds  must be a number (got "1 min")',
    ],
    [
      "a number in quotes that is too small",
      { poll_interval_seconds: "2" },
      "poll_interval_seconds  must be at least 5 (got 2)",
    ],
  ])("%s is refused, with what to change", async (_sentence, changes, row) => {
    expect(await complaint(changes)).toContain(`  ${row}\n`.trimEnd());
  });
});
