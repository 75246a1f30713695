import { setTimeout as sleep } from "node:timers/promises";
import { createClock } from "#clock.ts";
import { cannotLook } from "#report/account-error.ts";
import { history } from "#commands/history/history.ts";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { escapeHidden, oneLine } from "#control-characters.ts";
import { exitCodes, UserError } from "#errors.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { Paces } from "#paces.ts";
import type { BalanceSample } from "#ports.ts";
import { untestedChannels } from "#report/channels/untested.ts";
import { snapshotOf } from "#report/snapshot.ts";
import { statusJson } from "#report/status-json.ts";
import { reportOf, type StatusReport } from "#report/status.ts";
import { samplesFileOf } from "#store/paths.ts";
import { samplesBack } from "#store/samples-file.ts";
import { type Paint, paintFor } from "#terminal/colors.ts";
import { isTerminal } from "#terminal/confirm.ts";
import type { Context, GlobalOptions, Screen } from "#terminal/context.ts";
import { localTime } from "#terminal/local-time.ts";
import { quitKey } from "#terminal/quit-key.ts";
import { pagesOn } from "#terminal/screen.ts";
import { columnsOf, wrappedText } from "#terminal/wrap.ts";
import { statusText } from "./text.ts";

export interface StatusOptions extends GlobalOptions {
  readonly json: boolean;
  readonly watch: boolean;
  readonly history: boolean;
}

/** Shows the pods and their cost, the balance, and whether the daemon runs. Gives the exit code. */
export async function status(options: StatusOptions, context: Context): Promise<number> {
  if (options.history && options.watch) {
    throw new UserError("--history and --watch cannot be used together.", {
      hint: "Use only one of them.",
    });
  }
  if (options.history) return history({ ...options, hours: "24" }, context);
  const settings = await loadConfig(options.config, context.env, context.paces, "gone-without");
  context.hide(settings.secrets);
  const shown = { settings, untested: await untestedChannels(settings) };
  return options.watch
    ? await keepShowing(shown, options, context)
    : await showOnce(shown, options, context);
}

interface Shown {
  readonly settings: Settings;
  /** Found once, as it takes its time. */
  readonly untested: readonly string[];
}

async function showOnce(shown: Shown, { json }: StatusOptions, context: Context): Promise<number> {
  const { report, fault } = await lookAt(shown, context.paces, context.interrupted);
  if (context.interrupted.aborted) return exitCodes.interrupted;
  if (json) context.printData(escapeHidden(JSON.stringify(statusJson(report, fault), null, 2)));
  else context.print(linesOf(report, paintFor(context), columnsOf(context)).join("\n"));
  // The last known values were shown; the error says that they are old.
  if (fault !== undefined) throw fault;
  return exitCodes.done;
}

async function keepShowing(
  shown: Shown,
  { json }: StatusOptions,
  context: Context,
): Promise<number> {
  const { interrupted, paces } = context;
  const paint = paintFor(context);
  const pages = pagesOn(context);
  const quit = quitKey(context);
  const hint = isTerminal(context) ? "; q ends it" : "";
  const over = AbortSignal.any([interrupted, quit.pressed]);
  try {
    while (!over.aborted) {
      const { report, fault } = await lookAt(shown, paces, over);
      if (over.aborted) break;
      if (json) context.printData(escapeHidden(JSON.stringify(statusJson(report, fault))));
      else pages.show((screen) => pageOf(report, fault, paint, screen, hint));
      await pause(paces.statusEveryMs, over);
    }
  } finally {
    quit.release();
    pages.leave();
  }
  return quit.pressed.aborted ? exitCodes.done : exitCodes.interrupted;
}

interface Looked {
  readonly report: StatusReport;
  readonly fault: UserError | undefined;
}

async function lookAt(
  { settings, untested }: Shown,
  paces: Paces,
  signal: AbortSignal,
): Promise<Looked> {
  const snapshot = await snapshotOf(settings, createClock(), paces, signal);
  const { look, saved } = snapshot;
  if (look.kind === "seen")
    return { report: reportOf(snapshot, undefined, untested), fault: undefined };
  const report = reportOf(snapshot, await lastBalance(settings, saved), untested);
  return { report, fault: cannotLook(look, settings) };
}

/** The last balance that the daemon saved. */
async function lastBalance(
  { stateFile }: Settings,
  { blind }: GuardState,
): Promise<BalanceSample | undefined> {
  // A fault in the samples does not matter: they are only old values.
  const sample = await lastSample(samplesFileOf(stateFile)).catch(() => undefined);
  const { sinceMs, lastBalanceUsd, lastBurnPerHrUsd } = blind ?? {};
  const seen =
    sinceMs === undefined || lastBalanceUsd === undefined
      ? []
      : [{ atMs: sinceMs, balanceUsd: lastBalanceUsd, burnPerHrUsd: lastBurnPerHrUsd }];
  return [...(sample === undefined ? [] : [sample]), ...seen]
    .toSorted((a, b) => a.atMs - b.atMs)
    .at(-1);
}

async function lastSample(path: string): Promise<BalanceSample | undefined> {
  for await (const sample of samplesBack(path)) return sample;
  return undefined;
}

function linesOf(report: StatusReport, paint: Paint, room: number): readonly string[] {
  const { pods, footer } = statusText(report, paint, room);
  return [...pods, "", ...footer];
}

/** Where the pods do not all fit, the money and the daemon go first. */
function pageOf(
  report: StatusReport,
  fault: UserError | undefined,
  paint: Paint,
  { rows, columns }: Screen,
  hint: string,
): readonly string[] {
  const text = statusText(report, paint, columns);
  // Broken here, as the rows are counted.
  const broken = (lines: readonly string[]) =>
    lines.flatMap((line) => wrappedText(line, columns).split("\n"));
  const pods = broken(text.pods);
  const footer = broken(text.footer);
  const top = broken([
    paint.bold(`runpodboss status, ${localTime(report.nowMs)}${hint}`),
    ...(fault === undefined ? [] : [paint.red(oneLine(fault.message))]),
  ]);
  const room = rows - 1 - top.length - footer.length - 2;
  const left = pods.length - room;
  const shown =
    left > 0
      ? [
          ...pods.slice(0, Math.max(0, room - 1)),
          `and ${left + 1} more lines: run runpodboss status`,
        ]
      : pods;
  return [...top, "", ...shown, "", ...footer];
}

async function pause(pauseMs: number, signal: AbortSignal): Promise<void> {
  await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
}
