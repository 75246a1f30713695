import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadConfig } from "#config/load.ts";
import { policyOf } from "#config/policy.ts";
import type { Policy } from "#guard/model/policy.ts";
import { readPolicy, sendable } from "#outside/orders/policy-schema.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../../temp-folder.ts";

const env = { RUNPOD_API_KEY: "rpa_0123456789ABCDEFGHIJ", HOME: "/no-such-home" };
const example = readFileSync(join(import.meta.dirname, "../../../config.example.json"), "utf8");

const threshold = { name: "warning", below_usd: 10, prompt: "look at {pods_json}" };
const withGuards = (guards: object) => JSON.stringify({ thresholds: [threshold], guards });

/** The policy as the daemon has it: with what only its own machine can run. */
async function policyFrom(text: string) {
  const path = join(tempFolder(), "config.json");
  writeFileSync(path, text, { mode: 0o600 });
  return policyOf(await loadConfig(path, env, realPaces), realPaces);
}

const guardsOf = ({ podGuards: { hardTimeout, lease, idle, schedules, stopped } }: Policy) =>
  Object.entries({ hardTimeout, lease, idle, schedules, stopped }).flatMap(([name, guard]) =>
    guard === undefined ? [] : [name],
  );

const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

it.each([
  ["the example as it stands", example],
  ["the example with all slashes taken away", example.replaceAll(/^( *)\/\/ (?=")/gm, "$1")],
  [
    "idle pods that are asked, and an agent",
    withGuards({ idle: { action: "agent", prompt: "p" } }),
  ],
  ["old disks", withGuards({ stopped: { after_hours: 24, action: "notify" } })],
  [
    "a lease and a hard timeout",
    withGuards({ lease: { max_hours: 8 }, hard_timeout: { hours: 9 } }),
  ],
])("the rules of a config arrive: %s", async (_sentence, text) => {
  const policy = await policyFrom(text.replace("/YOUR-TOPIC", "/x7k2-alerts"));

  const arrived = readPolicy(asSent(sendable(policy)));

  expect(arrived?.thresholds).toHaveLength(policy.thresholds.length);
  expect(arrived && guardsOf(arrived)).toEqual(guardsOf(policy));
});
