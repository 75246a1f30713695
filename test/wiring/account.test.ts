import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createClock } from "#clock.ts";
import { loadConfig } from "#config/load.ts";
import type { Api, Source } from "#guard/model/account.ts";
import { realPaces } from "#paces.ts";
import type { Simulator } from "#simulator/server.ts";
import { realCreating } from "#wiring/account.ts";
import { orderFor } from "../runpod/launch/orders.ts";
import { apiKey, simulatorWith } from "../simulator/ask.ts";
import { tempFolder } from "../temp-folder.ts";

function settingsFor({ url, restUrl }: Simulator, api: string) {
  const path = join(tempFolder(), "config.json");
  const thresholds = [{ name: "low", below_usd: 1, prompt: "look" }];
  const config = { thresholds, api, runpod_url: url, rest_url: restUrl };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return loadConfig(path, { RUNPOD_API_KEY: apiKey }, realPaces);
}

it.each<[string, Api | undefined, Api]>([
  ["auto", undefined, "graphql"],
  ["auto", "graphql", "graphql"],
  ["auto", "rest", "rest"],
  ["graphql", "rest", "graphql"],
  ["rest", "graphql", "rest"],
])("with api %s and a guard that goes by %s, pods are made by %s", async (api, goesBy, makes) => {
  const simulator = await simulatorWith();
  const settings = await settingsFor(simulator, api);
  const source: Source | undefined = goesBy && { api: goesBy };

  const creating = realCreating(settings, createClock(), realPaces.request, source);
  const answer = await creating.create(orderFor(), new AbortController().signal);

  expect(answer.kind).toBe("created");
  expect(simulator.asked).toMatchObject([{ api: makes, does: "create" }]);
});
