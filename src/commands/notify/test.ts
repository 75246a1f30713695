import { createClock } from "#clock.ts";
import { runnerFor } from "#commands/runner-for.ts";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { oneLine } from "#control-characters.ts";
import { exitCodes, UserError } from "#errors.ts";
import { testButton } from "#http/links/test-button.ts";
import type { Button } from "#notify/message.ts";
import { type TestWay, testWay, type Tried, waysToTest } from "#operations/test-ways.ts";
import { realChannels } from "#wiring/channels.ts";
import { filterWords } from "#report/channels/filters.ts";
import { whatToDo } from "#report/channels/what-to-do.ts";
import { tokenFileOf } from "#store/paths.ts";
import { readToken } from "#store/token-file.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";
import { rememberTested } from "./remember-tested.ts";

export interface NotifyTestOptions extends GlobalOptions {
  readonly json: boolean;
}

interface TestedWay {
  readonly way: TestWay;
  readonly tried: readonly Tried[];
  readonly notes: readonly string[];
}

/** Sends one message of each severity through each channel, or the named ones. Gives the exit code. */
export async function notifyTest(
  names: readonly string[],
  options: NotifyTestOptions,
  context: Context,
): Promise<number> {
  const settings = await loadConfig(options.config, context.env, context.paces, "gone-without");
  context.hide(settings.secrets);
  const clock = createClock();
  const runner = runnerFor(settings, context);
  const channels = realChannels(settings.channels, clock);
  const buttons = await buttonsFor(settings, clock.nowMs());
  const ways = chosen(names, waysToTest(settings, { channels, runner, clock, buttons }));
  const say = (text: string): void => {
    if (!options.json) context.print(text);
  };

  say(`Sending a test of each severity through: ${ways.map(({ name }) => name).join(", ")}`);
  // Side by side: one that hangs holds up no other.
  const tested = await Promise.all(
    ways.map(async (way): Promise<TestedWay> => {
      const onTried = (tried: Tried): void => say(triedWords(way, tried));
      const tried = await testWay(way, clock, onTried, context.interrupted);
      const notes = notesFor(way, settings);
      for (const note of notes) say(`${way.name}: note: ${note}`);
      return { way, tried, notes };
    }),
  );
  if (options.json) printJson(asJson(tested), context);
  const bad = tested.filter((each) => !isGood(each)).map(({ way }) => way.name);
  const error = bad.length > 0 ? new UserError(`${failedWords(bad, ways.length)}.`) : undefined;
  // Said before it is saved: a hung disk holds up no last word.
  if (error !== undefined) context.sayWhy(error);
  else if (!context.interrupted.aborted) {
    say(
      "Every message was taken. Now look whether all of them have arrived, where you will see them at night.",
    );
  }
  const good = tested.filter(isGood).map(({ way }) => way.name);
  await rememberTested(good, settings, context, clock);
  if (context.interrupted.aborted) return exitCodes.interrupted;
  if (error !== undefined) throw error;
  return exitCodes.done;
}

/** None where nobody could reach them, or the daemon has never served the page. */
async function buttonsFor(
  { http, stateFile }: Settings,
  nowMs: number,
): Promise<readonly Button[]> {
  if (http?.publicUrl === undefined) return [];
  try {
    const token = http.token ?? (await readToken(tokenFileOf(stateFile)));
    return token === undefined ? [] : [testButton(http.publicUrl, token, nowMs)];
  } catch {
    // The daemon tells of that file.
    return [];
  }
}

function chosen(names: readonly string[], ways: readonly TestWay[]): readonly TestWay[] {
  if (ways.length === 0) {
    throw new UserError(
      "There is nobody to notify: the config has no channel and no notify command.",
      {
        hint: "Add one to notify in the config: see docs/notifications.md.",
      },
    );
  }
  const known = ways.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UserError(
      `There is no channel ${unknown.map((name) => (name === "" ? '""' : name)).join(", ")}.`,
      {
        hint: `The config has: ${known.join(", ")}.`,
      },
    );
  }
  return ways.filter(({ name }) => names.length === 0 || names.includes(name));
}

function triedWords({ name, type }: TestWay, { severity, sent }: Tried): string {
  switch (sent.kind) {
    case "sent":
      return `${name}: ${severity} sent (${oneLine(sent.answer)})`;
    case "failed":
      return `${name}: ${severity} FAILED: ${oneLine(sent.because)}\n  ${whatToDo(type, sent)}`;
    case "not-tried":
      return `${name}: ${severity} not tried`;
    case "interrupted":
      return `${name}: ${severity} interrupted`;
  }
}

function notesFor({ name }: TestWay, { channels }: Settings): readonly string[] {
  const found = channels.find((each) => each.name === name);
  return found === undefined ? [] : filterWords(found).map((words) => `in earnest, ${words}`);
}

function isGood({ tried }: TestedWay): boolean {
  return tried.every(({ sent }) => sent.kind === "sent");
}

function failedWords(bad: readonly string[], count: number): string {
  return count === 1 ? `${bad[0]} failed` : `${bad.length} of ${count} failed: ${bad.join(", ")}`;
}

function asJson(tested: readonly TestedWay[]): object {
  return {
    channels: tested.map((each) => ({
      name: each.way.name,
      type: each.way.type,
      worked: isGood(each),
      messages: each.tried.map((tried) => triedJson(each.way, tried)),
      notes: each.notes,
    })),
  };
}

function triedJson({ type }: TestWay, { severity, sent }: Tried): object {
  const failed = sent.kind === "failed" ? sent : undefined;
  return {
    severity,
    is: sent.kind === "not-tried" ? "not_tried" : sent.kind,
    answer: sent.kind === "sent" ? sent.answer : null,
    because: failed?.because ?? null,
    what_to_do: failed === undefined ? null : whatToDo(type, failed),
    wait_seconds: failed?.waitMs === undefined ? null : failed.waitMs / 1_000,
  };
}
