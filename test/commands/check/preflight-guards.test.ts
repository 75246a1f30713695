import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { guardWarnings } from "#commands/check/preflight-guards.ts";
import { loadConfig } from "#config/load.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../../temp-folder.ts";

const words = (when: string) =>
  `guards.lease: clusters are named, but GraphQL does not show clusters, so they are ended ${when}; set "api": "rest"`;

it.each([
  ["auto", ["llama"], [words("only once REST decides")]],
  ["graphql", ["llama"], [words("never")]],
  ["rest", ["llama"], []],
  ["graphql", [], []],
])("with api %s, a lease that names %j is warned of so", async (api, clusters, expected) => {
  const config = join(tempFolder(), "config.json");
  const text = JSON.stringify({
    api,
    extra_notify_command: ["true"],
    thresholds: [{ name: "low", below_usd: 1, prompt: "look" }],
    guards: { lease: { action: "terminate", clusters } },
  });
  writeFileSync(config, text, { mode: 0o600 });

  const settings = await loadConfig(config, { RUNPOD_API_KEY: "a-key-for-tests" }, realPaces);

  expect(guardWarnings(settings)).toEqual(expected);
});
