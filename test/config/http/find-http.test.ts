import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../../temp-folder.ts";

const token = "zQ7-a-token-that-nobody-guesses";
const other = "kW3-another-one-for-the-jobs-in-pods";
const env = { RUNPOD_API_KEY: "rpa_0123456789ABCDEFGHIJ" };
const threshold = { name: "warning", below_usd: 10, prompt: "look at {pods_json}" };

function load(
  http: unknown,
  variables: NodeJS.ProcessEnv = {},
  missing: "faults" | "gone-without" = "faults",
): Promise<Settings> {
  const folder = tempFolder();
  const path = join(folder, "config.json");
  const state = { state_file: join(folder, "state.json"), log_file: join(folder, "a.log") };
  writeFileSync(path, JSON.stringify({ thresholds: [threshold], ...state, http }), { mode: 0o600 });
  const home = { HOME: folder };
  return loadConfig(path, { ...env, ...home, ...variables }, realPaces, missing);
}

async function faultsOf(http: unknown, variables: NodeJS.ProcessEnv = {}): Promise<string> {
  const error: unknown = await load(http, variables).catch((thrown: unknown) => thrown);
  if (error instanceof UserError) return error.message.split("\n").slice(1).join("\n");
  throw new Error("the config was taken", { cause: error });
}

describe("what a config says of the page", () => {
  it("nothing is served without it", async () => {
    expect((await load(undefined)).http).toBeUndefined();
  });

  it("an empty object serves on this machine alone, with tokens that are made", async () => {
    expect((await load({})).http).toEqual({
      host: "127.0.0.1",
      port: 8092,
      token: undefined,
      activityToken: undefined,
      metricsToken: undefined,
      isRemoteAllowed: false,
      publicUrl: undefined,
    });
  });

  it.each([
    ["127.0.0.1:80", "127.0.0.1", 80],
    ["localhost:9000", "127.0.0.1", 9000],
    ["LOCALHOST:9000", "127.0.0.1", 9000],
    ["[::1]:8092", "::1", 8092],
    ["127.3.2.1:65535", "127.3.2.1", 65535],
  ])("listen %s", async (listen, host, port) => {
    expect((await load({ listen })).http).toMatchObject({ host, port });
  });

  it.each([
    "8092",
    ":8092",
    "127.0.0.1",
    "127.0.0.1:0",
    "127.0.0.1:65536",
    "127.1:8092",
    "2130706433:8092",
    "::1:8092",
    "[::1%lo]:8092",
    "[127.0.0.1]:8092",
    "guard.example.com:8092",
    "http://127.0.0.1:8092",
    "",
  ])("listen %j is refused", async (listen) => {
    expect(await faultsOf({ listen })).toContain("must be an IP address and a port");
  });

  it.each(["0.0.0.0:8092", "[::]:8092", "192.168.1.5:8092", "[::ffff:10.0.0.1]:8092"])(
    "listen %s needs allow_remote, and says what else it takes",
    async (listen) => {
      expect(await faultsOf({ listen })).toMatch(/TLS or Tailscale.*"allow_remote": true/);
      expect((await load({ listen, allow_remote: true })).http).toMatchObject({
        isRemoteAllowed: true,
      });
    },
  );

  it.each([
    ["0.0.0.0:8092", 1],
    ["127.0.0.1:8092", 0],
    ["100.101.102.103:8092", 0],
    ["[fd7a:115c:a1e0::1]:8092", 0],
  ])(
    "listen %s with allow_remote: %i warnings of what can be read on the way",
    async (listen, n) => {
      const { warnings } = await load({ listen, allow_remote: true });

      expect(warnings.filter((each) => each.includes("without TLS"))).toHaveLength(n);
    },
  );

  it.each([
    ["https://Guard.Example.com", "https://guard.example.com"],
    ["https://guard.example.com/", "https://guard.example.com"],
    ["https://guard.example.com:443", "https://guard.example.com"],
    ["https://guard.tail1234.ts.net:8443/", "https://guard.tail1234.ts.net:8443"],
  ])("public_url %s", async (url, publicUrl) => {
    expect((await load({ public_url: url })).http).toMatchObject({ publicUrl });
  });

  it.each([
    "guard.example.com",
    "ftp://guard.example.com",
    "https://me:secret@guard.example.com",
    "https://guard.example.com/boss",
    "https://guard.example.com/?token=a",
    "https://guard.example.com/#a",
  ])("public_url %s is refused", async (url) => {
    const faults = await faultsOf({ public_url: url });

    expect(faults).toMatch(/^ {2}http.public_url/);
    expect(faults).not.toMatch(/secret/);
  });

  it("an address that can be read on the way is warned of", async () => {
    const { warnings } = await load({ public_url: "http://guard.example.com" });

    expect(warnings).toContainEqual(expect.stringMatching(/^http.public_url: is http/));
  });
});

describe("the tokens", () => {
  it("come from variables or files, and are hidden from words and programs", async () => {
    const file = join(tempFolder(), "token");
    writeFileSync(file, `${other}\n`, { mode: 0o600 });

    const settings = await load({ token_env: "PAGE", activity_token_file: file }, { PAGE: token });

    expect(settings.http).toMatchObject({ token, activityToken: other });
    expect(settings.secrets).toEqual(expect.arrayContaining([token, other]));
    expect(settings.secretNames).toEqual(["PAGE"]);
  });

  it("a token in the config itself is refused, and not shown", async () => {
    const third = `${other}-of-prometheus`;
    const faults = await faultsOf({ token, activity_token: other, metrics_token: third });

    expect(faults).toContain("http.token  ");
    expect(faults).toContain("is not a known key; did you mean token_env?");
    expect(faults).toContain("is not a known key; did you mean metrics_token_env?");
    expect(faults).not.toContain(token);
    expect(faults).not.toContain(other);
  });

  it("that of Prometheus comes from a variable or a file as the others do", async () => {
    const settings = await load(
      { token_env: "PAGE", metrics_token_env: "SCRAPE" },
      { PAGE: token, SCRAPE: other },
    );

    expect(settings.http).toMatchObject({ token, metricsToken: other });
    expect(settings.secrets).toEqual(expect.arrayContaining([token, other]));
    expect(settings.secretNames).toEqual(["PAGE", "SCRAPE"]);
  });

  it.each(["token", "activity_token", "metrics_token"])(
    "a short %s is refused, and not shown",
    async (key) => {
      const faults = await faultsOf({ [`${key}_env`]: "PAGE" }, { PAGE: "only-15-letters" });

      expect(faults).toContain(`http.${key}_env  must have at least 16 characters`);
      expect(faults).not.toContain("only-15");
    },
  );

  it.each([
    ["token_env", "activity_token_env", "http.activity_token_env  must differ from token,"],
    ["token_env", "metrics_token_env", "http.metrics_token_env  must differ from token,"],
    [
      "activity_token_env",
      "metrics_token_env",
      "http.metrics_token_env  must differ from activity_token,",
    ],
  ])("%s and %s must differ", async (one, another, fault) => {
    const both = { [one]: "ONE", [another]: "ANOTHER" };

    expect(await faultsOf(both, { ONE: token, ANOTHER: token })).toContain(fault);
  });

  it("one that stands in two places is refused", async () => {
    expect(await faultsOf({ token_env: "PAGE", token_file: "~/token" })).toContain(
      "keep one of token_env and token_file",
    );
  });

  it("one whose variable is not set is a fault; a daemon goes on without the page and says so", async () => {
    expect(await faultsOf({ token_env: "PAGE" })).toContain("the variable PAGE is not set");

    const settings = await load({ token_env: "PAGE" }, {}, "gone-without");

    expect(settings.http).toBeUndefined();
    expect(settings.missing?.secrets).toEqual([
      expect.objectContaining({ of: "the page's token", without: "the page" }),
    ]);
  });

  it("no file of the guard's is written over that of a token", async () => {
    const file = join(tempFolder(), "token");
    writeFileSync(file, token, { mode: 0o600 });
    const path = join(tempFolder(), "config.json");
    const config = { thresholds: [threshold], log_file: file, http: { token_file: file } };
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });

    await expect(loadConfig(path, env, realPaces)).rejects.toThrow(
      "is the file of a token of the page",
    );
  });
});
