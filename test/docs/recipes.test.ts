import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseJsonc } from "#config/reading/jsonc.ts";
import { loadConfig } from "#config/load.ts";
import { noticeCommand } from "#effects/notice-command.ts";
import type { Notify } from "#guard/model/effect.ts";
import { realPaces } from "#paces.ts";
import { createRunner } from "#process/runner.ts";
import { messageOf } from "#template/notice.ts";
import { sectionOf } from "../../docs/scripts/markdown.ts";
import { tempFolder } from "../temp-folder.ts";
import { blocksOf, textOf } from "./documents.ts";

const recipes = sectionOf(textOf("docs/notifications.md"), "Recipes");

/** All that could go wrong on the way: quotes, a shell's words, a placeholder, a file's name. */
const notice: Notify = {
  kind: "notify",
  id: "1",
  event: "agent",
  name: "critical",
  because: `agent failed (1 of 3): "claude" said 'it''s' $HOME \`id\` & {name} \\n 100 % @/etc/passwd; ~ <b>`,
  balanceUsd: 1.5,
  belowUsd: 2,
  tries: 0,
  notBeforeMs: 0,
};
const message = `${messageOf(notice, 0)} [Balance $1.50 · burn unknown]`;

interface Sent {
  readonly argv: readonly string[];
  readonly input: string;
}

/** What the programs of a recipe were called with, once the real config and runner had it. */
async function sent(heading: string) {
  const home = tempFolder();
  const [block = ""] = blocksOf(sectionOf(recipes, heading), "jsonc");
  const configPath = join(home, "config.json");
  const thresholds = `"thresholds": [{ "name": "critical", "below_usd": 2, "prompt": "p" }]`;
  writeFileSync(configPath, `{ "api_key_env": "RUNPOD_API_KEY", ${block} ${thresholds} }`);
  const settings = await loadConfig(configPath, { RUNPOD_API_KEY: "a-key-for-recipes" }, realPaces);
  const command = noticeCommand(notice, undefined, settings, 0);
  if (command === undefined) throw new Error("there is no notify command");
  for (const name of ["curl", "mail", "notify-send", "osascript"]) writeStandIn(home, name);
  const path = [join(home, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(":");
  const env = { ...command.env, PATH: path, HOME: home };
  const [program = "", ...words] = command.argv;
  const standIn = join(home, "bin", program);
  const ran = await createRunner(realPaces.programEnd).run(
    { ...command, argv: [existsSync(standIn) ? standIn : program, ...words], env },
    new AbortController().signal,
  );
  return { ran, calls: callsIn(home) };
}

/** A program that writes down what it is given, each word and its input, and does nothing. */
function writeStandIn(home: string, name: string): void {
  const path = join(home, "bin", name);
  mkdirSync(dirname(path), { recursive: true });
  const call = join(home, "calls");
  writeFileSync(
    path,
    `#!/bin/sh
{ printf '%s\\0' ${name} "$@"; printf '\\1'; cat; printf '\\2'; } >> '${call}'
`,
  );
  chmodSync(path, 0o700);
}

function callsIn(home: string): readonly Sent[] {
  return readFileSync(join(home, "calls"), { encoding: "utf8", flag: "a+" })
    .split("\u0002")
    .slice(0, -1)
    .map((call) => {
      const [words = "", input = ""] = call.split("\u0001");
      return { argv: words.split("\0").slice(0, -1), input };
    });
}

describe("a recipe, with a message that holds every awkward character", () => {
  it.each([
    ["A Linux desktop", ["RunPod", message]],
    ["macOS", ["-e", "end run", message]],
  ])("%s hands it on as it is", async (heading, words) => {
    const { ran, calls } = await sent(heading);

    expect(ran).toMatchObject({ kind: "exited", code: 0 });
    expect(calls).toHaveLength(1);
    const { argv = [] } = calls[0] ?? {};
    const at = argv.indexOf(words[0] ?? "", argv.indexOf(words[1] ?? "") - 1);
    expect(argv.slice(at, at + words.length)).toEqual(words);
  });

  it("mail puts it into the body", async () => {
    const { ran, calls } = await sent("A mail program of this machine");

    expect(ran).toMatchObject({ kind: "exited", code: 0 });
    expect(calls).toEqual([
      { argv: ["mail", "-s", "RunPod needs you", "you@example.com"], input: `${message}\n` },
    ]);
  });

  it("a script gets it as one word, and fails when its program does", async () => {
    const home = tempFolder();
    const [script = ""] = blocksOf(sectionOf(recipes, "Any program"), "sh");
    writeFileSync(join(home, "notify.sh"), script, { mode: 0o700 });
    writeStandIn(home, "curl");
    const env = { PATH: `${join(home, "bin")}:/usr/bin:/bin` };

    const ran = spawnSync(join(home, "notify.sh"), [message], { env });
    writeFileSync(join(home, "bin/curl"), "#!/bin/sh\nexit 22\n", { mode: 0o700 });
    const failed = spawnSync(join(home, "notify.sh"), [message], { env });

    expect([ran.status, failed.status]).toEqual([0, 22]);
    expect(callsIn(home).map(({ argv }) => argv.slice(0, 4))).toEqual([
      ["curl", "-fsS", "--data-raw", message],
    ]);
  });

  it("only the important ones leaves a threshold out", async () => {
    const [block = ""] = blocksOf(sectionOf(recipes, "Only the important ones"), "jsonc");
    const path = join(tempFolder(), "config.json");
    writeFileSync(path, `{ "extra_notify_command": ["tell"], ${block} }`);

    const { thresholds } = await loadConfig(
      path,
      { RUNPOD_API_KEY: "a-key-for-recipes" },
      realPaces,
    );

    expect(thresholds.map(({ name, notifyCommand }) => [name, notifyCommand])).toEqual([
      ["warning", []],
      ["critical", ["tell"]],
    ]);
  });
});

describe("a channel", () => {
  const channels = sectionOf(textOf("docs/notifications.md"), "Channels");
  const headings = [...channels.matchAll(/^### (.+)$/gm)].map(([, heading = ""]) => heading);

  /** As somebody has filled it in. */
  const filledIn = (block: string): string =>
    block
      .replaceAll(/"(\w+)_(?:env|file)": "[^"]*"/g, '"$1": "a1B2c3D4e5F6g7H8"')
      .replaceAll(/YOUR[-A-Z/]*/g, "a1B2c3D4e5F6g7H8")
      .replaceAll("you@example.com", "me@example.org");

  it.each(headings)(
    "%s is a config once your own is put in, and refused before",
    async (heading) => {
      const [block = ""] = blocksOf(sectionOf(channels, heading), "jsonc");
      const path = join(tempFolder(), "config.json");
      const load = (words: string) => {
        const thresholds = `"thresholds": [{ "name": "a", "below_usd": 1, "prompt": "p" }]`;
        writeFileSync(path, `{ ${words} ${thresholds} }`, { mode: 0o600 });
        return loadConfig(path, { RUNPOD_API_KEY: "a-key-for-recipes" }, realPaces);
      };

      await expect(load(block)).rejects.toThrow(/placeholder|not set|readable file/);
      const settings = await load(filledIn(block));

      expect(settings.channels.map(({ type }) => type)).toEqual([
        heading === "Mail" ? "email" : heading.toLowerCase(),
      ]);
    },
  );

  it("of each type has its own heading", () => {
    const types = ["discord", "gotify", "mail", "ntfy", "pushover", "slack", "teams", "telegram"];

    expect(headings.map((each) => each.toLowerCase()).toSorted()).toEqual([...types, "webhook"]);
  });
});

describe("a piece of config", () => {
  const thresholds = `"thresholds": [{ "name": "a", "below_usd": 1, "prompt": "p" }]`;
  const pieces = ["README.md", "docs/config.md"].flatMap((path) =>
    blocksOf(textOf(path), "jsonc").map((block) => [path, block] as const),
  );

  it.each(pieces)("in %s is taken as it stands: %s", async (_path, block) => {
    const path = join(tempFolder(), "config.json");
    const isOfIdle = block.includes("activity_");
    const config = isOfIdle ? `"guards": { "idle": { ${block} } },` : block;
    writeFileSync(path, `{ ${config} ${thresholds} }`);

    await expect(
      loadConfig(path, { RUNPOD_API_KEY: "a-key-for-recipes" }, realPaces),
    ).resolves.toBeDefined();
  });

  it("with budgets, schedules and all that is ahead of the clock is a whole config", async () => {
    const path = join(tempFolder(), "config.json");
    const section = sectionOf(textOf("docs/ahead.md"), "All of it at once");
    const [block = ""] = blocksOf(section, "json");
    writeFileSync(path, block);

    const settings = await loadConfig(path, { RUNPOD_API_KEY: "a-key-for-recipes" }, realPaces);

    expect(settings).toMatchObject({
      tripsOnEstimate: true,
      thresholds: [{ belowHours: 2, remind: "hourly" }],
      budgets: [{ freezes: true }],
      schedules: [{ pods: ["dev-*"] }],
      guards: { beforeStopMustSucceed: true, stopped: { action: "notify" } },
    });
  });

  it("in the README fits where it says: the three lines of the example that it changes", () => {
    const example = readFileSync("config.example.json", "utf8");
    const { guards } = parseJsonc(example, "config.example.json") as {
      readonly guards: { readonly idle: { readonly action: string } };
    };

    expect(example).toMatch(/^ {2}"api_key_env": "RUNPOD_API_KEY",$/m);
    expect(example).toMatch(/^ {2}"extra_notify_command": \[\],$/m);
    expect(guards.idle.action).toBe("notify");
  });
});
