import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../../temp-folder.ts";

const home = "/no-such-home";
const apiKey = "rpa_0123456789ABCDEFGHIJ";
const env = { RUNPOD_API_KEY: apiKey, HOME: home };
const thresholds = [{ name: "warning", below_usd: 10, prompt: "look" }];
const topic = "https://ntfy.sh/x7k2-my-alerts";
const ntfy = { type: "ntfy", url: topic };

function fileWith(text: string, name = "config.json", mode = 0o600): string {
  const path = join(tempFolder(), name);
  writeFileSync(path, text, { mode });
  return path;
}

function settingsWith(keys: object, more: NodeJS.ProcessEnv = {}): Promise<Settings> {
  const path = fileWith(JSON.stringify({ thresholds, ...keys }));
  return loadConfig(path, { ...env, ...more }, realPaces);
}

async function channelOf(entry: object, more: NodeJS.ProcessEnv = {}): Promise<ChannelSettings> {
  const { channels } = await settingsWith({ notify: [entry] }, more);
  if (channels[0] === undefined) throw new Error("there is no channel");
  return channels[0];
}

/** The lines of what a person reads, without the first and the last. */
async function faultsOf(keys: object, more: NodeJS.ProcessEnv = {}): Promise<readonly string[]> {
  const error: unknown = await settingsWith(keys, more).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error("the config was taken");
  const rows = error.message.split("\n").slice(1);
  return rows.map((row) => row.trim().replace(/ {2,}/, "  "));
}

describe("a channel is read", () => {
  const common = { minSeverity: "info", timeLimitMs: 30_000 };

  it.each<[object, object]>([
    [ntfy, { type: "ntfy", name: "ntfy", url: topic }],
    [
      { ...ntfy, name: "phone", token: "tk_a1b2c3d4e5f6", timeout_seconds: 5 },
      { name: "phone", token: "tk_a1b2c3d4e5f6", timeLimitMs: 5_000 },
    ],
    ...["slack", "discord", "teams"].map((type): [object, object] => [
      { type, webhook_url: "https://hooks.slack.com/services/T01/B02/x7k2y8" },
      { type, name: type, webhookUrl: "https://hooks.slack.com/services/T01/B02/x7k2y8" },
    ]),
    [
      { type: "telegram", bot_token: "123456:AAH-x7k2_y8", chat_id: -100123 },
      { type: "telegram", botToken: "123456:AAH-x7k2_y8", chatId: "-100123" },
    ],
    [
      { type: "telegram", bot_token: "1:A", chat_id: "@mine", api_url: "https://a.example" },
      { chatId: "@mine", apiUrl: "https://a.example" },
    ],
    [
      { type: "pushover", app_token: "azGDORePK8gMaC0QOYAM", user_key: "uQiRzpo4DXghDmr9Qzzf" },
      { type: "pushover", appToken: "azGDORePK8gMaC0QOYAM", userKey: "uQiRzpo4DXghDmr9Qzzf" },
    ],
    [
      { type: "gotify", url: "https://gotify.local.example/sub/", app_token: "A1b2.c3-d4" },
      { type: "gotify", url: "https://gotify.local.example/sub/", appToken: "A1b2.c3-d4" },
    ],
    [
      { type: "email", smtp_url: "smtps://me:p4ss%2Fword@mail.host:465", to: ["a@b.org"] },
      { type: "email", smtpUrl: "smtps://me:p4ss%2Fword@mail.host:465", to: ["a@b.org"] },
    ],
    [
      {
        type: "email",
        smtp_url: "smtp://127.0.0.1:2525",
        to: ["Jörg Müller <j@b.org>", "c@d.org"],
        from: "RunPodBoss <guard@b.org>",
      },
      { to: ["Jörg Müller <j@b.org>", "c@d.org"], from: "RunPodBoss <guard@b.org>" },
    ],
    [
      { type: "webhook", url: "https://a.example/hook" },
      { type: "webhook", url: "https://a.example/hook", headers: {} },
    ],
    [
      {
        type: "webhook",
        url: "https://a.example/hook",
        headers: { Authorization: "Bearer x7k2-y8" },
        secret: "sign with this",
      },
      { headers: { Authorization: "Bearer x7k2-y8" }, secret: "sign with this" },
    ],
    [
      { ...ntfy, events: ["trip", "blind"], min_severity: "critical" },
      { events: ["trip", "blind"], minSeverity: "critical" },
    ],
    [
      { ...ntfy, quiet_hours: "23:00-07:30", timezone: "Europe/Berlin" },
      { quietHours: { fromMinute: 1_380, toMinute: 450, timeZone: "Europe/Berlin" } },
    ],
    [{ ...ntfy, buttons: false }, { hasButtons: false }],
    [{ ...ntfy, quiet_hours: "0:05-6:00" }, { quietHours: { fromMinute: 5, toMinute: 360 } }],
    [{ ...ntfy, _note: "my phone" }, { name: "ntfy" }],
  ])("%j", async (entry, expected) => {
    expect(await channelOf(entry)).toMatchObject({ ...common, ...expected });
  });

  it("the heartbeat and the brief as well", async () => {
    const settings = await settingsWith({
      heartbeat: { url: "https://hc-ping.com/0b5f3c1e-1111-4222-8333-444455556666" },
      brief: { at: "9:05", timezone: "America/New_York" },
    });

    expect(settings).toMatchObject({
      heartbeat: {
        url: "https://hc-ping.com/0b5f3c1e-1111-4222-8333-444455556666",
        everyMs: 60_000,
      },
      brief: { atMinute: 545, timeZone: "America/New_York" },
      warnings: [],
    });
  });

  it("without any of them there is none", async () => {
    const { channels, heartbeat, brief, secrets } = await settingsWith({});

    expect({ channels, heartbeat, brief, secrets }).toEqual({ channels: [], secrets: [apiKey] });
  });
});

describe("a secret is found", () => {
  it("in a variable of this process", async () => {
    expect(
      await channelOf({ type: "ntfy", url_env: "MY_TOPIC" }, { MY_TOPIC: ` ${topic}\n` }),
    ).toMatchObject({ url: topic });
  });

  it("in the env file of the service, where this process has no such variable", async () => {
    const own = tempFolder();
    const { mkdirSync } = await import("node:fs");
    mkdirSync(join(own, ".runpodboss"));
    writeFileSync(join(own, ".runpodboss/env"), `MY_TOPIC="${topic}"\n`, { mode: 0o600 });

    const channel = await channelOf({ type: "ntfy", url_env: "MY_TOPIC" }, { HOME: own });

    expect(channel).toMatchObject({ url: topic });
  });

  it("in a file, with a line end or without", async () => {
    const url_file = fileWith(`${topic}\r\n`, "topic");

    expect(await channelOf({ type: "ntfy", url_file })).toMatchObject({ url: topic });
  });

  it("in the headers of a webhook, each by itself", async () => {
    const file = fileWith("from-a-file-1\n", "header");
    const entry = {
      type: "webhook",
      url: "https://a.example/hook",
      headers: { "X-One": "plain-one", "X-Two_env": "TWO", "X-Three_file": file },
    };

    expect(await channelOf(entry, { TWO: "from-env-2" })).toMatchObject({
      headers: { "X-One": "plain-one", "X-Two": "from-env-2", "X-Three": "from-a-file-1" },
    });
  });

  it("a file that others may read is warned of", async () => {
    const url_file = fileWith(topic, "topic", 0o644);

    const { warnings } = await settingsWith({ notify: [{ type: "ntfy", url_file }] });

    expect(warnings).toEqual([
      `${url_file}: others on this machine may read it. Run: chmod 600 ${url_file}`,
    ]);
  });

  it("its variable, and every other one that holds it, is kept from programs", async () => {
    const { secretNames } = await settingsWith(
      { notify: [{ type: "ntfy", url_env: "MY_TOPIC" }] },
      { MY_TOPIC: topic, OTHER: `tell ${topic}`, NOT_THIS: "https://ntfy.sh/" },
    );

    expect(secretNames).toEqual(["MY_TOPIC", "OTHER"]);
  });
});

describe("what is wrong is said, all at once", () => {
  it.each<[string, object, readonly string[]]>([
    [
      "no secret",
      { notify: [{ type: "ntfy" }, { type: "webhook" }], heartbeat: {} },
      [
        "notify[0].url  is missing; give one of url, url_env and url_file",
        "notify[1].url  is missing; give one of url, url_env and url_file",
        "heartbeat.url  is missing; give one of url, url_env and url_file",
      ],
    ],
    [
      "a secret twice",
      { notify: [{ ...ntfy, url_env: "A", url_file: "/b" }] },
      [
        "notify[0].url  stands beside url_env and url_file; keep one of url and url_env and url_file",
      ],
    ],
    [
      "a variable that is not set",
      { notify: [{ type: "ntfy", url_env: "MY_TOPIC" }] },
      [
        "notify[0].url_env  the variable MY_TOPIC is not set, neither here nor in ~/.runpodboss/env",
      ],
    ],
    [
      "a secret where the name of its variable should stand",
      { notify: [{ type: "gotify", url: "https://g.example", app_token_env: "Ab1x7k2y8" }] },
      [
        "notify[0].app_token_env  must name a variable that is set, here or in ~/.runpodboss/env; the secret itself goes into app_token",
      ],
    ],
    [
      "a secret where the name of its file should stand",
      { notify: [{ type: "gotify", url: "https://g.example", app_token_file: "Ab1x7k2y8" }] },
      ["notify[0].app_token_file  must name a readable file: no such file"],
    ],
    [
      "a file that is not there",
      { notify: [{ type: "ntfy", url_file: "/nowhere/topic" }] },
      ['notify[0].url_file  must name a readable file: no such file (got "/nowhere/topic")'],
    ],
    [
      "two of one type, without names",
      { notify: [ntfy, { ...ntfy, url: `${topic}2` }] },
      [
        'notify[1].name  is missing: without one it is called "ntfy", and so is notify[0]; give it a name of its own',
      ],
    ],
    [
      "two of one name",
      {
        notify: [
          { ...ntfy, name: "me" },
          { ...ntfy, name: "me" },
        ],
      },
      ['notify[1].name  must be unique: "me" is the name of notify[0]; give this one another'],
    ],
    [
      "a name that is the notify command's",
      { notify: [{ ...ntfy, name: "command" }] },
      ["notify[0].name  is what the notify command is called; choose another"],
    ],
    [
      "a name that is the type of another",
      {
        notify: [
          { ...ntfy, name: "slack" },
          { type: "slack", webhook_url: `${topic}/2` },
        ],
      },
      [
        'notify[1].name  is missing: without one it is called "slack", and so is notify[0]; give it a name of its own',
      ],
    ],
    [
      "a type that there is not",
      { notify: [{ type: "slak", webhook_url: topic }] },
      [
        'notify[0].type  must be "ntfy", "slack", "discord", "teams", "telegram", "pushover", "gotify", "email", "webhook" (got "slak"); did you mean "slack"?',
      ],
    ],
    [
      "no type",
      { notify: [{ url: topic }] },
      [
        'notify[0].type  is missing; it must be "ntfy", "slack", "discord", "teams", "telegram", "pushover", "gotify", "email", "webhook"',
      ],
    ],
    ["one channel that is no list", { notify: ntfy }, ["notify  must be a list (got an object)"]],
    [
      "a channel that is a word",
      { notify: ["ntfy"] },
      ["notify[0]  must be an object in braces (got a hidden value)"],
    ],
    [
      "a key of another type of channel",
      { notify: [{ ...ntfy, webhook_url: topic, min_severty: "info" }] },
      [
        "notify[0].webhook_url  is not a known key; remove it, or put a _ before its name to keep it as a note",
        "notify[0].min_severty  is not a known key; did you mean min_severity?",
      ],
    ],
    [
      "quiet hours that are none, and a time zone that is none",
      { notify: [{ ...ntfy, quiet_hours: "23-7", timezone: "Europe/Berln" }] },
      [
        'notify[0].quiet_hours  must be two times of the day, such as "23:00-07:00" (got "23-7")',
        'notify[0].timezone  must be the name of a time zone; did you mean "Europe/Berlin"? (got "Europe/Berln")',
      ],
    ],
    [
      "quiet hours of a whole day",
      { notify: [{ ...ntfy, quiet_hours: "07:00-07:00" }] },
      [
        'notify[0].quiet_hours  begins and ends at the same time; to be told only what is critical at any time, set "min_severity": "critical" (got "07:00-07:00")',
      ],
    ],
    [
      "a brief at no time of the day",
      { brief: { at: "24:00" } },
      ['brief.at  must be a time of the day, such as "09:00" (got "24:00")'],
    ],
    [
      "an address that is none, and not a word of it",
      { notify: [{ type: "slack", webhook_url: "hooks.slack.com/services/x7k2y8" }] },
      ["notify[0].webhook_url  must be an http or https address"],
    ],
    [
      "an ntfy address without a topic",
      { notify: [{ type: "ntfy", url: "https://ntfy.sh/" }] },
      ["notify[0].url  must end in the topic, as in https://ntfy.sh/TOPIC"],
    ],
    [
      "what an example left to fill in",
      {
        notify: [
          { type: "ntfy", url: "https://ntfy.sh/YOUR-TOPIC" },
          { type: "slack", webhook_url: "https://hooks.slack.com/services/YOUR/WEB/HOOK" },
          { type: "gotify", url: "https://YOUR-SERVER", app_token: "<token>" },
          { type: "email", smtp_url: "smtp://127.0.0.1", to: ["you@example.com"] },
        ],
      },
      [
        "notify[2].url  still has the example's placeholder in it; put in your own (got a hidden value)",
        'notify[3].to[0]  still has the example\'s placeholder in it; put in your own (got "you@example.com")',
        "notify[0].url  still has the example's placeholder in it; put in your own",
        "notify[1].webhook_url  still has the example's placeholder in it; put in your own",
        "notify[2].app_token  still has the example's placeholder in it; put in your own",
      ],
    ],
    [
      "a mail server that is none",
      {
        notify: [
          { type: "email", name: "a", smtp_url: "mail.host:465", to: ["a@b.org"] },
          { type: "email", name: "b", smtp_url: "smtp://me:a/b@mail.host", to: ["a@b.org"] },
          { type: "email", name: "c", smtp_url: "smtp://me:a#b@mail.host", to: ["a@b.org"] },
          { type: "email", name: "d", smtp_url: "smtp://mail.host?tls=no", to: ["a@b.org"] },
        ],
      },
      [
        "notify[0].smtp_url  must be an address of a mail server: smtps://USER:PASSWORD@HOST:465, or smtp://USER:PASSWORD@HOST:587. In a password write / as %2F, # as %23, @ as %40, % as %25, a space as %20",
        "notify[1].smtp_url  must be an address of a mail server: smtps://USER:PASSWORD@HOST:465, or smtp://USER:PASSWORD@HOST:587. In a password write / as %2F, # as %23, @ as %40, % as %25, a space as %20",
        "notify[2].smtp_url  must be an address of a mail server: smtps://USER:PASSWORD@HOST:465, or smtp://USER:PASSWORD@HOST:587. In a password write / as %2F, # as %23, @ as %40, % as %25, a space as %20",
        "notify[3].smtp_url  may have ?tls=none behind the host and port, and nothing else; in a password write ? as %3F",
      ],
    ],
    [
      "a receiver that would put a line into the mail's head",
      {
        notify: [{ type: "email", smtp_url: "smtp://127.0.0.1", to: ["a@b.org\r\nBcc: c@d.org"] }],
      },
      [
        String.raw`notify[0].to[0]  must be an address: "name@host", or "Name <name@host>" (got "a@b.org\r\nBcc: c@d.org")`,
      ],
    ],
    [
      "headers that no webhook may have",
      {
        notify: [
          {
            type: "webhook",
            url: "https://a.example/x",
            headers: {
              "Content-Length": "1",
              "a b": "x",
              "X-A": "1\r\nB: 2",
              "x-a_env": "NOT_SET",
            },
          },
        ],
      },
      [
        "notify[0].headers.Content-Length  is a header that runpodboss sets itself; take it out (got a hidden value)",
        "notify[0].headers.a b  is no name that a header may have (got a hidden value)",
        "notify[0].headers.X-A  has line breaks, spaces at its ends, or characters that no header may have",
        "notify[0].headers.x-a  is the same header as X-A; keep one",
        "notify[0].headers.x-a_env  the variable NOT_SET is not set, neither here nor in ~/.runpodboss/env",
      ],
    ],
    [
      "an event that there is not",
      { notify: [{ ...ntfy, events: ["trp"] }] },
      [
        'notify[0].events[0]  must be "trip", "rearm", "agent", "backstop", "warn", "hard_timeout", "budget", "schedule", "lease", "idle", "stopped", "estimate", "burn", "zero", "blind", "sighted", "silent", "heard", "on_it", "source", "rehearsal", "billing", "trouble", "recovered", "brief", "drill" (got "trp"); did you mean "trip"?',
      ],
    ],
    [
      "a secret that is a number is not shown",
      { notify: [{ ...ntfy, token: 8675309 }] },
      ["notify[0].token  must be text in quotes (got a hidden value)"],
    ],
    [
      "an address where an object should stand is not shown",
      { notify: [topic], heartbeat: topic },
      [
        "notify[0]  must be an object in braces (got a hidden value)",
        "heartbeat  must be an object in braces (got a hidden value)",
      ],
    ],
    [
      "the name that the notify command has",
      { notify: [{ ...ntfy, name: "command" }] },
      ['notify[0].name  is what the notify command is called; choose another (got "command")'],
    ],
    [
      "more channels than anybody has",
      { notify: Array.from({ length: 21 }, (_, n) => ({ ...ntfy, name: `n${n}` })) },
      ["notify  must have at most 20 entries (got a list)"],
    ],
    [
      "a state file that is the file of a secret",
      {
        notify: [{ type: "ntfy", url_file: join(home, "topic") }],
        state_file: join(home, "topic"),
      },
      [
        "notify[0].url_file  must name a readable file: no such file (got",
        `state_file  must name a file of its own: ${join(home, "topic")} is the file of a channel's secret`,
      ],
    ],
  ])("%s", async (_sentence, keys, expected) => {
    const faults = await faultsOf(keys);

    expect(faults.map((fault, n) => fault.slice(0, expected[n]?.length))).toEqual(expected);
  });
});

describe("what works and is hardly meant is warned of", () => {
  it.each<[string, object, readonly string[]]>([
    [
      "a channel that nothing gets through to",
      { ...ntfy, events: ["brief", "rearm"], min_severity: "warning" },
      [
        'notify[0]: nothing gets through to it: none of its events is ever as severe as min_severity "warning". Change one of the two',
      ],
    ],
    [
      "one that something gets through to",
      { ...ntfy, events: ["brief", "trip"], min_severity: "critical" },
      [],
    ],
    [
      "quiet hours for what is never quiet",
      { ...ntfy, quiet_hours: "23:00-07:00", min_severity: "critical" },
      ["notify[0].quiet_hours: has no effect, as only what is critical is sent"],
    ],
    [
      "a time zone for no hours",
      { ...ntfy, timezone: "UTC" },
      ["notify[0].timezone: has no effect without quiet_hours"],
    ],
    [
      "an address that anybody on the way can read",
      { ...ntfy, url: "http://ntfy.far.example/x7k2-my-alerts" },
      [
        "notify[0].url: is http, so anybody on the way can read it and what you are told; use https",
      ],
    ],
    ["not one of this machine", { ...ntfy, url: "http://127.0.0.1:8080/x7k2-my-alerts" }, []],
    [
      "a server for a token that anybody on the way can read",
      { type: "gotify", url: "http://gotify.far.example", app_token: "Ab1x7k2y8" },
      [
        "notify[0].url: is http, so anybody on the way can read the token and what you are told; use https",
      ],
    ],
    [
      "mail in clear",
      { type: "email", smtp_url: "smtp://mail.far.example?tls=none", to: ["a@b.org"] },
      [
        "notify[0].smtp_url: has ?tls=none, so anybody on the way can read the mails and the password",
      ],
    ],
    [
      "a topic that anybody guesses",
      { ...ntfy, url: "https://ntfy.sh/gpu-pods" },
      [
        "notify[0].url: its topic is a short or ordinary word: whoever guesses it reads what you are told, and can write to you. Choose a longer one, with digits in it",
      ],
    ],
    [
      "a mail server's port for another way",
      { type: "email", smtp_url: "smtp://mail.far.example:465", to: ["a@b.org"] },
      ["notify[0].smtp_url: port 465 speaks TLS from the start; write smtps:// there"],
    ],
    [
      "the other one",
      { type: "email", smtp_url: "smtps://mail.far.example:587", to: ["a@b.org"] },
      ["notify[0].smtp_url: port 587 goes over to TLS by STARTTLS; write smtp:// there"],
    ],
    [
      "a topic that is short",
      { ...ntfy, url: "https://ntfy.sh/gpu-07" },
      [
        "notify[0].url: its topic is a short or ordinary word: whoever guesses it reads what you are told, and can write to you. Choose a longer one, with digits in it",
      ],
    ],
    [
      "a topic that is short and needs a login",
      { ...ntfy, url: "https://ntfy.sh/gpu-07", token: "tk_x7k2y8z3" },
      [],
    ],
    [
      "a password that anybody guesses",
      { type: "email", smtp_url: "smtps://me:secret@mail.example", to: ["a@b.org"] },
      [
        "notify[0].smtp_url: it is a short or ordinary word: it can be guessed, and is not blanked out where it stands by itself. Choose a longer one, with digits in it",
      ],
    ],
  ])("%s", async (_sentence, entry, expected) => {
    expect((await settingsWith({ notify: [entry] })).warnings).toEqual(expected);
  });
});
