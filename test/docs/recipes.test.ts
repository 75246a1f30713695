import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
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
const message = messageOf(notice, 0);

interface Sent {
  readonly argv: readonly string[];
  readonly input: string;
}

/** What the programs of a recipe were called with, once the real config and runner had it. */
async function sent(heading: string, changes: (text: string) => string = (text) => text) {
  const home = tempFolder();
  const [block = ""] = blocksOf(sectionOf(recipes, heading), "jsonc");
  const configPath = join(home, "config.json");
  const thresholds = `"thresholds": [{ "name": "critical", "below_usd": 2, "prompt": "p" }]`;
  writeFileSync(configPath, `{ "api_key_env": "RUNPOD_API_KEY", ${changes(block)} ${thresholds} }`);
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
    ["ntfy, to a phone", ["--data-raw", message, "https://ntfy.sh/YOUR-TOPIC"]],
    ["Telegram", ["--data-urlencode", `text=${message}`, "--data", "chat_id=YOUR-CHAT-ID"]],
    ["Discord", ["--form-string", `content=${message}`]],
    ["Pushover", ["--form-string", `message=${message}`]],
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

  it("Mail puts it into the body", async () => {
    const { ran, calls } = await sent("Mail");

    expect(ran).toMatchObject({ kind: "exited", code: 0 });
    expect(calls).toEqual([
      { argv: ["mail", "-s", "RunPod needs you", "you@example.com"], input: `${message}\n` },
    ]);
  });

  it.each([
    [200, 0],
    [500, 1],
  ])("Slack gets it as JSON; answered %i, the command exits with %i", async (status, code) => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (part) => (body += part));
      request.on("end", () => {
        bodies.push(`${request.headers["content-type"]} ${body}`);
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { readonly port: number };
    try {
      const { ran } = await sent("Slack, and any webhook that wants JSON", (block) =>
        block.replace(
          "https://hooks.slack.com/services/YOUR/WEB/HOOK",
          `http://127.0.0.1:${port}/`,
        ),
      );

      expect(ran).toMatchObject({ kind: "exited", code });
      expect(bodies).toEqual([`application/json ${JSON.stringify({ text: message })}`]);
    } finally {
      server.close();
    }
  });

  it("two ways at once sends it both ways, and fails when one does", async () => {
    const home = tempFolder();
    const [script = ""] = blocksOf(sectionOf(recipes, "Two ways at once"), "sh");
    writeFileSync(join(home, "notify.sh"), script, { mode: 0o700 });
    writeStandIn(home, "curl");
    const env = { PATH: `${join(home, "bin")}:/usr/bin:/bin` };

    const ran = spawnSync(join(home, "notify.sh"), [message], { env });
    writeFileSync(join(home, "bin/curl"), "#!/bin/sh\nexit 22\n", { mode: 0o700 });
    const failed = spawnSync(join(home, "notify.sh"), [message], { env });

    expect([ran.status, failed.status]).toEqual([0, 1]);
    expect(callsIn(home).map(({ argv }) => argv.slice(0, 4))).toEqual([
      ["curl", "-fsS", "--data-raw", message],
      ["curl", "-fsS", "--data-urlencode", `text=${message}`],
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
