import { setTimeout } from "node:timers/promises";
import { dirname } from "node:path";
import { wordsOf } from "#errors.ts";
import { inShell } from "#shell-word.ts";
import { makeFolder } from "#store/files/atomic-write.ts";
import { type Ask, interrupted } from "./ask.ts";
import { type Installed, nothingInstalled, wasInterrupted } from "./installed.ts";
import { type Put, putAside } from "./kept-aside.ts";
import { plistText, type PlistParts } from "./launchd-plist.ts";
import { otherConfig } from "./other-config.ts";
import { agentPath, launchdLogOf } from "./service-name.ts";
import { agentWords } from "./started-words.ts";
import type { ServiceDeps } from "./deps.ts";
import type { Machine } from "./machine.ts";
import type { Told } from "./told.ts";

/** launchd takes a moment to let go of a job that ends. */
const tries = 20;
const pauseMs = 1_000;

interface Launchd {
  readonly ask: Ask;
  readonly domain: string;
  readonly job: string;
  readonly path: string;
  readonly pause: () => Promise<void>;
}

/** Writes the agent, starts it now and at each log-in. What fails is taken back whole. */
export async function installLaunchd(
  parts: Omit<PlistParts, "home" | "logPath">,
  {
    ask,
    machine,
    pause,
    putBack,
  }: Pick<ServiceDeps, "pause" | "putBack"> & { readonly ask: Ask; readonly machine: Machine },
): Promise<Installed> {
  const { home, uid } = machine;
  const { label, configPath } = parts;
  const launchd: Launchd = {
    ask,
    domain: `gui/${uid}`,
    job: `gui/${uid}/${label}`,
    path: agentPath(label, home),
    pause: pause ?? (() => setTimeout(pauseMs)),
  };
  const { job, path } = launchd;
  const logPath = launchdLogOf(configPath, home);
  const text = plistText({ ...parts, home, logPath });
  if (text === undefined) {
    return nothingInstalled({
      because: "a path holds a control character, which a property list cannot hold",
      hint: "Move the config (-c FILE), and run setup again.",
    });
  }
  const wasLoaded = (await ask(["launchctl", "print", job])).isDone;
  const other = await otherConfig(
    { path, name: label, configPath, home },
    agentWords,
    async () => wasLoaded,
  );
  if (other !== undefined) return nothingInstalled(other);
  let put: Put;
  try {
    await makeFolder(dirname(logPath));
    put = await putAside(path, text, (former) => former === text);
  } catch (error) {
    return nothingInstalled({
      because: `the agent ${path} could not be written: ${wordsOf(error)}`,
      hint: "Mend that and run setup again, or keep the daemon in tmux: see docs/service.md.",
    });
  }
  const failure = await start(launchd, wasLoaded);
  if (failure !== undefined) return takeBack({ put, launchd, wasLoaded, putBack }, failure);
  return {
    installed: [
      put.isChanged ? `Wrote ${path}` : `${path} was in place already`,
      ...(put.keptAs === undefined ? [] : [`Kept the one that was there as ${put.keptAs}`]),
      `Started ${label}, now and whenever you log in`,
    ],
    commands: [`launchctl print ${job}`, `tail -f ${inShell(logPath)}`, `launchctl bootout ${job}`],
    warnings: [asleep],
  };
}

const asleep: Told = {
  because: "A Mac that sleeps does not poll, and runs nothing while nobody is logged in",
  hint: "Have it stay awake (System Settings, Energy), or guard from a machine that is always on.",
};

async function start(launchd: Launchd, isLoaded: boolean): Promise<Told | undefined> {
  const { ask, domain, job, path } = launchd;
  if (isLoaded) await ask(["launchctl", "bootout", job]);
  // One that was switched off by hand would not start.
  await ask(["launchctl", "enable", job]);
  const failed = await bootstrap(launchd, isLoaded ? tries : 1, false);
  if (failed !== undefined) return told(`launchctl bootstrap ${domain} ${path}`, failed);
  const kicked = await ask(["launchctl", "kickstart", job]);
  // It may have been started by the one before already.
  if (kicked.isDone || (await ask(["launchctl", "print", job])).isDone) return undefined;
  return told(`launchctl kickstart ${job}`, kicked.because);
}

/** Why the last of these tries failed. */
async function bootstrap(
  { ask, domain, path, pause }: Launchd,
  triesAtMost: number,
  evenWhenInterrupted: boolean,
): Promise<string | undefined> {
  for (let n = 1; ; n += 1) {
    const answer = await ask(["launchctl", "bootstrap", domain, path], { evenWhenInterrupted });
    if (answer.isDone) return undefined;
    if (n >= triesAtMost || answer.because === interrupted) return answer.because;
    await pause();
  }
}

function told(command: string, because: string): Told {
  if (because === interrupted) return wasInterrupted;
  return {
    because: `${command} failed: ${because}`,
    hint: "Try that by hand, then run setup again. Until then keep the daemon in tmux: see docs/service.md.",
  };
}

interface Begun {
  readonly putBack: ServiceDeps["putBack"];
  readonly put: Put;
  readonly launchd: Launchd;
  readonly wasLoaded: boolean;
}

async function takeBack(
  { put, launchd, wasLoaded, putBack }: Begun,
  failure: Told,
): Promise<Installed> {
  const { ask, domain, job, path } = launchd;
  const lost: string[] = [];
  await ask(["launchctl", "bootout", job], { evenWhenInterrupted: true });
  if (wasLoaded) lost.push(...((await putBack?.()) ?? []));
  try {
    await put.undo();
  } catch (error) {
    lost.push(`put ${path} back (${wordsOf(error)})`);
  }
  if (wasLoaded && put.wasThere && (await bootstrap(launchd, tries, true)) !== undefined) {
    lost.push(`launchctl bootstrap ${domain} ${path}`);
  }
  const left = lost.length === 0 ? "" : ` Not taken back, do it by hand: ${lost.join("; ")}.`;
  return nothingInstalled({ ...failure, hint: `${failure.hint}${left}` });
}
