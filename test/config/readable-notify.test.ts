import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readableNotify } from "#config/readable-notify.ts";

const tell = `"extra_notify_command": ["tell", "{message}"]`;

describe("the notify command is found in a config", () => {
  it.each<[string, string]>([
    ["that is right", `{ ${tell}, "thresholds": [] }`],
    ["with a wrong value elsewhere", `{ "poll_interval_seconds": "often", ${tell} }`],
    ["with a key that nobody knows", `{ "pol_interval": 5, ${tell} }`],
    ["with another key twice", `{ "protect": ["p1"], "protect": [], ${tell} }`],
    ["that is no JSON behind it", `{ ${tell}, "protect": [ "p1" "p2" ], oops`],
    ["that is no JSON before it", `{ "protect": [ "p1" "p2" ], ${tell} }`],
    ["that is cut off behind it", `{ ${tell}, "thresholds": [{ "name": "warn`],
    ["with comments and a byte order mark", `\uFEFF{ // mine\n ${tell}, }`],
    [
      "where a threshold has it",
      `{ "thresholds": [{ "name": "a" }, { ${tell} }, { "extra_notify_command": [] }] }`,
    ],
  ])("%s", (_sentence, text) => {
    expect(readableNotify(text, "/c.json")?.notifyCommand).toEqual(["tell", "{message}"]);
  });

  it("with its time limit, the state file and the variable of the key, where those can be read", () => {
    const more = `"notify_timeout_seconds": 5, "state_file": "~/s.json", "api_key_env": "MY_KEY"`;

    expect(readableNotify(`{ ${tell}, ${more} }`, "/c.json")).toMatchObject({
      notifyTimeoutMs: 5_000,
      stateFile: join(homedir(), "s.json"),
      apiKeyEnv: "MY_KEY",
    });
    expect(
      readableNotify(`{ ${tell}, "notify_timeout_seconds": "5", "state_file": 3 }`, "/c.json"),
    ).toMatchObject({
      notifyTimeoutMs: 30_000,
      stateFile: join(homedir(), ".runpodboss/state.json"),
    });
  });
});

describe("the heartbeat is found in a config, also without any other way to tell,", () => {
  const url = "https://hc-ping.com/U-1";
  const beat = `"heartbeat": { "url": "${url}" }`;

  it.each<[string, string, boolean]>([
    ["that is right", `{ ${beat} }`, true],
    ["with a key that nobody knows", `{ "pol_interval": 5, ${beat} }`, true],
    ["that is no JSON behind it", `{ ${beat}, "protect": [ "p1" "p2" ], oops`, true],
    ["whose address is in a file", `{ "heartbeat": { "url_file": "~/beat" } }`, true],
    ["but not twice", `{ ${beat}, ${beat} }`, false],
    ["with two addresses in it", `{ "heartbeat": { "url": "${url}", "url": "${url}" } }`, false],
    ["that is cut off", `{ "heartbeat": { "url": "${url}"`, false],
    ["with a mistake of its own", `{ "heartbeat": { "url": "${url}", "every_secs": 5 } }`, false],
    ["as text", `{ "heartbeat": "${url}" }`, false],
    ["of a dry run", `{ ${beat}, "dry_run": true }`, false],
  ])("%s", (_sentence, text, isFound) => {
    expect(readableNotify(text, "/c.json")?.heartbeat !== undefined).toBe(isFound);
  });
});

describe("no command is made up of", () => {
  it.each<[string, string]>([
    ["one that is cut off", `{ "extra_notify_command": ["rm", "-r"`],
    ["one with a mistake in it", `{ "extra_notify_command": ["rm" "-r", "/tmp/x"] }`],
    ["one that stands twice", `{ ${tell}, "extra_notify_command": ["other"] }`],
    ["one that is text", `{ "extra_notify_command": "rm -r /tmp/x" }`],
    ["one with something else than text in it", `{ "extra_notify_command": ["tell", 3] }`],
    ["one that names no program", `{ "extra_notify_command": [""] }`],
    ["none", `{ "thresholds": [] }`],
    ["a note", `{ "_extra_notify_command": ["tell"] }`],
    ["a list", `[${tell}]`],
    ["nothing", ""],
    ["a dry run", `{ ${tell}, "dry_run": true }`],
  ])("%s", (_sentence, text) => {
    expect(readableNotify(text, "/c.json")).toBeUndefined();
  });
});

describe("the channels are found in a config", () => {
  const phone = `{ "type": "ntfy", "url": "https://ntfy.sh/x7k2-my-alerts" }`;
  const chat = `{ "type": "slack", "_note": "ours", "webhook_url_env": "SLACK" }`;

  it.each<[string, string, readonly string[]]>([
    ["that is right", `{ "notify": [${phone}, ${chat}] }`, ["ntfy", "slack"]],
    ["with a wrong value elsewhere", `{ "protect": 5, "notify": [${phone}] }`, ["ntfy"]],
    ["with a mistake in one of them", `{ "notify": [{ "type" "slack" }, ${phone}] }`, ["ntfy"]],
    [
      "with one that has a wrong key",
      `{ "notify": [{ "type": "slack", "url": "x" }, ${phone}] }`,
      ["ntfy"],
    ],
    [
      "with one in which a key stands twice",
      `{ "notify": [{ "type": "slack", "webhook_url": "a", "webhook_url": "b" }, ${phone}] }`,
      ["ntfy"],
    ],
    ["that is cut off behind them", `{ "notify": [${phone}], "thresholds": [{ "na`, ["ntfy"]],
  ])("%s", (_sentence, text, types) => {
    const found = readableNotify(text, "/c.json")?.notify ?? [];

    expect(found.map((each) => (each as { type: string }).type)).toEqual(types);
  });

  it.each<[string, string]>([
    ["where the list stands twice", `{ "notify": [${phone}], "notify": [] }`],
    ["for a dry run", `{ "notify": [${phone}], "dry_run": true }`],
    ["in a list that is none", `{ "notify": ${phone} }`],
  ])("but none %s", (_sentence, text) => {
    expect(readableNotify(text, "/c.json")).toBeUndefined();
  });
});
