import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { createClock } from "#clock.ts";
import { installService, serviceKindHere } from "#commands/setup/service/service.ts";
import { accountOf, usualPlacesOf } from "#config/accounts/account.ts";
import { type Change, edited } from "#config/editing/edit.ts";
import { settingsIn } from "#config/load.ts";
import { defaultPaths, expandHome } from "#config/paths.ts";
import { parseJsonc } from "#config/reading/jsonc.ts";
import type { Settings } from "#config/settings.ts";
import { exitCodes, UserError } from "#errors.ts";
import { agentSessionOf } from "#process/agent-session.ts";
import { identityOf } from "#process/identity.ts";
import { isCalledByAgent } from "#process/own-program.ts";
import { programAt } from "#process/on-path.ts";
import { createRunner } from "#process/runner.ts";
import { realAccount } from "#wiring/account.ts";
import { watcherHere } from "#store/lock/pid-lock.ts";
import { isTerminal } from "#terminal/confirm.ts";
import type { Context } from "#terminal/context.ts";
import { columnsOf, wrappedText } from "#terminal/wrap.ts";
import { rememberTested } from "#commands/notify/remember-tested.ts";
import { runnerFor } from "#commands/runner-for.ts";
import { type Answers, nameOf } from "./answers/answers.ts";
import { changesOf, needsKeyFile } from "./answers/changes.ts";
import { changeWords } from "./answers/change-words.ts";
import { type Current, listAt, toldOf } from "./answers/current.ts";
import { firstText } from "./answers/first-text.ts";
import type { FoundKey, InterviewDeps } from "./deps.ts";
import { freeListen } from "./free-listen.ts";
import type { ServiceDeps } from "./service/deps.ts";
import { refuseOtherConfig } from "./service/other-config.ts";
import { isInstalled } from "./service/service-name.ts";
import { finish } from "./finish.ts";
import { keyByStdin, keyFoundBy, keyIn } from "./found-key.ts";
import type { Given } from "./given.ts";
import { interview } from "./interview.ts";
import { givenBy, missingAnswers, type SetupOptions } from "./options.ts";
import { refuseSharedState } from "./other-config.ts";
import { AskingEnded, type Prompter } from "./prompter/prompter.ts";
import { unattended } from "./prompter/unattended.ts";
import { aboutGiven, readCurrent, settingsWithKey } from "./read-current.ts";
import { sendTest } from "./send-test.ts";
import { checkPlace } from "./writing/check-place.ts";
import { networkWarning, refuseUnseen } from "./writing/service-environment.ts";
import { writeFiles } from "./writing/write-files.ts";

/** What stands between this command and a person, and a machine that it would change. */
export interface SetupParts {
  readonly prompterFor: (isAsked: boolean, context: Context) => Promise<Prompter>;
  readonly serviceKindHere: typeof serviceKindHere;
  readonly installService: typeof installService;
  readonly freeListen: typeof freeListen;
}

const realParts: SetupParts = { prompterFor, serviceKindHere, installService, freeListen };

/** The guided start: asks everything, then writes it, starts the guard and shows it. Gives the exit code. */
export async function setup(
  options: SetupOptions,
  context: Context,
  parts: SetupParts = realParts,
): Promise<number> {
  const given = givenBy(options);
  const isByAgent = isCalledByAgent(context.env) || agentSessionOf(context.env) !== undefined;
  if (isByAgent) refuseLimitsOfAgent(given);
  const path = expandHome(options.config);
  await checkPlace(path);
  const current = await readCurrent(path, context);
  await refuseSharedState(current);
  const foundKey = await keyFoundBy(saidOfKey(current), context.env, path);
  const isAsked = isTerminal(context) && !options.yes;
  if (!isAsked) refuseMissing(given, current, foundKey, options);
  const prompter = await parts.prompterFor(isAsked, context);
  let words = "Stopped. Nothing was written.";
  const onWritten = (): void => {
    words = "Stopped. What was written stays written.";
  };
  try {
    const begun = { given, current, foundKey, isAsked, isByAgent, prompter, onWritten };
    return await setUp(options, context, begun, parts);
  } catch (error) {
    const by = error instanceof AskingEnded ? error.by : undefined;
    if (by === undefined && !context.interrupted.aborted) throw error;
    prompter.close();
    context.stderr.write(`${words}\n`);
    return by === "gone" ? exitCodes.cancelled : exitCodes.interrupted;
  } finally {
    prompter.close();
  }
}

/** Whoever may start pods must not be who says how many, and how dear. */
function refuseLimitsOfAgent({ launch }: Given): void {
  if (launch === undefined || launch === "none") return;
  throw new UserError(
    "An agent cannot say what may be started: only a person does. Nothing was written.",
    { hint: "Say to the person you work for what you would need, and why." },
  );
}

interface Begun {
  readonly given: Given;
  readonly current: Current;
  readonly foundKey: FoundKey;
  readonly isAsked: boolean;
  readonly isByAgent: boolean;
  readonly prompter: Prompter;
  readonly onWritten: () => void;
}

async function setUp(
  options: SetupOptions,
  context: Context,
  { given, current, foundKey, isAsked, isByAgent, prompter, onWritten }: Begun,
  parts: SetupParts,
): Promise<number> {
  const { env, paces, interrupted } = context;
  const clock = createClock();
  const keyFile = keyFileOf(current);
  const agentChanges = await agentChangesFor(current, env);
  const changes = (answers: Partial<Answers>): readonly Change[] => [
    ...ownFileChanges(current),
    ...addressChanges(options, current),
    ...agentChanges,
    ...changesOf(current, answers, keyFile),
  ];
  const textWith = (answers: Partial<Answers>): string =>
    current.isNew
      ? firstText(current.text, changes(answers))
      : edited(current.text, changes(answers));
  const settingsWith = async (answers: Partial<Answers>): Promise<Settings> => {
    const apiKey = answers.key?.apiKey ?? "a-key-in-its-place";
    const text = textWith(answers);
    const settings = await settingsWithKey(current, text, apiKey, { env, paces }).catch(
      (error: unknown) => {
        throw aboutGiven(error, current.path);
      },
    );
    context.hide(settings.secrets);
    return settings;
  };
  const service: ServiceDeps = {
    runner: createRunner(paces.programEnd),
    env,
    program: context.program,
    platform: process.platform,
    signal: interrupted,
  };
  const proven: string[] = [];
  const deps: InterviewDeps = {
    prompter,
    given,
    isAsked,
    isByAgent,
    settingsWith,
    look: async (settings) => {
      const look = await realAccount(settings, clock, paces.request, undefined).look(interrupted);
      if (interrupted.aborted) throw new AskingEnded("interrupted");
      return look;
    },
    sendTest: async (settings, told) => {
      const runner = runnerFor(settings, context);
      const sent = await sendTest(settings, told, {
        runner,
        clock,
        redact: context.redact,
        signal: interrupted,
      });
      if (interrupted.aborted) throw new AskingEnded("interrupted");
      return sent;
    },
    onProven(told) {
      if (told.kind === "channel") proven.push(nameOf(told.channel));
    },
    foundKey,
    readKeyFile: keyIn,
    keyFromStdin: async () => {
      const key = await keyByStdin(context.stdin, interrupted);
      if (interrupted.aborted) throw new AskingEnded("interrupted");
      return key;
    },
    newTopic: () => `runpodboss-${randomBytes(16).toString("base64url").replaceAll(/[-_]/g, "0")}`,
    service: () => parts.serviceKindHere(service),
    freeListen: () => parts.freeListen(current),
    daemonPid: ({ stateFile }) => watcherHere(stateFile, identityOf),
    isLinux: process.platform === "linux",
  };

  if (agentChanges.length > 0) {
    prompter.say("Claude Code is not on PATH, so no agent will be called; the rest works without.");
  }
  prompter.say(
    `${current.isNew ? `This writes ${current.path}` : `This edits ${current.path}`}, at the end and not before. Ctrl-C leaves everything as it is.`,
  );
  const answers = await interview(current, deps);
  const settings = await settingsWith(answers);
  const text = textWith(answers);
  const stored = needsKeyFile(answers) ? { path: keyFile, apiKey: answers.key.apiKey } : undefined;
  if (answers.service) await refuseOtherConfig(current.path, service);
  const isOfService =
    answers.service ||
    ((await watcherHere(settings.stateFile, identityOf)) !== undefined &&
      (await isInstalled(current.path, service)));
  if (isOfService) {
    const after = { text, mode: 0o600, uid: current.uid };
    const read = (seen: NodeJS.ProcessEnv): Promise<Settings> =>
      stored === undefined
        ? settingsIn(after, current.path, seen, paces)
        : settingsWithKey(current, text, stored.apiKey, { env: seen, paces });
    await refuseUnseen(read, parseJsonc(text, current.path), env, current.path);
    const warning = await networkWarning(env, process.platform, current.path);
    if (warning !== undefined) prompter.say(warning, "warning");
  }
  const lines = shownChanges(current, changes(answers), stored?.path);
  if (lines.length > 0) prompter.say(lines.join("\n"));
  if (isAsked && lines.length > 0 && !(await isWanted(prompter))) {
    prompter.say("Nothing was written.");
    return exitCodes.cancelled;
  }
  if (interrupted.aborted) throw new AskingEnded("interrupted");
  const written = await writeFiles({ current, text, keyFile: stored, settings }, env, paces);
  onWritten();
  context.hide(written.settings.secrets);
  await rememberTested(proven, written.settings, context);
  prompter.say(
    written.files.length === 0
      ? "Nothing had to be changed."
      : `Wrote ${written.files.join(" and ")}`,
    "good",
  );
  return finish(written.settings, answers, options, {
    ...parts,
    context,
    prompter,
    putBack: written.putBack,
    // It shows programs none of what the config holds.
    service: { ...service, runner: runnerFor(written.settings, context) },
    clock,
    isNewKey:
      foundKey.kind === "nowhere" ||
      foundKey.apiKey !== answers.key.apiKey ||
      addressChanges(options, current).length > 0,
  });
}

/** Every change, also where nobody is asked: a script's log is where people look afterwards. */
function shownChanges(
  current: Current,
  changes: readonly Change[],
  keyFile: string | undefined,
): readonly string[] {
  const lines = [
    ...(keyFile === undefined ? [] : [`the key: stored in ${keyFile}, for you only`]),
    ...changeWords(changes, current.raw),
  ];
  if (lines.length === 0) return [];
  const what = current.isNew ? "The config is the shipped example with these:" : "These change:";
  return [what, ...lines.map((line) => `  ${line}`)];
}

function isWanted(prompter: Prompter): Promise<boolean> {
  return prompter.confirm({ message: "Write it?", option: "--yes", initial: true });
}

function refuseMissing(
  given: Given,
  current: Current,
  foundKey: FoundKey,
  { yes: takesProposals }: SetupOptions,
): void {
  const { channels, hasCommand } = toldOf(current);
  const missing = missingAnswers(given, {
    takesProposals,
    hasKey: foundKey.kind !== "nowhere",
    isToldAlready: channels.length > 0 || hasCommand,
  });
  if (missing.length === 0) return;
  const who = takesProposals ? "With --yes nobody is asked" : "There is no terminal to ask on";
  throw new UserError(
    [`${who}, and these are not answered:`, ...missing.map((each) => `  ${each}`)].join("\n"),
    {
      hint: takesProposals
        ? "Nothing was written."
        : "Give them, or --yes to take for the others what is proposed. Nothing was written.",
    },
  );
}

/** Beside a config of another account, that account's key. */
function keyFileOf({ path, raw }: Current): string {
  const named = raw["api_key_file"];
  if (typeof named === "string" && named !== "") return named;
  return hasUsualPlaces(path) ? usualPlacesOf(path).key : `${besideOf(path)}.key`;
}

/** The variable that the example names is a shell's, whose key may be another account's. */
function saidOfKey({ path, isNew, raw }: Current): Current["raw"] {
  return isNew && accountOf(path) !== undefined ? { ...raw, api_key_env: undefined } : raw;
}

/** A second account is guarded by a daemon of its own, which shares no state file with the first. */
function ownFileChanges({ path, isNew }: Current): readonly Change[] {
  if (!isNew || hasUsualPlaces(path)) return [];
  return [
    { path: ["state_file"], value: `${besideOf(path)}.state.json` },
    { path: ["log_file"], value: `${besideOf(path)}.log` },
  ];
}

/** Whether it has files of its own without naming them. */
function hasUsualPlaces(path: string): boolean {
  return path === expandHome(defaultPaths.config) || accountOf(path) !== undefined;
}

/** How the names of what belongs to a config begin. */
function besideOf(path: string): string {
  return join(dirname(path), basename(path).replace(/\.jsonc?$/, ""));
}

/** An agent that is not there would fail at each crossing, and be told of each time. */
async function agentChangesFor(
  { isNew, raw }: Current,
  env: NodeJS.ProcessEnv,
): Promise<readonly Change[]> {
  const [program] = listAt(raw, "claude_command");
  if (!isNew || typeof program !== "string") return [];
  const isThere = (await programAt(program, env["PATH"])) !== undefined;
  return isThere ? [] : [{ path: ["claude_command"], value: [] }];
}

function addressChanges({ runpodUrl, restUrl }: SetupOptions, { raw }: Current): readonly Change[] {
  const named = { runpod_url: runpodUrl, rest_url: restUrl };
  return Object.entries(named).flatMap(([key, value]) =>
    value === undefined || raw[key] === value ? [] : [{ path: [key], value }],
  );
}

async function prompterFor(isAsked: boolean, context: Context): Promise<Prompter> {
  if (!isAsked) {
    // What only now comes into being, such as a topic, is shown here or nowhere.
    return unattended((words) =>
      context.stdout.write(`${wrappedText(words, columnsOf(context))}\n`),
    );
  }
  const { TERM: terminal, ACCESSIBLE: accessible = "" } = context.env;
  if (terminal === "dumb" || !["", "0", "false"].includes(accessible)) {
    const { plainPrompter } = await import("./prompter/plain-prompter.ts");
    return plainPrompter(context);
  }
  const { clackPrompter } = await import("./prompter/clack-prompter.ts");
  return clackPrompter(context);
}
