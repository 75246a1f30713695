import { oneLine } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import { packagedFile } from "#commands/packaged-file.ts";
import { type Answer, type Ask, interrupted } from "./ask.ts";
import { configOption } from "#config/command-for.ts";
import { type Put, putAside } from "./kept-aside.ts";
import type { ServiceDeps } from "./deps.ts";
import type { Machine } from "./machine.ts";
import { type Installed, nothingInstalled, wasInterrupted } from "./installed.ts";
import { isOwnUnit, unitText, type UnitParts } from "./systemd-unit.ts";
import type { Told } from "./told.ts";
import { otherConfig } from "./other-config.ts";
import { shippedUnitOf, unitPath } from "./service-name.ts";
import { unitWords } from "./started-words.ts";
import { stayingWarning, wslWarning } from "./systemd-warnings.ts";

/** A start is done when the account was polled: systemd itself gives up after 90 s. */
const startLimitMs = 120_000;
const user = ["systemctl", "--user"] as const;

function commandsOf(name: string): readonly string[] {
  return [
    `systemctl --user status ${name}`,
    `journalctl --user -u ${name} -f`,
    `systemctl --user disable --now ${name}`,
  ];
}

/** Writes the unit, starts it now and at each start of the machine. What fails is taken back whole. */
export async function installSystemd(
  parts: UnitParts,
  {
    ask,
    machine,
    env,
    putBack,
  }: Pick<ServiceDeps, "env" | "putBack"> & { readonly ask: Ask; readonly machine: Machine },
): Promise<Installed> {
  const { name, configPath } = parts;
  const { home } = machine;
  const unitName = `${name}.service`;
  const before = await stateOf(ask, unitName);
  const path = unitPath(name, env, home, before.folders);
  if (before.isMasked) return nothingInstalled(masked(name));
  const other = await otherConfig(
    { path, name, configPath, home },
    unitWords,
    async () => before.isActive,
  );
  if (other !== undefined) return nothingInstalled(other);
  let put: Put;
  try {
    const { text: shipped } = await packagedFile(shippedUnitOf(configPath));
    put = await putAside(path, unitText(shipped, parts), isOwnUnit);
  } catch (error) {
    return nothingInstalled({
      because: `the unit ${path} could not be written: ${wordsOf(error)}`,
      hint: "Mend that and run setup again, or keep the daemon in tmux: see docs/service.md.",
    });
  }
  const failure = await firstFailure(ask, unitName, configPath);
  if (failure !== undefined)
    return takeBack({ put, path, unitName, before, putBack }, failure, ask);
  const staying = await stayingWarning(machine, ask);
  return {
    installed: [
      put.isChanged ? `Wrote ${path}` : `${path} was in place already`,
      ...(put.keptAs === undefined ? [] : [`Kept the one that was there as ${put.keptAs}`]),
      `Started ${unitName}, now and whenever ${staying === undefined ? "this machine starts" : "you log in"}`,
    ],
    commands: commandsOf(name),
    warnings: [...(staying === undefined ? [] : [staying]), ...wslWarning(machine, env)],
  };
}

interface Before {
  readonly isActive: boolean;
  readonly isEnabled: boolean;
  readonly isMasked: boolean;
  /** Where it looks for units; empty when it does not say. */
  readonly folders: readonly string[];
}

async function stateOf(ask: Ask, unitName: string): Promise<Before> {
  const active = await ask([...user, "is-active", unitName]);
  const enabled = await ask([...user, "is-enabled", unitName]);
  const folders = await ask([...user, "show", "--property=UnitPath", "--value"]);
  return {
    folders: folders.isDone ? folders.stdout.split(" ") : [],
    // One that is between two starts runs, too.
    isActive: ["active", "activating", "reloading"].includes(active.stdout),
    isEnabled: enabled.stdout === "enabled",
    isMasked: enabled.stdout.startsWith("masked"),
  };
}

function masked(name: string): Told {
  return {
    because: `${name}.service is masked, so systemd would not start it`,
    hint: `Then try: systemctl --user unmask ${name}, and run setup again.`,
  };
}

/** Does one after the other until one fails. A restart starts what does not run. */
async function firstFailure(
  ask: Ask,
  unitName: string,
  configPath: string,
): Promise<Told | undefined> {
  const reloaded = await ask([...user, "daemon-reload"]);
  if (!reloaded.isDone) return refused("daemon-reload", reloaded);
  const enabled = await ask([...user, "enable", unitName]);
  if (!enabled.isDone) return refused(`enable ${unitName}`, enabled);
  const started = await ask([...user, "restart", unitName], { timeLimitMs: startLimitMs });
  if (started.isDone) return undefined;
  if (started.because === interrupted) return wasInterrupted;
  return notStarted(await lastWords(ask, unitName), started, configOption(configPath));
}

function refused(what: string, { because }: Answer): Told {
  if (because === interrupted) return wasInterrupted;
  return {
    because: `systemctl --user ${what} failed: ${because}`,
    hint: "Try that by hand, then run setup again. Until then keep the daemon in tmux: see docs/service.md.",
  };
}

function notStarted(words: string | undefined, { because }: Answer, config: string): Told {
  return {
    because: `the service did not start: ${words ?? because}`,
    hint: `Then try: runpodboss${config} check, and run setup again. Does another daemon run already? runpodboss${config} status names it.`,
  };
}

/** What the daemon said last of why it could not start. */
async function lastWords(ask: Ask, unitName: string): Promise<string | undefined> {
  const said = await ask(
    [
      "journalctl",
      "--user",
      "-u",
      unitName,
      "--since=-3min",
      "-p",
      "err",
      "-n",
      "1",
      "-o",
      "cat",
      "--no-pager",
      "-q",
    ],
    { evenWhenInterrupted: true },
  );
  const line = said.stdout.split("\n").find((each) => each.trim() !== "");
  return said.isDone && line !== undefined ? oneLine(line) : undefined;
}

interface Begun {
  readonly putBack: ServiceDeps["putBack"];
  readonly put: Put;
  readonly path: string;
  readonly unitName: string;
  readonly before: Before;
}

/** As it was before, and running if it ran: a guard that was there is not lost. */
async function takeBack(
  { put, path, unitName, before, putBack }: Begun,
  failure: Told,
  ask: Ask,
): Promise<Installed> {
  const late = { evenWhenInterrupted: true };
  const lost: string[] = [];
  const must = async (...words: readonly string[]): Promise<void> => {
    const answer = await ask([...user, ...words], { ...late, timeLimitMs: startLimitMs });
    if (!answer.isDone) lost.push(`systemctl --user ${words.join(" ")}`);
  };
  // What ran before can only run again with what it ran with.
  if (before.isActive) lost.push(...((await putBack?.()) ?? []));
  // While the file is there: what is enabled is found by it.
  if (!before.isEnabled) await ask([...user, "disable", unitName], late);
  try {
    await put.undo();
  } catch (error) {
    lost.push(`put ${path} back (${wordsOf(error)})`);
  }
  await ask([...user, "daemon-reload"], late);
  // Last, as it may take longer than somebody waits who has pressed Ctrl-C.
  if (before.isActive) await must("restart", unitName);
  else await ask([...user, "stop", unitName], late);
  if (!before.isActive) await ask([...user, "reset-failed", unitName], late);
  const left = lost.length === 0 ? "" : ` Not taken back, do it by hand: ${lost.join("; ")}.`;
  return nothingInstalled({ ...failure, hint: `${failure.hint}${left}` });
}
