import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import { realPaces } from "#paces.ts";
import { createRedactor } from "#redact.ts";
import { tempFolder } from "../../temp-folder.ts";

const beatKey = "zQ7aBeatKeyThatNobodyGuesses7q7q7q7q";
const apiKey = "rpa_9876543210JIHGFEDCBA";
const env = { RUNPOD_API_KEY: "rpa_0123456789ABCDEFGHIJ" };
const threshold = { name: "warning", below_usd: 10, prompt: "look at {pods_json}" };
const url = "https://boss.example.workers.dev";

interface Given {
  readonly variables?: NodeJS.ProcessEnv;
  readonly files?: Readonly<Record<string, string>>;
  readonly missing?: "faults" | "gone-without";
}

function load(
  outside: object | undefined,
  { variables, files = {}, missing = "faults" }: Given = {},
) {
  const folder = tempFolder();
  const path = join(folder, "config.json");
  const own = { state_file: join(folder, "state.json"), log_file: join(folder, "a.log") };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  const named = outside && {
    ...outside,
    ...("key_file" in outside && { key_file: join(folder, String(outside.key_file)) }),
  };
  const config = { thresholds: [threshold], ...own, outside: named };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return loadConfig(path, { ...env, HOME: folder, ...variables }, realPaces, missing);
}

async function faultsOf(outside: object, given: Given = {}): Promise<string> {
  const error: unknown = await load(outside, given).catch((thrown: unknown) => thrown);
  if (error instanceof UserError) return error.message.split("\n").slice(1).join("\n");
  throw new Error("the config was taken", { cause: error });
}

const warningsOf = ({ warnings }: Settings): readonly string[] =>
  warnings.filter((each) => each.includes("outside"));

describe("what a config says of the guard outside", () => {
  it("there is none without it", async () => {
    expect((await load(undefined)).outside).toBeUndefined();
  });

  it("its key may be in a variable, its account is main, and it only tells", async () => {
    const settings = await load({ url, key_env: "BEAT" }, { variables: { BEAT: beatKey } });

    expect(settings.outside).toEqual({ url, account: "main", beatKey, onSilence: "notify" });
    expect(warningsOf(settings)).toEqual([]);
  });

  it("its key may be in a file", async () => {
    const { outside } = await load(
      { url, account: "lab-2", key_file: "beat-key", on_silence: "guard" },
      { files: { "beat-key": `${beatKey}\n` } },
    );

    expect(outside).toEqual({ url, account: "lab-2", beatKey, onSilence: "guard" });
  });

  it("an address that anybody on the way can read is warned of", async () => {
    const plain = { url: "http://boss.example.com", key_env: "BEAT" };

    const settings = await load(plain, { variables: { BEAT: beatKey } });

    expect(warningsOf(settings)).toEqual([
      "outside.url: is http, so anybody on the way can read what this guard sees; use https",
    ]);
  });

  it("one on this machine is not", async () => {
    const here = { url: "http://127.0.0.1:8093", key_env: "BEAT" };

    expect(warningsOf(await load(here, { variables: { BEAT: beatKey } }))).toEqual([]);
  });

  it.each<[sentence: string, outside: object, variables: NodeJS.ProcessEnv, said: string]>([
    ["no key", { url }, {}, "outside"],
    ["a variable that is not set", { url, key_env: "BEAT" }, {}, "outside.key_env"],
    ["a file that is not there", { url, key_file: "none" }, {}, "outside.key_file"],
    [
      "a variable and a file",
      { url, key_env: "BEAT", key_file: "none" },
      { BEAT: beatKey },
      "outside",
    ],
    [
      "a key that could be guessed",
      { url, key_env: "BEAT" },
      { BEAT: beatKey.slice(0, 31) },
      "outside.key_env  must have at least 32 characters",
    ],
    ["no address", { key_env: "BEAT" }, { BEAT: beatKey }, "outside.url"],
    [
      "an address that is none",
      { url: "boss.example.com", key_env: "BEAT" },
      { BEAT: beatKey },
      "outside.url  must be an http or https address",
    ],
    [
      "an account that is no word",
      { url, account: "Lab 2", key_env: "BEAT" },
      { BEAT: beatKey },
      "outside.account  must be one word of small letters",
    ],
    [
      "an account that ends in a line",
      { url, account: "lab-", key_env: "BEAT" },
      { BEAT: beatKey },
      "outside.account  must be one word of small letters",
    ],
    [
      "another answer to silence",
      { url, on_silence: "stop", key_env: "BEAT" },
      { BEAT: beatKey },
      'outside.on_silence  must be "notify" or "guard"',
    ],
    [
      "a key that does not exist",
      { url, key_env: "BEAT", on_silense: "guard" },
      { BEAT: beatKey },
      "outside.on_silense",
    ],
  ])("%s is refused", async (_sentence, outside, variables, said) => {
    const faults = await faultsOf(outside, { variables });

    expect(faults).toContain(said);
    expect(faults).not.toContain(beatKey.slice(0, 31));
  });

  it.each([
    ["the key of the beats", { key: beatKey }],
    ["the RunPod key for it", { key_env: "BEAT", api_key: apiKey }],
  ])("%s must not stand in the config itself, and is not shown there", async (_sentence, keys) => {
    const faults = await faultsOf({ url, ...keys }, { variables: { BEAT: beatKey } });

    expect(faults).toContain("outside.");
    expect(faults).not.toContain(beatKey);
    expect(faults).not.toContain(apiKey);
  });
});

describe("a key that is not there now", () => {
  it("does not keep a guard from starting: it guards without the one outside, and says so", async () => {
    const settings = await load({ url, key_file: "none" }, { missing: "gone-without" });

    expect(settings.outside).toBeUndefined();
    expect(settings.missing?.secrets).toMatchObject([
      { of: "the key of the guard outside", without: "the guard outside" },
    ]);
  });

  it("of RunPod for it is no matter of the daemon", async () => {
    const { outside } = await load(
      { url, key_env: "BEAT", api_key_env: "NOT_SET" },
      { variables: { BEAT: beatKey } },
    );

    expect(outside).toMatchObject({ beatKey });
    expect(outside?.lacksApiKey).toContain("outside.api_key_env");
    expect(outside?.apiKey).toBeUndefined();
  });
});

it("neither key is shown anywhere", async () => {
  const { outside, secrets } = await load(
    { url, key_env: "BEAT", api_key_env: "LESS" },
    { variables: { BEAT: beatKey, LESS: apiKey } },
  );

  expect(outside?.apiKey).toBe(apiKey);
  expect(createRedactor(secrets)(`${beatKey} and ${apiKey}`)).not.toMatch(/zQ7a|9876/);
});
