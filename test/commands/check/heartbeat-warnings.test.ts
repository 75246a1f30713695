import { expect, it } from "vitest";
import { heartbeatWarnings } from "#commands/check/heartbeat-warnings.ts";
import type { Settings } from "#config/settings.ts";
import { serving } from "../../probes/pages.ts";

const never = new AbortController().signal;

function settingsWith(url: string, changes: Partial<Settings> = {}): Settings {
  const heartbeat = { url, everyMs: 60_000 };
  return { pollIntervalMs: 60_000, dryRun: false, heartbeat, ...changes } as Settings;
}

it("nothing is said of a heartbeat that works, and nothing where there is none", async () => {
  const base = await serving((_request, response) => void response.end("OK"));

  const found = [
    await heartbeatWarnings(settingsWith(`${base}/ping/U-1`), never),
    await heartbeatWarnings(settingsWith("x", { heartbeat: undefined }), never),
  ];

  expect(found).toEqual([[], []]);
});

it("an address that its receiver does not know is told before the night", async () => {
  const base = await serving((_request, response) => void response.end("OK (not found)"));

  expect(await heartbeatWarnings(settingsWith(`${base}/ping/U-1`), never)).toEqual([
    "heartbeat: its receiver does not take it: HTTP 200, but the beat was not taken: OK (not found)",
  ]);
});

it.each<[string, Settings, string]>([
  [
    "an address with a suffix of its own",
    settingsWith("http://127.0.0.1/beat/fail"),
    "heartbeat.url: ends in /fail, which is added where it is meant; take it out",
  ],
  [
    "polls that are further apart than beats",
    settingsWith("http://127.0.0.1/beat", { pollIntervalMs: 600_000 }),
    "heartbeat.every_seconds: beats follow polls, which come every 10 min; let its receiver wait for that long",
  ],
  [
    "a dry run",
    settingsWith("http://127.0.0.1/beat", { dryRun: true }),
    "heartbeat: a dry run sends none",
  ],
])("%s is told", async (_sentence, settings, expected) => {
  expect(await heartbeatWarnings(settings, never)).toEqual([expected]);
});
