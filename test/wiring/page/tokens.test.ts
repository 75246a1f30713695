import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withTokens } from "#wiring/page/tokens.ts";
import { tempFolder } from "../../temp-folder.ts";

const http = { host: "127.0.0.1", port: 8092, isRemoteAllowed: false };
const files = ["http-token", "activity-token", "metrics-token"];

function stateIn(folder: string): string {
  return join(folder, "state.json");
}

describe("the tokens of the page", () => {
  it("are made where the config names none, for their owner alone, and stay", async () => {
    const stateFile = stateIn(tempFolder());

    const made = await withTokens(http, stateFile);

    const { token, activityToken, metricsToken } = made;
    expect(files.map((name) => readFileSync(`${stateFile}.${name}`, "utf8").trim())).toEqual([
      token,
      activityToken,
      metricsToken,
    ]);
    expect(new Set([token, activityToken, metricsToken]).size).toBe(3);
    for (const name of files) expect(statSync(`${stateFile}.${name}`).mode & 0o777).toBe(0o600);
    expect(await withTokens(http, stateFile)).toEqual(made);
  });

  it("are those of the config where it names some, and no file is made for these", async () => {
    const stateFile = stateIn(tempFolder());
    const given = {
      ...http,
      token: "the-token-of-the-owner",
      metricsToken: "the-token-of-metrics",
    };

    expect(await withTokens(given, stateFile)).toMatchObject(given);
    expect(files.map((name) => existsSync(`${stateFile}.${name}`))).toEqual([false, true, false]);
  });

  it.each([
    ["activityToken", "http-token", "http.activity_token and the token of the page"],
    ["metricsToken", "http-token", "http.metrics_token and the token of the page"],
    ["metricsToken", "activity-token", "http.metrics_token and http.activity_token"],
  ])("%s that is the same as what stands in %s serves nothing", async (key, name, both) => {
    const stateFile = stateIn(tempFolder());
    const same = "one-token-for-two-who-may-do-other-things";
    writeFileSync(`${stateFile}.${name}`, `${same}\n`, { mode: 0o600 });

    const error = await withTokens({ ...http, [key]: same }, stateFile).catch((e: unknown) => e);

    expect(String(error)).toContain(`${both} are the same`);
    expect(String(error)).not.toContain(same);
  });
});
