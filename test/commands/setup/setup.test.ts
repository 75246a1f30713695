import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { setup, type SetupParts } from "#commands/setup/setup.ts";
import type { SetupOptions } from "#commands/setup/options.ts";
import { inForceOf } from "#config/in-force.ts";
import { policyOf } from "#config/policy.ts";
import { loadConfig } from "#config/load.ts";
import { emptyState } from "#guard/model/state.ts";
import { createStateFile } from "#store/state-file.ts";
import { UserError } from "#errors.ts";
import type { Paces } from "#paces.ts";
import { untestedChannels } from "#report/channels/untested.ts";
import { startSimulator, type SimulatorOptions } from "#simulator/server.ts";
import { answer, startService } from "../../notify/services/service.ts";
import { shortPaces } from "../../short-paces.ts";
import { tempFolder } from "../../temp-folder.ts";
import { createFakeTerminal } from "../../terminal/fake-terminal.ts";
import { ctrlC, hangsUp, type Reply, scriptedPrompter } from "./scripted-prompter.ts";

const apiKey = "a-key-that-the-account-takes";
const pods = [
  { id: "p1", name: "db", costPerHrUsd: 1.49 },
  { id: "p2", name: "train", costPerHrUsd: 0.69 },
  { id: "p3", name: "train", costPerHrUsd: 0.69 },
];

interface Person {
  readonly replies?: readonly Reply[];
  readonly options?: Partial<SetupOptions>;
  readonly env?: NodeJS.ProcessEnv;
  readonly isTTY?: boolean;
  readonly parts?: Partial<SetupParts>;
  readonly paces?: Partial<Paces>;
}

/** An account, a folder for the config, and a person who runs setup with it. */
async function accountWith(account: Partial<SimulatorOptions> = {}) {
  const folder = tempFolder();
  // What a config keeps in `~` is kept here.
  vi.stubEnv("HOME", folder);
  const simulator = await startSimulator({
    apiKey,
    balanceUsd: 31.4,
    nowMs: () => 0,
    pods,
    ...account,
  });
  onTestFinished(() => {
    vi.unstubAllEnvs();
    return simulator.close();
  });
  const config = join(folder, "config.json");
  const addresses = { runpodUrl: simulator.url, restUrl: simulator.restUrl };

  async function run({ replies = [], options, env = {}, isTTY = true, parts, paces }: Person) {
    const prompter = scriptedPrompter(replies);
    const terminal = createFakeTerminal({ isTTY });
    const context = {
      ...terminal,
      env: { HOME: folder, ...env },
      paces: { ...shortPaces, ...paces },
    };
    const exit = await setup(
      { config, verbose: false, yes: false, apiKeyStdin: false, ...addresses, ...options },
      context,
      {
        prompterFor: async () => prompter,
        serviceKindHere: async () => ({ kind: "none", because: "this is a test" }),
        installService: async () => ({
          installed: [],
          commands: ["tmux new runpodboss"],
          warnings: [],
        }),
        freeListen: async () => "127.0.0.1:8092",
        ...parts,
      },
    );
    expect(prompter.left()).toEqual([]);
    expect(prompter.heard.join("\n")).not.toContain(apiKey);
    return {
      exit,
      ...prompter,
      said: prompter.heard.join("\n"),
      told: terminal.told(),
      printed: terminal.printed.join("\n"),
    };
  }

  return {
    folder,
    config,
    simulator,
    addresses,
    run,
    files: () => readdirSync(folder).toSorted(),
    text: () => readFileSync(config, "utf8"),
    settings: () => loadConfig(config, { HOME: folder }, shortPaces),
  };
}

const key: Reply = [/API key/, apiKey];
const thresholds: Reply = [/Thresholds in dollars/, true];
const noPods: Reply = [/Which pods/, []];
const notTold: Reply = [/How do you want to be told/, "none"];
const idle: Reply = [/does nothing for long/, true];
const noStarts: Reply = [/Let it start pods/, false];
const noHeartbeat: Reply = [/Its address/, ""];
const noPage: Reply = [/Serve a page/, false];
const write: Reply = [/Write it/, true];
const plainRun: readonly Reply[] = [
  key,
  thresholds,
  noPods,
  notTold,
  idle,
  noStarts,
  noHeartbeat,
  noPage,
  write,
];

/** The replies with this one in the place of the first that answers the same. */
function but(reply: Reply, ...more: readonly Reply[]): readonly Reply[] {
  const at = plainRun.findIndex(([question]) => String(question) === String(reply[0]));
  return [...plainRun.slice(0, at), reply, ...more, ...plainRun.slice(at + 1)];
}

describe("a first run for one of many accounts", () => {
  it("keeps its key in its own folder, names no other file, and takes none of the shell's keys", async () => {
    const account = await accountWith();
    const config = join(account.folder, ".runpodboss/accounts/lab.json");
    const env = { RUNPOD_API_KEY: "the-key-of-another-account" };

    const { exit, said } = await account.run({ replies: plainRun, options: { config }, env });

    const own = join(account.folder, ".runpodboss/accounts/lab");
    const text = readFileSync(config, "utf8");
    expect(exit, said).toBe(0);
    expect(readFileSync(join(own, "key"), "utf8").trim()).toBe(apiKey);
    expect(text).toContain(`"api_key_file": "~/.runpodboss/accounts/lab/key"`);
    expect(text).not.toMatch(/"(?:state_file|log_file|api_key_env)"/);
    const settings = await loadConfig(config, { HOME: account.folder, ...env }, shortPaces);
    expect(settings).toMatchObject({ apiKey, stateFile: join(own, "state.json") });
  });

  it("is refused by a name that is none, before anything is asked or written", async () => {
    const account = await accountWith();
    const config = join(account.folder, ".runpodboss/accounts/Lab.json");

    await expect(account.run({ options: { config } })).rejects.toThrow(/named like no account/);
    expect(existsSync(join(account.folder, ".runpodboss"))).toBe(false);
  });
});

describe("a first run", () => {
  it("shows the account, proposes thresholds by its burn, and writes key and config for its user alone", async () => {
    const account = await accountWith();

    const { exit, said } = await account.run({ replies: plainRun });

    expect(exit).toBe(0);
    expect(said).toContain("Balance $31.40, burn $2.87/h, hours left: 10.9");
    expect(said).toMatch(/warning +\$12\.00 +lasts 4 h 11 min/);
    expect(account.files()).toEqual(["config.json", "config.key"]);
    const modes = account.files().map((name) => statSync(join(account.folder, name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
    expect(readFileSync(join(account.folder, "config.key"), "utf8")).toBe(`${apiKey}\n`);
    const settings = await account.settings();
    expect(settings.apiKey).toBe(apiKey);
    expect(settings.thresholds.map(({ belowUsd }) => belowUsd)).toEqual([12, 3, 1]);
    expect(said).toMatch(
      /No daemon runs, .* Start it:\n {2}runpodboss -c .* watch\nNo service can keep it running here: this is a test\. .*:\n {2}tmux new runpodboss/,
    );
    // Two accounts share nothing.
    expect(settings.stateFile).toBe(join(account.folder, "config.state.json"));
    expect(settings.logFile).toBe(join(account.folder, "config.log"));
  });

  it("a wrong key is told of, and the next one is asked for", async () => {
    const account = await accountWith();
    const replies: readonly Reply[] = [
      [/API key/, "has a space"],
      [/API key/, "a-key-that-nobody-has"],
      [/What now/, "paste"],
      ...plainRun,
    ];

    const { exit, said, offered } = await account.run({ replies });

    expect(exit).toBe(0);
    expect(said).toContain("The key has spaces");
    expect(said).toContain("RunPod refused the API key");
    expect(said).not.toContain("a-key-that-nobody-has");
    expect(offered.get("What now?")?.[0]).toBe("Paste another key");
    expect((await account.settings()).apiKey).toBe(apiKey);
  });

  it("RunPod that cannot be reached is asked again, or left out: the usual thresholds are proposed", async () => {
    const account = await accountWith();
    await account.simulator.close();
    const replies: readonly Reply[] = [
      key,
      [/What now/, "again"],
      [/What now/, "go-on"],
      thresholds,
      notTold,
      idle,
      noStarts,
      noHeartbeat,
      noPage,
      write,
    ];

    const { exit, said } = await account.run({ replies });

    expect(exit).toBe(0);
    expect(said).toContain("RunPod could not be reached");
    expect(said).toContain("The burn is unknown");
    expect(said).toContain("The pods are not known");
    expect((await account.settings()).thresholds.map(({ belowUsd }) => belowUsd)).toEqual([
      10, 2, 0.5,
    ]);
  });

  it("no pods: there is nothing to choose, and nothing burns", async () => {
    const account = await accountWith({ pods: [] });
    const { exit, said } = await account.run({
      replies: plainRun.filter((each) => each !== noPods),
    });

    expect(exit).toBe(0);
    expect(said).toContain("There are no pods");
    expect(said).toContain("Nothing burns, so these are the usual amounts");
  });

  it("a backstop is never proposed at or above the balance, where it would stop every pod at once: that is said", async () => {
    const account = await accountWith({ balanceUsd: 0.6 });
    const { said, proposed } = await account.run({ replies: plainRun });

    expect(proposed.get("Thresholds in dollars (warning, critical, emergency):")).toBe(
      "12, 3, 0.3",
    );
    expect(said).toMatch(
      /balance is \$0\.60: emergency would be \$1\.00, but its backstop would stop every pod .* so it is \$0\.30/,
    );
    expect(said).toMatch(/is below warning and critical already: .* as soon as it runs\./);
  });

  it("one that somebody types above the balance is taken, and it is said that pods will be stopped", async () => {
    const account = await accountWith({ balanceUsd: 0.6 });
    const { said } = await account.run({ replies: but([/Thresholds in dollars/, "12, 3, 1"]) });

    expect(said).toMatch(
      /is below warning and critical and emergency already: .*backstop stops every pod/s,
    );
    expect((await account.settings()).thresholds.map(({ belowUsd }) => belowUsd)).toEqual([
      12, 3, 1,
    ]);
  });

  it("no money left: nothing is proposed, and Enter alone is no answer", async () => {
    const account = await accountWith({ balanceUsd: 0 });
    const { said } = await account.run({
      replies: but([/Thresholds in dollars/, ""], [/Thresholds in dollars/, "10, 2, 0.5"]).filter(
        (each) => each !== noPods,
      ),
    });

    expect(said).toContain("no amount is below the balance, so none is proposed");
    expect(said).toContain("Give 3 amounts");
  });

  it("thresholds that make no sense are asked for again", async () => {
    const account = await accountWith();
    const replies = but([/Thresholds in dollars/, "1, 2, 3"], [/Thresholds/, "20 $5 1"]);
    const { said } = await account.run({ replies });

    expect(said).toContain("Highest first: $2.00 must be less than $1.00");
    expect((await account.settings()).thresholds.map(({ belowUsd }) => belowUsd)).toEqual([
      20, 5, 1,
    ]);
  });

  it("pods are protected by name; one whose name others share, by its id", async () => {
    const account = await accountWith();
    const replies = but([/Which pods/, ["p1", "p2"]], [/by name, or by id/, "name"]);
    const { said } = await account.run({ replies });

    expect(said).toContain("By id: train (p2), as another pod has its name");
    expect((await account.settings()).protect).toEqual(["db", "p2"]);
  });

  it("a key of the environment is shown to be there, and stays there where no service is to see it", async () => {
    const account = await accountWith();
    const replies: readonly Reply[] = [[/Is this the account/, true], ...plainRun.slice(1)];
    const { said } = await account.run({ replies, env: { RUNPOD_API_KEY: apiKey } });

    expect(said).toContain("The API key is in $RUNPOD_API_KEY");
    expect(account.files()).toEqual(["config.json"]);
  });

  it("a key of another account can be left for one that is pasted", async () => {
    const account = await accountWith();
    const replies: readonly Reply[] = [[/Is this the account/, false], ...plainRun];
    await account.run({ replies, env: { RUNPOD_API_KEY: apiKey } });

    expect(account.files()).toEqual(["config.json", "config.key"]);
  });

  it("no at the end writes nothing", async () => {
    const account = await accountWith();
    const { exit, said } = await account.run({ replies: but([/Write it/, false]) });

    expect(exit).toBe(3);
    expect(said).toContain("Nothing was written.");
    expect(account.files()).toEqual([]);
  });
});

describe("a channel", () => {
  const told = (server: string, ...more: readonly Reply[]): readonly Reply[] =>
    but(
      [/How do you want to be told/, "ntfy"],
      [/ntfy server/, server],
      [/access token/, ""],
      ...more,
    );

  it("gets a topic that nobody can guess, and a test that the person has seen arrive", async () => {
    const account = await accountWith();
    const ntfy = await startService(answer(200, { id: "m1", event: "message" }));

    const { exit, said, proposed } = await account.run({
      replies: told(ntfy.origin, [/Send a test/, true], [/Did it arrive/, true]),
    });

    expect(exit).toBe(0);
    expect(proposed.get("The ntfy server:")).toBe("https://ntfy.sh");
    const [channel] = (await account.settings()).channels;
    const url = channel?.type === "ntfy" ? channel.url : "";
    const topic = url.slice(`${ntfy.origin}/`.length);
    expect(topic).toMatch(/^runpodboss-[A-Za-z0-9]{22}$/);
    expect(said).toContain(`subscribe to the topic ${topic}`);
    expect(ntfy.got).toHaveLength(1);
    expect(ntfy.got[0]?.body).toContain("test by runpodboss setup");
    const settings = await account.settings();
    expect(await untestedChannels(settings)).toEqual([]);
    // Enter alone is no proof.
    expect(proposed.get("Did it arrive? (No is for now: look at your phone first)")).toBe(false);
  });

  it("a test that did not arrive shows what the service answered, and is sent again", async () => {
    const account = await accountWith();
    const ntfy = await startService(answer(200, { id: "m1", event: "message" }));

    const { said } = await account.run({
      replies: told(
        ntfy.origin,
        [/Send a test/, true],
        [/Did it arrive/, false],
        [/What now/, "again"],
        [/Did it arrive/, true],
      ),
    });

    expect(said).toContain("The answer: HTTP 200");
    expect(ntfy.got).toHaveLength(2);
  });

  it("one that the service refuses: what it said is shown, and another channel can be chosen", async () => {
    const account = await accountWith();
    const ntfy = await startService(answer(403, { code: 40301, error: "forbidden" }));

    const { said } = await account.run({
      replies: told(
        ntfy.origin,
        [/Send a test/, true],
        [/What now/, "other"],
        [/How do you want to be told/, "none"],
      ),
    });

    expect(said).toMatch(/The test could not be sent: .*forbidden/);
    expect((await account.settings()).channels).toEqual([]);
  });

  it("or kept all the same, and without a test", async () => {
    const account = await accountWith();
    const ntfy = await startService(answer(500, "no"));

    await account.run({ replies: told(ntfy.origin, [/Send a test/, true], [/What now/, "go-on"]) });
    await account.run({
      replies: [
        [/Is this the account/, true],
        thresholds,
        noPods,
        ...told(ntfy.origin, [/Send a test/, false]).slice(3),
      ],
    });

    expect(ntfy.got).toHaveLength(1);
    expect((await account.settings()).channels).toHaveLength(1);
  });

  it("a notify command is asked for as words, and proven in the same way", async () => {
    const account = await accountWith();
    const out = join(account.folder, "told");

    await account.run({
      replies: but(
        [/How do you want to be told/, "command"],
        [/program and its arguments/, `tee "unclosed`],
        [/program and its arguments/, `sh -c 'printf %s "$1" > ${out}' sh {message}`],
        [/Send a test/, true],
        [/Did it arrive/, true],
      ),
    });

    expect(readFileSync(out, "utf8")).toContain("test by runpodboss setup");
    expect((await account.settings()).notifyCommand[0]).toBe("sh");
  });

  it.each<readonly [string, readonly Reply[], object]>([
    [
      "slack",
      [[/webhook's address/, "https://hooks.slack.com/services/T0/B0/abcdefabcdef"]],
      { webhookUrl: "https://hooks.slack.com/services/T0/B0/abcdefabcdef" },
    ],
    [
      "telegram",
      [
        [/bot's token/, "123456:abcdefabcdefabcdef"],
        [/chat's number/, "me"],
        [/chat's number/, "-1001"],
      ],
      { botToken: "123456:abcdefabcdefabcdef", chatId: "-1001" },
    ],
    [
      "email",
      [
        [/Who gets the mails/, "a@example.org, b@example.org"],
        [/mail server/, "mail.example.org"],
        [/port/, "587"],
        [/user name/, "me@example.org"],
        [/password/, "p/ss:w@rd"],
      ],
      {
        to: ["a@example.org", "b@example.org"],
        smtpUrl: "smtp://me%40example.org:p%2Fss%3Aw%40rd@mail.example.org:587",
      },
    ],
    [
      "pushover",
      [
        [/application's token/, "azGDORePK8gMaC0QOYAMyEEuzJnyUi"],
        [/user key/, "uQiRzpo4DXghDmr9QzzfQu27cmVRsG"],
      ],
      { appToken: "azGDORePK8gMaC0QOYAMyEEuzJnyUi", userKey: "uQiRzpo4DXghDmr9QzzfQu27cmVRsG" },
    ],
    [
      "gotify",
      [
        [/address of your Gotify/, "gotify.example.org"],
        [/address of your Gotify/, "https://me:geheim@gotify.example.org"],
        [/address of your Gotify/, "https://gotify.example.org"],
        [/application's token/, "AbCdEf123456"],
      ],
      { url: "https://gotify.example.org", appToken: "AbCdEf123456" },
    ],
    [
      "webhook",
      [[/address that gets the JSON/, "https://example.org/hook/abcdefabcdef"]],
      { url: "https://example.org/hook/abcdefabcdef" },
    ],
  ])("%s is asked for all that it needs", async (type, replies, expected) => {
    const account = await accountWith();

    const { said } = await account.run({
      replies: but([/How do you want to be told/, type], ...replies, [/Send a test/, false]),
    });

    const { channels, secrets } = await account.settings();
    expect(channels).toMatchObject([{ type, ...expected }]);
    for (const secret of secrets.filter((each) => each.length > 5))
      expect(said).not.toContain(secret);
  });

  it("an answer that the config does not take is explained, and asked for again", async () => {
    const account = await accountWith();

    const { said } = await account.run({
      replies: but(
        [/How do you want to be told/, "discord"],
        [/webhook's address/, "not an address"],
        [/How do you want to be told/, "none"],
      ),
    });

    expect(said).toContain("webhook_url");
    expect(said).not.toContain("not an address");
  });
});

describe("the page to look at", () => {
  const wanted: Reply = [/Serve a page/, true];

  it("is offered, is served for this machine only, and says how it is opened", async () => {
    const account = await accountWith();

    const { said } = await account.run({ replies: but(wanted) });

    expect(said).toContain("Serve a page to look at, for this machine only (127.0.0.1:8092)?");
    expect((await account.settings()).http).toMatchObject({
      host: "127.0.0.1",
      port: 8092,
      isRemoteAllowed: false,
    });
    expect(account.text()).toContain('"http": {');
    expect(said).toContain('http: {"listen":"127.0.0.1:8092"}');
    expect(said).toContain(`Then look at it:\n  runpodboss -c ${account.config} dashboard`);
  });

  it("that is not wanted is not there, and no word is lost on it", async () => {
    const account = await accountWith();

    const { said } = await account.run({ replies: plainRun });

    expect((await account.settings()).http).toBeUndefined();
    expect(account.text()).not.toContain("8092");
    expect(said).not.toContain("dashboard");
  });

  it("is asked for where the port of another account is taken: at the next one", async () => {
    const account = await accountWith();

    const parts = { freeListen: async () => "127.0.0.1:8093" };
    const { said } = await account.run({ replies: but(wanted), parts });

    expect(said).toContain("(127.0.0.1:8093)?");
    expect((await account.settings()).http).toMatchObject({ port: 8093 });
  });

  const script = { yes: true, channel: "none", test: false, apiKeyStdin: false } as const;

  it("of a script that says nothing of it stays as it is: nobody opens a port unasked", async () => {
    const account = await accountWith();
    await account.run({ replies: plainRun });
    const before = account.text();

    await account.run({ isTTY: false, options: script });

    expect(account.text()).toBe(before);
  });

  it("of a script is served where it says, moved, and taken away, and comments stay", async () => {
    const account = await accountWith();
    await account.run({ replies: plainRun });
    const listen = async () => (await account.settings()).http?.port;

    await account.run({ isTTY: false, options: { ...script, page: true } });
    expect(await listen()).toBe(8092);
    writeFileSync(
      account.config,
      account
        .text()
        .replace('"http": {', '// Ours since May.\n  "http": {\n    "allow_remote": true,'),
    );
    await account.run({ isTTY: false, options: { ...script, page: true } });
    expect(await listen()).toBe(8092);
    await account.run({ isTTY: false, options: { ...script, page: "127.0.0.1:9000" } });
    expect(await listen()).toBe(9000);
    expect(account.text()).toContain("// Ours since May.");
    expect(account.text()).toContain('"allow_remote": true');
    await account.run({ isTTY: false, options: { ...script, page: false } });
    expect((await account.settings()).http).toBeUndefined();
  });

  it("that is there already is not asked for again", async () => {
    const account = await accountWith();
    await account.run({ replies: but(wanted) });
    const before = account.text();
    const rightAccount: Reply = [/Is this the account/, true];
    const again: readonly Reply[] = [
      rightAccount,
      thresholds,
      noPods,
      notTold,
      idle,
      noStarts,
      noHeartbeat,
    ];

    const { heard } = await account.run({ replies: again });

    expect(heard.join("\n")).not.toContain("Serve a page");
    expect(account.text()).toBe(before);
  });

  it.each([
    ["somewhere", /^--page must be an IP address and a port/],
    ["0.0.0.0:8092", /What was given cannot be used:[^]*http\.listen/],
  ])("at %s is refused, and nothing is written", async (page, words) => {
    const account = await accountWith();
    await account.run({ replies: plainRun });
    const before = account.text();

    await expect(account.run({ isTTY: false, options: { ...script, page } })).rejects.toThrow(
      words,
    );

    expect(account.text()).toBe(before);
  });
});

describe("what may be started", () => {
  const wanted: readonly Reply[] = [
    [/Let it start pods/, true],
    [/one pod cost an hour/, true],
    [/For how many hours/, true],
    [/run at once/, true],
    [/starts an hour/, true],
  ];
  const [letIt = key, ...proposedCaps] = wanted;
  const script = { yes: true, channel: "none", test: false, apiKeyStdin: false } as const;
  const again = (...more: readonly Reply[]): readonly Reply[] => [
    [/Is this the account/, true],
    thresholds,
    noPods,
    notTold,
    idle,
    ...more,
    noHeartbeat,
    noPage,
  ];

  /** An account set up once, and this in the place of what its guards were. */
  async function setUpWith(guards: string, more = "") {
    const account = await accountWith();
    await account.run({ replies: plainRun });
    const text = account.text().replace(`"guards": {`, `${more}"guards": {\n    ${guards}`);
    writeFileSync(account.config, text);
    return account;
  }

  const caps = `"launch": { "max_price_per_hr": 2, "max_hours": 3, "max_running": 1, "max_starts_per_hour": 2, "gpus": ["*4090*"] }, // ours\n  `;

  it("is nothing unless somebody says so: No is proposed, and nothing of it is written", async () => {
    const account = await accountWith();

    const { proposed, said } = await account.run({ replies: plainRun });

    expect(proposed.get("Let it start pods, within limits that you set?")).toBe(false);
    expect(said).toMatch(/`runpodboss start`, and coding agents through it, can start pods/);
    const { launch, guards } = await account.settings();
    expect([launch, guards.lease]).toEqual([undefined, undefined]);
  });

  it("is asked for cap by cap, with proposals; with it comes a guard that ends what was started, and nothing else", async () => {
    const account = await accountWith();

    const { said, proposed } = await account.run({ replies: but(letIt, ...proposedCaps) });

    const { launch, guards, warnings } = await account.settings();
    expect(launch).toEqual({
      mostPerHrUsd: 5,
      mostMs: 8 * 3_600_000,
      mostRunning: 4,
      mostStartsPerHour: 6,
    });
    expect(guards.lease).toMatchObject({
      defaultMs: undefined,
      maxMs: 24 * 3_600_000,
      action: "stop",
    });
    expect([...proposed.values()]).toEqual(expect.arrayContaining(["5", "8", "4", "6"]));
    expect(said).toContain("A lease guard comes with it");
    expect(said).toContain(
      [
        `guards.lease: {"default_hours":null,"max_hours":24,"action":"stop"}`,
        "launch.max_price_per_hr: 5",
        "launch.max_hours: 8",
        "launch.max_running: 4",
        "launch.max_starts_per_hour: 6\n",
      ].join("\n  "),
    );
    expect(warnings.join("\n")).not.toContain("launch");
    // What the example says to those who fill it in by hand is gone.
    expect(account.text()).not.toMatch(
      /Remove the slashes to (?:let `runpodboss start`|stop pods 4)/,
    );
  });

  it.each<readonly [RegExp, string, string]>([
    [/one pod cost an hour/, "0", "It must be more than 0."],
    [/one pod cost an hour/, "five", "It must be a number."],
    [/For how many hours/, "9000", "It must be at most 8760."],
    [/run at once/, "1.5", "It must be a whole number."],
    [/starts an hour/, "-1", "It must be a number."],
  ])("at %s %s is no answer, and is asked for again", async (question, wrong, words) => {
    const account = await accountWith();
    const replies = proposedCaps.flatMap((reply): readonly Reply[] =>
      String(reply[0]) === String(question)
        ? [
            [question, wrong],
            [question, "3"],
          ]
        : [reply],
    );

    const { said } = await account.run({ replies: but(letIt, ...replies) });

    expect(said).toContain(words);
    expect(JSON.stringify((await account.settings()).launch)).toMatch(/:3[,}]|10800000/);
  });

  it("a lease guard that ends pods stays as it is, and no more hours are taken than it gives", async () => {
    const lease = `"lease": { "default_hours": 2, "max_hours": 6, "action": "terminate" },`;
    const account = await setUpWith(lease);
    const [price = key, hours = key, ...counts] = proposedCaps;
    const answers: readonly Reply[] = [letIt, price, [/For how many hours/, "7"], hours, ...counts];

    const { said, proposed } = await account.run({ replies: [...again(...answers), write] });

    expect(proposed.get("For how many hours at most?")).toBe("6");
    expect(said).toContain("It must be at most 6, the max_hours of guards.lease.");
    expect(said).not.toContain("A lease guard comes with it");
    expect(account.text()).toContain(lease);
    expect((await account.settings()).launch).toMatchObject({ mostMs: 6 * 3_600_000 });
  });

  it.each([
    ["that is there", `"lease": { "max_hours": 6, "action": "stop" },`, caps],
    ["under a lease guard that only tells", `"lease": { "max_hours": 6 },`, ""],
    ["under one that calls an agent", `"lease": { "max_hours": 6, "action": "agent" },`, ""],
  ])("is not asked for %s, and stays as it is", async (_sentence, lease, more) => {
    const account = await setUpWith(lease, more);
    const before = account.text();

    const { heard } = await account.run({ replies: again() });

    expect(heard.join("\n")).not.toContain("start pods");
    expect(account.text()).toBe(before);
  });

  it("of a script that says nothing of it stays as it is", async () => {
    const [none, some] = [await setUpWith(""), await setUpWith("", caps)];
    const before = [none.text(), some.text()];

    for (const account of [none, some]) await account.run({ isTTY: false, options: script });

    expect([none.text(), some.text()]).toEqual(before);
  });

  it("of a script is what it says, all four; what stands beside stays; and it is taken away", async () => {
    const account = await setUpWith("", caps);
    const run = (launch: string | false) =>
      account.run({ isTTY: false, options: { ...script, launch } });

    const { said } = await run("2, 8, 2, 2");
    expect(said).toContain("launch.max_hours: 3 -> 8\n  launch.max_running: 1 -> 2");
    expect(said).not.toContain("launch.max_price_per_hr");
    expect(account.text()).toMatch(/"gpus": \["\*4090\*"\] \}, \/\/ ours/);
    expect((await account.settings()).guards.lease).toMatchObject({ action: "stop" });

    await run(false);
    expect((await account.settings()).launch).toBeUndefined();
    expect((await account.settings()).guards.lease).toMatchObject({ action: "stop" });
  });

  it("is not said by an agent: it is not asked, and its option is refused", async () => {
    const account = await setUpWith("");
    const before = account.text();
    const env = { CLAUDECODE: "1" };

    const { heard } = await account.run({ env, replies: again() });
    expect(heard.join("\n")).not.toContain("start pods");
    const running = account.run({ env, isTTY: false, options: { ...script, launch: "5,8,4,6" } });

    await expect(running).rejects.toThrow(
      "An agent cannot say what may be started: only a person does. Nothing was written.",
    );
    expect(account.text()).toBe(before);
    await account.run({ env, isTTY: false, options: { ...script, launch: false } });
  });

  it("of a script for more hours than usual gets a lease guard that gives them", async () => {
    const account = await setUpWith("");

    await account.run({ isTTY: false, options: { ...script, launch: "5,48,4,6" } });

    expect((await account.settings()).guards.lease?.maxMs).toBe(48 * 3_600_000);
  });

  it("of a script under a lease guard that only tells is written, and it is said that nothing can be started", async () => {
    const lease = `"lease": { "max_hours": 6 },`;
    const account = await setUpWith(lease);

    const { said } = await account.run({ isTTY: false, options: { ...script, launch: "5,6,4,6" } });

    expect(said).toContain("launch is set, and nothing can be started");
    expect(account.text()).toContain(lease);
  });

  it.each([
    [
      "5,8,4",
      "--launch: Give four numbers, a comma between: dollars an hour, hours, pods at once, starts an hour (got 3).",
    ],
    ["5,8,4,x", "--launch: max_starts_per_hour: It must be a number."],
    ["5,8,0.5,6", "--launch: max_running: It must be a whole number."],
    ["5,0,4,6", "--launch: max_hours: It must be more than 0."],
    [
      "",
      "--launch: Give four numbers, a comma between: dollars an hour, hours, pods at once, starts an hour (got 0).",
    ],
  ])("as %j is refused, and nothing is written", async (launch, message) => {
    const account = await setUpWith("", caps);
    const before = account.text();

    const running = account.run({ isTTY: false, options: { ...script, launch } });

    await expect(running).rejects.toMatchObject({
      message,
      hint: "For example: --launch 5,8,4,6. Nothing was written.",
    });
    expect(account.text()).toBe(before);
  });
});

describe("idle pods and the heartbeat", () => {
  it("idle pods are told of unless somebody says otherwise", async () => {
    const account = await accountWith();
    const { proposed } = await account.run({ replies: but([/does nothing for long/, "stop"]) });

    expect(proposed.get("A pod that does nothing for long:")).toBe("notify");
    expect((await account.settings()).guards.idle?.action).toBe("stop");
  });

  it("an address that is none is asked for again", async () => {
    const account = await accountWith();
    const url = "https://hc-ping.com/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    const { said } = await account.run({
      replies: but([/Its address/, "hc-ping"], [/Its address/, url]),
    });

    expect(said).toContain("It must be an http or https address.");
    expect(said).not.toContain(url);
    expect((await account.settings()).heartbeat).toEqual({ url, everyMs: 60_000 });
  });
});

describe("whoever leaves", () => {
  const questions = plainRun.map(([question]) => question);

  it.each(questions)("by Ctrl-C at %s leaves everything as it was", async (question) => {
    const account = await accountWith();
    const at = plainRun.findIndex((reply) => reply[0] === question);

    const { exit, told } = await account.run({
      replies: [...plainRun.slice(0, at), [question, ctrlC]],
    });

    expect(exit).toBe(130);
    expect(told).toBe("Stopped. Nothing was written.\n");
    expect(account.files()).toEqual([]);
  });

  it("by closing the terminal does, too", async () => {
    const account = await accountWith();
    const { exit, told } = await account.run({ replies: [[/API key/, hangsUp]] });

    expect(exit).toBe(3);
    expect(told).toContain("Nothing was written.");
    expect(account.files()).toEqual([]);
  });
});

describe("a second run", () => {
  const second: readonly Reply[] = [
    [/Is this the account/, true],
    thresholds,
    [/Which pods/, true],
    [/How do you want to be told/, true],
    idle,
    noStarts,
    noHeartbeat,
    noPage,
  ];

  async function writtenOnce() {
    const account = await accountWith();
    await account.run({ replies: but([/Which pods/, ["p1"]], [/by name, or by id/, "name"]) });
    const text = account
      .text()
      .replace(
        `"poll_interval_seconds": 60,`,
        `"poll_interval_seconds": 45, // my own\n  "_note": 1,`,
      )
      .replace(`"extra_notify_command": []`, `"extra_notify_command": ["true"]`);
    writeFileSync(account.config, text);
    return account;
  }

  it("offers what is there, and writes nothing where nothing changes", async () => {
    const account = await writtenOnce();
    const before = account.text();
    const written = statSync(account.config).mtimeMs;

    const { exit, said, offered, proposed } = await account.run({ replies: second });

    expect(exit).toBe(0);
    expect(offered.get("How do you want to be told?")?.[0]).toBe("As now: the notify command");
    expect(proposed.get("Which pods may nothing ever stop? (none is fine)")).toEqual(["p1"]);
    expect(said).toContain("Nothing had to be changed.");
    expect(account.text()).toBe(before);
    expect(statSync(account.config).mtimeMs).toBe(written);
  });

  const tenTimes = { pods: [{ id: "p1", name: "db", costPerHrUsd: 28.7 }] };

  it("thresholds are not raised by what burns now: the proposal is only shown beside them", async () => {
    const account = await writtenOnce();
    const before = account.text();
    const busy = await accountWith({ ...tenTimes, apiKey });

    const { said, proposed } = await account.run({
      options: { runpodUrl: busy.simulator.url, restUrl: busy.simulator.restUrl },
      replies: [...second, write],
    });

    expect(proposed.get("Thresholds in dollars (warning, critical, emergency):")).toBe("12, 3, 1");
    expect(said).toMatch(/At \$28\.70\/h these would do:\n +warning +\$120\.00/);
    expect(said).toContain("Yours stay as they are unless you give others.");
    expect(account.text()).toBe(
      before
        .replace(account.simulator.url, busy.simulator.url)
        .replace(account.simulator.restUrl, busy.simulator.restUrl),
    );
  });

  it.each([
    ["of one amount", [3.5, 3.5, 1]],
    ["in another order", [1, 3, 12]],
    ["too small for a dollar sign", [12, 3, 1e-7]],
  ])("thresholds %s stay as they are on Enter", async (_sentence, amounts) => {
    const account = await writtenOnce();
    const left = [...amounts];
    const text = account
      .text()
      .replaceAll(/("below_usd": )[\d.]+/g, (_all, key: string) => `${key}${left.shift()}`);
    writeFileSync(account.config, text);

    await account.run({ replies: second });

    expect(account.text()).toBe(text);
  });

  it("changes what was answered anew, shows it first, and keeps every comment", async () => {
    const account = await writtenOnce();
    const before = account.text();

    const { said } = await account.run({
      replies: [
        ...second.slice(0, 2),
        [/Which pods/, []],
        second[3] ?? key,
        [/does nothing for long/, "stop"],
        noStarts,
        noHeartbeat,
        noPage,
        write,
      ],
    });

    expect(said).toContain(`protect[0]: "db" goes\n  guards.idle.action: "notify" -> "stop"`);
    expect(account.text()).toBe(
      before.replace(`["db"]`, "[]").replace(`"action": "notify"`, `"action": "stop"`),
    );
  });

  it("a pod that a pattern protects is not asked about, and stays protected", async () => {
    const account = await writtenOnce();
    writeFileSync(account.config, account.text().replace(`["db"]`, `["d?"]`));

    const { said, offered } = await account.run({ replies: second });

    expect(said).toContain("Protected by a pattern of the config, and stay so: db");
    expect(offered.get("Which pods may nothing ever stop? (none is fine)")).toHaveLength(2);
  });

  it("a key that is refused by now is asked for, and the old one stays beside", async () => {
    const account = await writtenOnce();
    writeFileSync(join(account.folder, "config.key"), "a-key-of-last-year\n");

    await account.run({
      replies: [[/What now/, "paste"], key, ...second.slice(1), write],
    });

    expect(readFileSync(join(account.folder, "config.key"), "utf8")).toBe(`${apiKey}\n`);
    expect(readFileSync(join(account.folder, "config.key.old"), "utf8")).toBe(
      "a-key-of-last-year\n",
    );
  });

  it("a key file that has gone is no mistake of the config: the key is asked for", async () => {
    const account = await writtenOnce();
    writeFileSync(join(account.folder, "config.key"), "");

    const { said } = await account.run({ replies: [key, ...second.slice(1), write] });

    expect(said).toContain("api_key_file");
    expect((await account.settings()).apiKey).toBe(apiKey);
  });

  it("a config with mistakes is explained, and not touched", async () => {
    const account = await writtenOnce();
    const wrong = account.text().replace(`"poll_interval_seconds": 45`, `"pol_interval": 45`);
    writeFileSync(account.config, wrong);

    await expect(account.run({})).rejects.toThrow(
      /pol_interval .* did you mean poll_interval_seconds/,
    );
    expect(account.text()).toBe(wrong);
  });

  it.each([
    ["an unknown key", `"pol_interval": 45`],
    ["a key that stands twice", `"poll_interval_seconds": 45, "poll_interval_seconds": 45`],
    ["what is not JSON", `"poll_interval_seconds": forty`],
  ])("%s: what to do next is said in whole sentences", async (_sentence, instead) => {
    const account = await writtenOnce();
    writeFileSync(account.config, account.text().replace(`"poll_interval_seconds": 45`, instead));

    await expect(account.run({})).rejects.toMatchObject({
      hint: "Fix these, then run setup again: it has not touched this file.",
    });
  });

  it("a config that somebody saves meanwhile is not overwritten", async () => {
    const account = await writtenOnce();
    const theirs = `${account.text()}// theirs\n`;
    const saves = (): string => {
      writeFileSync(account.config, theirs);
      return "stop";
    };

    const running = account.run({
      replies: [
        ...second.slice(0, 4),
        [/does nothing for long/, saves],
        noStarts,
        noHeartbeat,
        noPage,
        write,
      ],
    });

    await expect(running).rejects.toThrow(/has changed since it was read. Nothing was written/);
    expect(account.text()).toBe(theirs);
  });
});

describe("a place that cannot be written", () => {
  it("a read-only config: said before anything is asked", async () => {
    const account = await accountWith();
    writeFileSync(account.config, "{}", { mode: 0o400 });

    await expect(account.run({})).rejects.toThrow(/it is read-only, so somebody keeps it as it is/);
  });

  it("a folder in the config's place", async () => {
    const account = await accountWith();
    mkdirSync(account.config);

    await expect(account.run({})).rejects.toThrow(/cannot be written: it is not a regular file/);
  });

  it("a file where its folder should be", async () => {
    const account = await accountWith();
    writeFileSync(join(account.folder, "file"), "");

    await expect(
      account.run({ options: { config: join(account.folder, "file", "config.json") } }),
    ).rejects.toThrow(UserError);
  });

  it("a config that is a symlink stays one, and the file that it names is written", async () => {
    const account = await accountWith();
    const real = join(account.folder, "dotfiles.json");
    symlinkSync(real, account.config);

    await account.run({ replies: plainRun });

    expect(readFileSync(real, "utf8")).toContain("thresholds");
    expect(account.files()).toContain("config.json");
  });

  it("a key that cannot be stored leaves the config as it was", async () => {
    const account = await accountWith();
    mkdirSync(join(account.folder, "config.key"));

    await expect(account.run({ replies: plainRun })).rejects.toThrow(
      /config\.key could not be written: .* Nothing was written/,
    );
    expect(existsSync(account.config)).toBe(false);
  });
});

describe("a script", () => {
  const all: Partial<SetupOptions> = {
    thresholds: "10,2,0.5",
    protect: "db, x9",
    channel: "none",
    idle: "stop",
    heartbeat: false,
    service: false,
  };
  const keyFile = (folder: string): string => {
    const path = join(folder, "my.key");
    writeFileSync(path, `${apiKey}\n`, { mode: 0o600 });
    return path;
  };

  it("without a terminal says all that it has to be told, and asks and writes nothing", async () => {
    const account = await accountWith();

    const running = account.run({ isTTY: false });

    await expect(running).rejects.toThrow(
      [
        "There is no terminal to ask on, and these are not answered:",
        "  --api-key-file FILE, or --api-key-stdin",
        "  --channel TYPE with its --channel-set KEY=VALUE, or --channel none",
        "  --thresholds DOLLARS,DOLLARS,...",
        "  --protect POD,POD, or --no-protect",
        "  --idle stop, or --idle notify",
        "  --heartbeat-file FILE, --heartbeat-env NAME, or --no-heartbeat",
        "  --service, or --no-service",
      ].join("\n"),
    );
    expect(account.files()).toEqual([]);
    expect(account.simulator.requests).toBe(0);
  });

  it("with every answer needs nobody, with a terminal or without", async () => {
    for (const isTTY of [true, false]) {
      const account = await accountWith();
      const apiKeyFile = keyFile(account.folder);

      const { exit } = await account.run({
        isTTY,
        options: { ...all, apiKeyFile, yes: isTTY },
      });

      expect(exit).toBe(0);
      expect(await account.settings()).toMatchObject({
        apiKey,
        protect: ["db", "x9"],
        channels: [],
        guards: { idle: { action: "stop" } },
      });
      expect(account.files()).toEqual(["config.json", "my.key"]);
    }
  });

  it("with --yes takes what is proposed, and a second time changes nothing", async () => {
    const account = await accountWith();
    const options = { yes: true, apiKeyFile: keyFile(account.folder), channel: "none" };
    await account.run({ isTTY: false, options });
    const before = account.text();

    const { said } = await account.run({
      isTTY: false,
      options: { yes: true, channel: "none", protect: "" },
    });

    expect(said).toContain("Nothing had to be changed.");
    expect(account.text()).toBe(before);
  });

  it("with --yes leaves thresholds alone that stand there, whatever burns now and is left", async () => {
    const account = await accountWith();
    const apiKeyFile = keyFile(account.folder);
    const options = { yes: true, channel: "none" };
    await account.run({ isTTY: false, options: { ...options, apiKeyFile } });
    const before = account.text();
    const busy = await accountWith({
      balanceUsd: 0.7,
      pods: [{ id: "p9", name: "sweep", costPerHrUsd: 100 }],
    });
    const { url, restUrl } = busy.simulator;

    const { said } = await account.run({
      isTTY: false,
      options: { ...options, protect: "more", runpodUrl: url, restUrl },
    });

    expect(account.text()).toBe(
      before
        .replace(account.simulator.url, url)
        .replace(account.simulator.restUrl, restUrl)
        .replace(`"protect": []`, `"protect": ["more"]`),
    );
    expect(said).toMatch(/These change:\n.*runpod_url.*\n.*rest_url.*\n {2}protect\[0\]: "more"/);
  });

  it("with --yes every value that is written is printed, the key never", async () => {
    const account = await accountWith();
    const apiKeyFile = keyFile(account.folder);

    const { said } = await account.run({
      isTTY: false,
      options: { yes: true, channel: "none", apiKeyFile },
    });

    expect(said).toContain("The config is the shipped example with these:");
    expect(said).toContain("thresholds[0].below_usd: 10 -> 12");
    expect(said).toContain("thresholds[2].below_usd: 0.5 -> 1");
  });

  it("with --yes an account without money needs the thresholds said, and nothing is written", async () => {
    const account = await accountWith({ balanceUsd: 0 });
    const options = { yes: true, channel: "none", apiKeyFile: keyFile(account.folder) };

    await expect(account.run({ isTTY: false, options })).rejects.toThrow(
      /No amount can be proposed for emergency/,
    );
    expect(existsSync(account.config)).toBe(false);
    await account.run({ isTTY: false, options: { ...options, thresholds: "10,2,0.5" } });
    expect(existsSync(account.config)).toBe(true);
  });

  it("--protect never lays open what is protected", async () => {
    const account = await accountWith();
    const apiKeyFile = keyFile(account.folder);
    await account.run({ isTTY: false, options: { ...all, apiKeyFile } });
    await account.run({ isTTY: false, options: { ...all, apiKeyFile, protect: "new" } });

    expect((await account.settings()).protect).toEqual(["db", "x9", "new"]);
  });

  it("a channel is tested before anything is written", async () => {
    const account = await accountWith();
    const hook = await startService(answer(404, "no such hook"));
    const file = join(account.folder, "hook");
    writeFileSync(file, `${hook.origin}/a-secret-path-of-mine`, { mode: 0o600 });
    const options = {
      ...all,
      apiKeyFile: keyFile(account.folder),
      channel: "webhook",
      channelSet: [`url_file=${file}`, "min_severity=warning"],
    };

    await expect(account.run({ isTTY: false, options })).rejects.toThrow(
      /The test could not be sent: .* Nothing was written/,
    );
    expect(existsSync(account.config)).toBe(false);
    await account.run({ isTTY: false, options: { ...options, test: false } });

    expect((await account.settings()).channels).toMatchObject([
      { type: "webhook", url: `${hook.origin}/a-secret-path-of-mine`, minSeverity: "warning" },
    ]);
  });

  it("a topic that it made up is shown, as nobody else knows it", async () => {
    const account = await accountWith();
    const options = { ...all, apiKeyFile: keyFile(account.folder), channel: "ntfy", test: false };

    const { said } = await account.run({ isTTY: false, options });

    const [channel] = (await account.settings()).channels;
    expect(channel?.type === "ntfy" && channel.url).toMatch(/^https:\/\/ntfy\.sh\/runpodboss-/);
    expect(said).toContain(channel?.type === "ntfy" ? channel.url.split("/").at(-1) : "");
  });

  it("a refused key ends it", async () => {
    const account = await accountWith();
    const path = join(account.folder, "wrong.key");
    writeFileSync(path, "a-key-that-nobody-has", { mode: 0o600 });

    await expect(
      account.run({ isTTY: false, options: { ...all, apiKeyFile: path } }),
    ).rejects.toThrow(/RunPod refused the API key/);
    expect(existsSync(account.config)).toBe(false);
  });

  it.each<readonly [string, Partial<SetupOptions>, RegExp]>([
    ["a secret", { channel: "slack", channelSet: ["webhook_url=https://x"] }, /is a secret/],
    ["a topic", { channel: "ntfy", channelSet: ["url=https://ntfy.sh/t"] }, /is a secret/],
    ["a header", { channel: "webhook", channelSet: ["headers.X=1"] }, /is a secret/],
    ["a channel there is not", { channel: "pager" }, /--channel must be one of ntfy/],
    ["a key without a value", { channel: "ntfy", channelSet: ["nonsense"] }, /KEY=VALUE/],
    [
      "a key that the channel has not",
      { channel: "gotify", channelSet: ["urll=x"], test: false },
      /urll/,
    ],
    ["settings of no channel", { channel: "none", channelSet: ["a=b"] }, /--channel names none/],
    ["an action there is not", { idle: "terminate" }, /--idle must be stop or notify/],
    ["too few thresholds", { thresholds: "5" }, /--thresholds: Give 3 amounts/],
    [
      "a password in an address of RunPod's",
      { runpodUrl: "https://me:geheim@proxy.example.org/graphql" },
      /^--runpod-url: the address holds a user name, a password or a token/,
    ],
    [
      "a token in one",
      { restUrl: "https://proxy.example.org/v2?api_key=geheim" },
      /^--rest-url: the address holds/,
    ],
    [
      "a password in a channel's address",
      { channel: "gotify", channelSet: ["url=https://me:geheim@gotify.example.org"] },
      /^--channel-set url: the address holds/,
    ],
    [
      "a secret where a variable's name is wanted",
      { channel: "gotify", channelSet: ["app_token_env=geheim!"] },
      /^--channel-set app_token_env wants the name of a variable, and this is none\.$/,
    ],
    [
      "an address where the heartbeat's variable is wanted",
      { heartbeat: true, heartbeatEnv: "https://hc-ping.com/geheim" },
      /^--heartbeat-env wants the name of a variable, and this is none\.$/,
    ],
    [
      "one secret in two ways",
      { channel: "slack", channelSet: ["webhook_url_file=a", "webhook_url_env=B"] },
      /^--channel-set webhook_url_file and --channel-set webhook_url_env cannot be used together/,
    ],
    [
      "one key of a channel with two values",
      { channel: "telegram", channelSet: ["chat_id=1", "chat_id=2"] },
      /^--channel-set chat_id is given twice/,
    ],
    ["a command without words", { channel: "command" }, /needs the command/],
    [
      "a command that is no list",
      { channel: "command", notifyCommand: "[1]" },
      /must be a list of texts/,
    ],
    ["a key file that is not there", { apiKeyFile: "/nowhere/key" }, /cannot be read/],
  ])("%s is refused, and nothing is written", async (_sentence, wrong, because) => {
    const account = await accountWith();
    const options = { ...all, channel: "none", apiKeyFile: keyFile(account.folder), ...wrong };

    const refused = await account.run({ isTTY: false, options }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UserError);
    const { message, hint } = refused as UserError;
    expect(message).toMatch(because);
    expect(`${message}\n${hint}`).not.toContain("geheim");
    // There is no config that could be mended, or checked.
    expect(`${message}\n${hint}`).not.toMatch(/config\.json cannot be used|runpodboss check/);
    expect(existsSync(account.config)).toBe(false);
  });

  it("the same ntfy channel a second time keeps its topic: somebody listens to it", async () => {
    const account = await accountWith();
    const options = { ...all, apiKeyFile: keyFile(account.folder), channel: "ntfy", test: false };
    await account.run({ isTTY: false, options });
    const before = account.text();

    const { said } = await account.run({ isTTY: false, options });

    expect(said).toContain("Nothing had to be changed.");
    expect(account.text()).toBe(before);
    const channelSet = ["token_env=NTFY_TOKEN"];
    await account.run({
      isTTY: false,
      env: { NTFY_TOKEN: "tk_abcdefabcdef" },
      options: { ...options, channelSet },
    });
    const url = /"url": "(.*?)"/.exec(before)?.[1];
    expect(url).toMatch(/runpodboss-/);
    expect(account.text()).toContain(`"url": "${url}"`);
    expect(account.text()).toContain(`"token_env": "NTFY_TOKEN"`);
  });
});

describe("two configs", () => {
  const state = `"state_file": "~/.runpodboss/state.json"`;

  /** The usual config, and a copy of it for another account. */
  async function copied() {
    const account = await accountWith();
    const usual = join(account.folder, ".runpodboss", "config.json");
    await account.run({ options: { config: usual }, replies: plainRun });
    const text = readFileSync(usual, "utf8");
    expect(text).toContain(state);
    writeFileSync(account.config, text);
    return { ...account, usual, text: () => readFileSync(account.config, "utf8"), before: text };
  }

  const again: Person = { isTTY: false, options: { yes: true, channel: "none", protect: "x" } };

  it("that share a state file are refused before anything is asked: one's daemon is not the other's", async () => {
    const account = await copied();
    const { requests } = account.simulator;

    const error = await account.run({}).catch((each: unknown) => each);

    expect((error as UserError).message).toBe(
      `${account.config} shares its state file, ${join(account.folder, ".runpodboss", "state.json")}, with ${account.usual}: what guards one account would act for the other.`,
    );
    expect((error as UserError).hint).toContain("set state_file and log_file");
    expect(account.text()).toBe(account.before);
    expect(account.simulator.requests).toBe(requests);
  });

  it("with a state file each are two accounts", async () => {
    const account = await copied();
    writeFileSync(account.config, account.before.replace(state, `"state_file": "lab.state.json"`));

    expect((await account.run(again)).exit).toBe(0);
  });

  it("the one that a daemon used last is known, whichever of them it is", async () => {
    const account = await copied();
    const settings = await account.settings();
    const by = { pid: 1, sinceMs: 0 };
    const inForce = inForceOf(settings, policyOf(settings, shortPaces), by);
    const store = createStateFile(join(account.folder, ".runpodboss", "state.json"), {
      nowMs: () => 0,
      onTrouble: () => undefined,
    });
    await store.save({ ...emptyState, inForce });
    await store.saveLearned({ ...emptyState, inForce });

    expect((await account.run(again)).exit).toBe(0);
    const usual = { ...again, options: { ...again.options, config: account.usual } };
    await expect(account.run(usual)).rejects.toThrow(`with ${account.config}: what guards`);
    // One that is gone was moved.
    rmSync(account.config);
    expect((await account.run(usual)).exit).toBe(0);
  });
});

describe("the service", () => {
  const wanted = (replies = plainRun): readonly Reply[] => [
    ...replies.slice(0, -1),
    [/Install the daemon as a service/, true],
    write,
  ];
  const kind = { serviceKindHere: async () => ({ kind: "systemd-user" as const }) };

  it("one that cannot be installed is told of; what was written stays", async () => {
    const account = await accountWith();
    const problem = { because: "systemctl says no", hint: "Ask it why." };

    const { exit, said } = await account.run({
      replies: wanted(),
      parts: {
        ...kind,
        installService: async () => ({ installed: [], commands: [], warnings: [], problem }),
      },
    });

    expect(exit).toBe(2);
    expect(said).toContain("The service was not installed: systemctl says no.\nAsk it why.");
    expect(existsSync(account.config)).toBe(true);
  });

  it("one that was started and does not poll is told of, and where to look", async () => {
    const account = await accountWith();

    const { exit, said } = await account.run({
      replies: wanted(),
      parts: {
        ...kind,
        installService: async () => ({
          installed: ["Started it"],
          commands: ["see it"],
          warnings: [{ because: "it ends when you log out", hint: "Let it linger" }],
        }),
      },
      paces: { startLimitMs: 10 },
    });

    expect(exit).toBe(2);
    expect(said).toContain(
      "Started it\nit ends when you log out.\nLet it linger\nLater:\n  see it",
    );
    expect(said).toContain(
      "The daemon does not run. Nothing is guarded yet.\nLook at its log: journalctl --user -u runpodboss-config -e",
    );
  });

  it("where there is none, a script that wants one is told before anything is written", async () => {
    const account = await accountWith();
    const running = account.run({
      isTTY: false,
      env: { RUNPOD_API_KEY: apiKey },
      options: { yes: true, channel: "none", service: true },
    });

    await expect(running).rejects.toThrow("No service can be installed here: this is a test.");
    expect(account.files()).toEqual([]);
  });

  it("a key of the shell's environment is stored where the service sees it", async () => {
    const account = await accountWith();
    const replies: readonly Reply[] = [[/Is this the account/, true], ...wanted().slice(1)];
    const problem = { because: "no", hint: "" };

    const { said } = await account.run({
      replies,
      env: { RUNPOD_API_KEY: apiKey },
      parts: {
        ...kind,
        installService: async () => ({ installed: [], commands: [], warnings: [], problem }),
      },
    });

    expect(said).toContain("the key: stored in");
    expect(readFileSync(join(account.folder, "config.key"), "utf8")).toBe(`${apiKey}\n`);
  });

  const unseen = {
    options: {
      yes: true,
      apiKeyFile: "",
      channel: "slack",
      channelSet: ["webhook_url_env=SLACK_HOOK"],
      test: false,
      heartbeatEnv: "BEAT",
    },
    env: {
      SLACK_HOOK: "https://hooks.slack.com/services/T0/B0/hookhookhook",
      BEAT: "https://hc-ping.com/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f",
    },
  };

  it("is not started with variables that only this shell has: what to put where is said, nothing is written", async () => {
    const account = await accountWith();
    const keyFile = join(account.folder, "given");
    writeFileSync(keyFile, apiKey);
    const options = { ...unseen.options, apiKeyFile: keyFile, service: true };
    const installService = vi.fn<SetupParts["installService"]>();

    const running = account.run({ ...unseen, options, parts: { ...kind, installService } });

    const error = await running.catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /none of this shell's variables.*SLACK_HOOK is not set.*BEAT/s,
      ),
      hint: expect.stringMatching(
        /Nothing was written. Write SLACK_HOOK=… and BEAT=… into ~\/.runpodboss\/env/,
      ),
    });
    expect(account.files()).toEqual(["given"]);
    expect(installService).not.toHaveBeenCalled();
  });

  it.runIf(process.platform === "linux")(
    "of another config of the same file name is not taken, and nothing is written",
    async () => {
      const account = await accountWith();
      const units = join(account.folder, ".config/systemd/user");
      const other = join(account.folder, "lab/config.json");
      for (const folder of [units, join(account.folder, "lab")]) {
        mkdirSync(folder, { recursive: true });
      }
      writeFileSync(other, "{}");
      const unit = join(units, "runpodboss-config.service");
      writeFileSync(unit, `[Service]\nExecStart=runpodboss -c %h/lab/config.json watch\n`);

      const running = account.run({ replies: wanted().slice(0, -1), parts: kind });

      await expect(running).rejects.toThrow(`guards another config, ${other}`);
      expect(existsSync(account.config)).toBe(false);
    },
  );

  it("with these variables in ~/.runpodboss/env it is started", async () => {
    const account = await accountWith();
    const keyFile = join(account.folder, "given");
    writeFileSync(keyFile, apiKey);
    mkdirSync(join(account.folder, ".runpodboss"));
    writeFileSync(
      join(account.folder, ".runpodboss/env"),
      `SLACK_HOOK=${unseen.env.SLACK_HOOK}\nBEAT=${unseen.env.BEAT}\n`,
    );
    const options = { ...unseen.options, apiKeyFile: keyFile, service: true };
    const problem = { because: "no", hint: "" };
    const installService = vi.fn<SetupParts["installService"]>(async () => ({
      installed: [],
      commands: [],
      warnings: [],
      problem,
    }));

    await account.run({ ...unseen, options, parts: { ...kind, installService } });

    expect(installService).toHaveBeenCalledOnce();
  });

  it("a proxy that only this shell knows is warned of", async () => {
    const account = await accountWith();
    const problem = { because: "no", hint: "" };
    const { said } = await account.run({
      replies: wanted(),
      env: { NO_PROXY: "127.0.0.1", HTTPS_PROXY: "http://proxy.example:3128" },
      parts: {
        ...kind,
        installService: async () => ({ installed: [], commands: [], warnings: [], problem }),
      },
    });

    expect(said).toContain("The service does not see HTTPS_PROXY of this shell.");
    expect(said).not.toContain("proxy.example");
  });

  it.each([
    ["which does not run", "", "The daemon does not run. Nothing is guarded yet."],
    ["which cannot be read now", "{oops", "Whether a guard runs with them is not known: "],
  ])(
    "that does not start with the new config: config and key are again what the guard before ran with, %s",
    async (_sentence, meanwhile, words) => {
      const account = await accountWith();
      await account.run({ replies: plainRun });
      const before = account.text();
      writeFileSync(join(account.folder, "config.key"), "a-key-of-last-year\n");
      const problem = { because: "the service did not start: no", hint: "Ask it why." };
      let during = "";
      let putBackAs = "";

      const { exit, said } = await account.run({
        replies: [
          [/What now/, "paste"],
          key,
          thresholds,
          noPods,
          [/How do you want to be told/, "none"],
          [/does nothing for long/, "stop"],
          noStarts,
          noHeartbeat,
          noPage,
          [/Install the daemon as a service/, true],
          write,
        ],
        parts: {
          ...kind,
          installService: async (_what, { putBack }) => {
            during = account.text();
            expect(await putBack?.()).toEqual([]);
            putBackAs = account.text();
            if (meanwhile !== "") writeFileSync(join(account.folder, "config.json"), meanwhile);
            return { installed: [], commands: [], warnings: [], problem };
          },
        },
        paces: { startLimitMs: 10 },
      });

      expect(exit).toBe(2);
      expect(during).toContain(`"action": "stop"`);
      expect(putBackAs).toBe(before);
      expect(readFileSync(join(account.folder, "config.key"), "utf8")).toBe("a-key-of-last-year\n");
      expect(account.files()).toEqual(["config.json", "config.key"]);
      expect(said).toContain("are again what they were before this setup");
      expect(said).toContain(words);
    },
  );
});
