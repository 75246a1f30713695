import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "#config/load.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../temp-folder.ts";

const env = { RUNPOD_API_KEY: "rpa_0123456789ABCDEFGHIJ", HOME: "/no-such-home" };

function load(text: string) {
  const path = join(tempFolder(), "config.json");
  writeFileSync(path, text, { mode: 0o600 });
  return loadConfig(path, env, realPaces);
}

describe.each(["config.example.json", "config.example.triage.json"])("%s", (name) => {
  const example = readFileSync(join(import.meta.dirname, "../..", name), "utf8");
  const withChannel = example.replace('// "notify"', '"notify"');

  it("tells nobody by a channel before one is filled in", async () => {
    const { channels, warnings } = await load(example);

    expect({ channels, warnings }).toEqual({ channels: [], warnings: [] });
  });

  it("tells by its channel once the slashes are gone and the topic is put in", async () => {
    const filled = withChannel.replace("ntfy.sh/YOUR-TOPIC", "ntfy.sh/x7k2-my-alerts");

    const { channels, warnings } = await load(filled);

    expect(channels).toMatchObject([{ type: "ntfy", url: "https://ntfy.sh/x7k2-my-alerts" }]);
    expect(warnings).toEqual([]);
  });

  it("leaves stopped pods alone until the slashes are gone, and then only tells of them", async () => {
    const asked = example.replace('// "stopped"', '"stopped"');

    expect((await load(example)).guards).not.toHaveProperty("stopped");
    expect((await load(asked)).guards.stopped).toMatchObject({
      afterMs: 86_400_000,
      action: "notify",
    });
  });

  it("is refused while the placeholder stands in its channel, as a topic that others read", async () => {
    await expect(load(withChannel)).rejects.toThrow(
      "notify[0].url  still has the example's placeholder in it; put in your own",
    );
  });
});
