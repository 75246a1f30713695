import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ownZone } from "#calendar/zone.ts";
import { loadConfig } from "#config/load.ts";
import type { InForce } from "#guard/model/state.ts";
import { realPaces } from "#paces.ts";
import { inDaemonZone } from "#report/ahead/daemon-zone.ts";
import { tempFolder } from "../../temp-folder.ts";

const there = "Pacific/Chatham";
const evening = { cron: "0 19 * * *", pods: ["*"] };
const keys = {
  thresholds: [{ name: "low", below_usd: 1, prompt: "look" }],
  budgets: [
    { name: "unnamed", usd: 1, per: "day" },
    { name: "named", usd: 1, per: "day", timezone: "Asia/Tokyo" },
  ],
  schedules: [
    { name: "unnamed", ...evening },
    { name: "named", ...evening, timezone: "Asia/Tokyo" },
  ],
};

async function zonesBy(inForce: Partial<InForce> | undefined, brief?: object) {
  const config = join(tempFolder(), "config.json");
  writeFileSync(config, JSON.stringify({ ...keys, ...brief }), { mode: 0o600 });
  const settings = await loadConfig(config, { RUNPOD_API_KEY: "a-key-for-tests" }, realPaces);
  const zoned = inDaemonZone(settings, { inForce: inForce as InForce | undefined });
  return {
    budgets: zoned.budgets.map(({ timeZone }) => timeZone),
    schedules: zoned.schedules.map(({ timeZone }) => timeZone),
    brief: zoned.brief?.timeZone,
  };
}

it.each<[string, Partial<InForce> | undefined, string | undefined]>([
  ["the daemon's", { timeZone: there }, there],
  ["this process's own, where that is the daemon's too", { timeZone: ownZone() }, undefined],
  ["this process's own, where the daemon did not tell", {}, undefined],
  ["this process's own, where no daemon ever was", undefined, undefined],
])("where the config names no zone it is %s", async (_sentence, inForce, zone) => {
  const zones = [zone, "Asia/Tokyo"];

  expect(await zonesBy(inForce, { brief: { at: "08:00" } })).toEqual({
    budgets: zones,
    schedules: zones,
    brief: zone,
  });
});

it.each([
  ["a brief that names one keeps it", { brief: { at: "08:00", timezone: "Asia/Tokyo" } }],
  ["no brief stays none", {}],
])("%s", async (_sentence, keysOfBrief) => {
  const zone = "brief" in keysOfBrief ? "Asia/Tokyo" : undefined;

  expect((await zonesBy({ timeZone: there }, keysOfBrief)).brief).toBe(zone);
});
