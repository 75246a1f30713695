import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startSimulator } from "#simulator/server.ts";
import { startPhone } from "./phone.ts";
import { startSession, type TypedSession } from "./typed-session.ts";

// From `git clone` to a guarded account, by stopwatch: the commands of the README, typed on a terminal, with
// a simulated account and a local server in the place of ntfy. Nothing of it outlives the run.

const { values } = parseArgs({
  options: {
    /** How long a person takes for each answer. */
    pace: { type: "string", default: "4" },
    /** Take this user's own home, and the service of its systemd: only for a user made for this. */
    service: { type: "boolean", default: false },
  },
});
const paceMs = Number(values.pace) * 1_000;
const limitMs = 300_000;
const apiKey = "rpa_STOPWATCH0000000000000000000000000000";

const folder = mkdtempSync(join(tmpdir(), "runpodboss-stopwatch-"));
const home = values.service ? homedir() : join(folder, "home");
mkdirSync(home, { recursive: true });
const env = {
  ...(process.env as Readonly<Record<string, string>>),
  HOME: home,
  XDG_CONFIG_HOME: join(home, ".config"),
  PATH: [join(home, ".local/bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter),
  TERM: "xterm",
  // What npm has fetched for this checkout already, it need not fetch again.
  npm_config_cache: execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).trim(),
};

const simulator = await startSimulator({
  apiKey,
  balanceUsd: 24.1,
  pods: [
    { id: "k3x9a7q2m1", name: "qlora-70b", costPerHrUsd: 2.69, gpuTypeId: "H100" },
    { id: "p8d4w6z0c5", name: "sdxl-notebook", costPerHrUsd: 0.69 },
  ],
});
const phone = await startPhone();
const startedAtMs = performance.now();
let daemon: TypedSession | undefined;

try {
  say("$ git clone REPOSITORY-URL runpodboss && cd runpodboss");
  execFileSync("git", ["clone", "-q", join(import.meta.dirname, "../../.."), "runpodboss"], {
    cwd: folder,
  });
  const cwd = join(folder, "runpodboss");
  await shell("npm ci", cwd);
  await shell(`npm install -g --prefix ~/.local "./$(npm pack --silent)"`, cwd);

  const guided = "runpodboss setup";
  say(`$ ${guided}`);
  const addresses = `--runpod-url ${simulator.url} --rest-url ${simulator.restUrl}`;
  const setup = startSession(`${guided} ${addresses}`, { cwd: home, env });
  await answer(setup, /Your RunPod API key/, `${apiKey}\r`, "pastes the API key");
  await answer(setup, /Thresholds in dollars/, "\r", "takes the thresholds that are proposed");
  await answer(setup, /Which pods may nothing ever stop\?/, " \r", "protects qlora-70b");
  await answer(setup, /by name, or by id\?/, "\r", "by its name");
  await answer(setup, /How do you want to be told\?/, "\r", "chooses ntfy");
  await answer(setup, /The ntfy server:/, `\u0015${phone.url}\r`, "names the server");
  await answer(setup, /access token/, "\r", "has no token for it");
  await answer(setup, /Send a test now\?/, "\r", "sends a test");
  await answer(setup, /Did it arrive\?/, "y", `sees it on the phone`);
  await answer(setup, /A pod that does nothing for long/, "\u001b[A\r", "has idle pods stopped");
  await answer(setup, /Let it start pods/, "\r", "lets it start none");
  await answer(setup, /Its address/, "\r", "leaves the heartbeat for later");
  await answer(setup, /Serve a page/, "\r", "takes the page to look at");
  if (values.service) await answer(setup, /as a service/, "\r", "has the service installed");
  await answer(setup, /Write it\?/, "\r", "has it written");
  const code = await setup.ended;
  if (code !== 0) throw new Error(`setup ended with ${code}:\n${setup.shown()}`);
  say("setup is done");
  if (!values.service) {
    say("$ runpodboss watch      (in tmux: this machine has no service manager)");
    daemon = startSession("runpodboss watch", { cwd: home, env });
    await daemon.reads(/balance/i, limitMs);
  }
  const status = startSession("runpodboss status", { cwd: home, env });
  await status.ended;
  print(status.shown());
  say("the account is guarded");

  const before = phone.arrived.length;
  simulator.account.setBalance(9.4);
  say("(the balance falls to $9.40)");
  while (phone.arrived.length === before) await pause(20);
  const { title = "", message = "" } = phone.arrived.at(-1) ?? {};
  say(`on the phone: ${title}`);
  print(message);
} finally {
  daemon?.types("\u0003");
  await daemon?.ended;
  if (values.service) execFileSync("systemctl", ["--user", "disable", "--now", "-q", "runpodboss"]);
  phone.close();
  await simulator.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function shell(command: string, cwd: string): Promise<void> {
  say(`$ ${command}`);
  const session = startSession(command, { cwd, env });
  const code = await session.ended;
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${session.shown()}`);
}

/** Waits for a question, takes the time that a person takes, and types. */
async function answer(
  session: TypedSession,
  question: RegExp,
  keys: string,
  what: string,
): Promise<void> {
  await session.reads(question, limitMs);
  await pause(paceMs);
  say(`    ${what}`);
  session.types(keys);
}

function say(what: string): void {
  const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
  process.stdout.write(
    `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}  ${what}\n`,
  );
}

function print(text: string): void {
  process.stdout.write(`${text.trimEnd().replaceAll(/^/gm, "      ")}\n`);
}
