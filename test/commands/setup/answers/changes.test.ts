import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Answers } from "#commands/setup/answers/answers.ts";
import { changesOf } from "#commands/setup/answers/changes.ts";
import { changeWords } from "#commands/setup/answers/change-words.ts";
import type { Current } from "#commands/setup/answers/current.ts";
import { firstText } from "#commands/setup/answers/first-text.ts";
import { edited } from "#config/editing/edit.ts";
import { parseJsonc } from "#config/reading/jsonc.ts";

function currentOf(text: string, isNew = false): Current {
  const raw = parseJsonc(text, "config.json") as Record<string, unknown>;
  return { path: "config.json", isNew, text, mode: 0o600, uid: 0, raw };
}

const written = `{
  // my account
  "api_key_env": "MY_KEY",
  "protect": [
    "db", // the shop
    "web" // the site
  ],
  "notify": [
    // mine
    { "type": "slack", "webhook_url": "https://hooks", "min_severity": "warning" },
    { "type": "ntfy", "name": "phone", "url": "https://ntfy.sh/a-b-c", "token": "t" }
  ],
  "guards": { "idle": { "action": "terminate", "after_minutes": 90 } },
  "heartbeat": { "url_env": "BEAT", "every_seconds": 30 },
  "thresholds": [
    { "name": "low", "below_usd": 1, "prompt": "x" },
    { "name": "high", "below_usd": 9, "prompt": "x" } // a day
  ]
}
`;

function after(answers: Partial<Answers>, text = written): string {
  const current = currentOf(text);
  return edited(text, changesOf(current, answers, "~/.runpodboss/key"));
}

const key = { apiKey: "k", from: "you" };

describe("a second run", () => {
  it("with the same answers changes nothing", () => {
    const same = after({
      key: { ...key, kind: "as-it-is" },
      thresholdsUsd: [9, 1],
      protect: ["db", "web"],
      told: { kind: "as-it-is" },
      idle: undefined,
      heartbeat: { kind: "as-it-is" },
      service: true,
    });

    expect(same).toBe(written);
  });

  it.each<readonly [string, Partial<Answers>, string, string]>([
    [
      "amounts go to the thresholds by their height, wherever they stand",
      { thresholdsUsd: [12, 2] },
      `1, "prompt": "x" },\n    { "name": "high", "below_usd": 9,`,
      `2, "prompt": "x" },\n    { "name": "high", "below_usd": 12,`,
    ],
    [
      "a pod more, and the comments of the others stay",
      { protect: ["db", "web", "lab"] },
      `"web" // the site\n`,
      `"web", // the site\n    "lab"\n`,
    ],
    [
      "a new key stands in a file",
      { key: { ...key, kind: "new" } },
      `// a day\n  ]\n`,
      `// a day\n  ],\n  "api_key_file": "~/.runpodboss/key"\n`,
    ],
    [
      "another channel stands beside the others",
      { told: { kind: "channel", channel: { type: "gotify", url: "https://g", app_token: "a" } } },
      `"token": "t" }\n`,
      `"token": "t" },\n    {\n      "type": "gotify",\n      "url": "https://g",\n      "app_token": "a"\n    }\n`,
    ],
    [
      "a channel of that name is written anew, and keeps what was not asked for",
      { told: { kind: "channel", channel: { type: "slack", webhook_url: "https://other" } } },
      `"webhook_url": "https://hooks"`,
      `"webhook_url": "https://other"`,
    ],
    [
      "the action for idle pods, and nothing else of that guard",
      { idle: "stop" },
      `"action": "terminate"`,
      `"action": "stop"`,
    ],
    [
      "the address of the heartbeat takes the place of the variable",
      { heartbeat: { kind: "url", entry: { url: "https://hc" } } },
      `{ "url_env": "BEAT", "every_seconds": 30`,
      `{"every_seconds": 30, "url": "https://hc"`,
    ],
  ])("%s", (_sentence, answers, before, then) => {
    expect(written).toContain(before);
    expect(after(answers)).toBe(written.replace(before, then));
  });

  it("a key in the config itself goes, as it would count before the file", () => {
    const text = `{\n  "api_key": "old",\n  "thresholds": []\n}\n`;

    expect(JSON.parse(after({ key: { ...key, kind: "new" } }, text))).toEqual({
      api_key_file: "~/.runpodboss/key",
      thresholds: [],
    });
  });

  it.each([
    ["is stored for a service, which does not see it", true, true],
    ["is left there without one", false, false],
  ])("a key in the shell's environment %s", (_sentence, service, isStored) => {
    const text = after({ key: { ...key, kind: "shell" }, service });

    expect(text.includes("api_key_file")).toBe(isStored);
  });

  it("no secret is in what is shown of the changes", () => {
    const answers: Partial<Answers> = {
      key: { ...key, kind: "new" },
      told: { kind: "channel", channel: { type: "slack", webhook_url: "https://geheim" } },
      heartbeat: { kind: "url", entry: { url: "https://geheim" } },
      protect: ["db"],
    };
    const current = currentOf(written);
    const words = changeWords(changesOf(current, answers, "~/key"), current.raw);

    expect(words).toEqual([
      `api_key_file: "~/key"`,
      `protect[1]: "web" goes`,
      "notify[0].webhook_url: (hidden) -> (hidden)",
      `heartbeat.url_env: "BEAT" goes`,
      "heartbeat.url: (hidden)",
    ]);
  });

  it.each([
    [
      "a password in an address that was there",
      ["runpod_url"],
      "https://new.example.org",
      { runpod_url: "https://me:geheim@proxy.example.org/graphql" },
    ],
    ["a token in an address", ["rest_url"], "https://x.example.org/v2?api_key=geheim", {}],
    [
      "a token among the words of a command",
      ["extra_notify_command"],
      ["curl", "-H", "Authorization: geheim"],
      { extra_notify_command: ["curl", "-H", "Authorization: geheim-2"] },
    ],
  ])("nor is %s", (_sentence, path, value, raw) => {
    const [line = ""] = changeWords([{ path, value }], raw);

    expect(line).toContain(path[0]);
    expect(line).not.toContain("geheim");
  });

  it("nor in what is shown of a channel that is new", () => {
    const channel = { type: "telegram", bot_token: "1:geheim", chat_id: "5" } as const;
    const current = currentOf(`{ "thresholds": [] }`);
    const changes = changesOf(current, { told: { kind: "channel", channel } }, "~/key");

    expect(changeWords(changes, current.raw).join("\n")).not.toContain("geheim");
  });
});

describe("a first run", () => {
  const example = readFileSync("config.example.json", "utf8");
  const current = currentOf(example, true);

  it("fills in the shipped example: what it tells those who do that by hand is gone", () => {
    const changes = changesOf(
      current,
      {
        key: { ...key, kind: "new" },
        thresholdsUsd: [15, 4, 1],
        protect: ["db"],
        told: { kind: "channel", channel: { type: "ntfy", url: "https://ntfy.sh/t" } },
        idle: "stop",
      },
      "~/.runpodboss/$1",
    );

    const text = firstText(example, changes);

    expect(text).not.toMatch(/Fill in|As it stands here|environment variable|\/\/ [12]\./);
    expect(text).toContain(`  "api_key_file": "~/.runpodboss/$1",\n`);
    expect(parseJsonc(text, "config.json")).toMatchObject({
      notify: [{ type: "ntfy", url: "https://ntfy.sh/t" }],
      protect: ["db"],
      guards: { idle: { action: "stop", after_minutes: 30 } },
    });
    // Who is told stands together.
    expect(text.indexOf(`"notify"`)).toBeLessThan(text.indexOf(`"guards"`));
  });

  it("keeps every threshold with its prompt, and the backstop", () => {
    const text = firstText(example, changesOf(current, { thresholdsUsd: [15, 4, 1] }, "~/key"));
    const { thresholds } = parseJsonc(text, "c") as { thresholds: readonly object[] };
    const { thresholds: before } = current.raw as { thresholds: readonly object[] };

    expect(thresholds).toEqual(before.map((each, n) => ({ ...each, below_usd: [15, 4, 1][n] })));
  });
});
