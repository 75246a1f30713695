import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createClock } from "#clock.ts";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { liveOf } from "#wiring/live.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../temp-folder.ts";

function settingsWith(notify: readonly object[]): Promise<Settings> {
  const path = join(tempFolder(), "config.json");
  const thresholds = [{ name: "low", below_usd: 1, prompt: "look" }];
  writeFileSync(path, JSON.stringify({ thresholds, notify }), { mode: 0o600 });
  return loadConfig(path, { RUNPOD_API_KEY: "a-key-for-tests" }, realPaces);
}

const ntfy = { type: "ntfy", url: "https://ntfy.example/a1B2c3D4e5F6" };
const hook = { type: "webhook", name: "ops", url: "https://ops.example/s3cr3tPath9" };

it("a reload replaces the channels, whom they tell, and hides the secrets of both configs", async () => {
  const live = liveOf(await settingsWith([ntfy]), createClock(), realPaces);
  const before = live.channels();

  live.replace(await settingsWith([hook, { ...ntfy, name: "phone" }]));

  expect(before.map(({ name }) => name)).toEqual(["ntfy"]);
  expect(live.channels().map(({ name, type }) => [name, type])).toEqual([
    ["ops", "webhook"],
    ["phone", "ntfy"],
  ]);
  expect(live.policy().channels.map(({ name }) => name)).toEqual(["ops", "phone"]);
  expect(live.redact("a1B2c3D4e5F6 and s3cr3tPath9")).toBe("[redacted] and [redacted]");
});

it("a reload keeps the channels whose settings are the same, wherever they stand: they know who has a mail already", async () => {
  const mail = { type: "email", smtp_url: "smtp://127.0.0.1:25", to: ["a@b.org", "c@b.org"] };
  const live = liveOf(await settingsWith([mail, hook, ntfy]), createClock(), realPaces);
  const [first, , third] = live.channels();

  live.replace(await settingsWith([ntfy, mail]));
  expect(live.channels()[0]).toBe(third);
  expect(live.channels()[1]).toBe(first);

  live.replace(await settingsWith([ntfy, { ...mail, to: ["a@b.org"] }]));
  expect(live.channels()[0]).toBe(third);
  expect(live.channels()[1]).not.toBe(first);
});
