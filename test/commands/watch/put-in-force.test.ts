import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createClock } from "#clock.ts";
import { putInForce } from "#commands/watch/put-in-force.ts";
import { loadConfig } from "#config/load.ts";
import { liveOf } from "#wiring/live.ts";
import type { Log } from "#log.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../../temp-folder.ts";

function settingsWith(notify: readonly object[]) {
  const path = join(tempFolder(), "config.json");
  const thresholds = [{ name: "low", below_usd: 1, prompt: "look" }];
  writeFileSync(path, JSON.stringify({ thresholds, notify }), { mode: 0o600 });
  return loadConfig(path, { RUNPOD_API_KEY: "a-key-for-tests" }, realPaces);
}

const ntfy = { type: "ntfy", url: "https://ntfy.example/a1B2c3D4e5F6" };
const mail = { type: "email", smtp_url: "smtp://127.0.0.1:25", to: ["a@b.org"] };

it("a reload that needs what an update has taken away is refused whole, and the old config goes on", async () => {
  const said: string[] = [];
  const say = (_fields: object, message: string): void => void said.push(message);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const live = liveOf(await settingsWith([ntfy]), createClock(), realPaces);
  const next = await settingsWith([ntfy, mail]);
  const gone = () => Promise.reject(new Error("the program was updated. Restart the daemon"));

  await expect(putInForce(next, live, log, gone)).rejects.toThrow("Restart the daemon");
  expect(live.channels().map(({ name }) => name)).toEqual(["ntfy"]);
  expect(said).toEqual([]);

  await putInForce(next, live, log);
  expect(live.channels().map(({ name }) => name)).toEqual(["ntfy", "email"]);
  expect(said).toEqual(["config reloaded"]);
});
