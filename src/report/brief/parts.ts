import type { Settings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Part } from "#guard/model/holdings.ts";
import type { Policy } from "#guard/model/policy.ts";
import { minuteMs } from "#guard/model/time.ts";
import type { Paces } from "#paces.ts";
import type { BalanceSample, Clock } from "#ports.ts";
import { realInventory } from "#wiring/account.ts";
import { auditForNotice } from "#report/audit/for-notice.ts";
import { historyFileOf, samplesFileOf } from "#store/paths.ts";
import { samplesBack } from "#store/samples-file.ts";
import { withinLimit } from "#within-limit.ts";
import { type BriefSources, endsForMs, samplesFromMs } from "./brief.ts";
import { endsIn } from "./ends.ts";

export interface PartsAsked {
  readonly settings: Settings;
  readonly nowMs: number;
  /** The account as it is now; undefined: it is not seen. */
  readonly look: Seen | undefined;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly paces: Pick<Paces, "request">;
  readonly signal: AbortSignal;
}

/** For all that one of them asks or reads: a disk that hangs, or RunPod, costs the brief one line. */
const limitMs = minuteMs;

/** What a brief needs beside the account and the state, each by itself. Never throws. */
export async function partsOf(
  asked: PartsAsked,
): Promise<Pick<BriefSources, "samples" | "ends" | "besides">> {
  const { settings, nowMs, clock, signal } = asked;
  const { stateFile, brief } = settings;
  const part = async <Value>(work: Promise<Value>): Promise<Part<Value>> => {
    try {
      return { kind: "read", value: await withinLimit(work, limitMs, clock, signal) };
    } catch (error) {
      return { kind: "unread", because: wordsOf(error).replace(/[.\s]+$/, "") };
    }
  };
  const [samples, ends, besides] = await Promise.all([
    part(samplesSince(samplesFileOf(stateFile), samplesFromMs(nowMs, brief?.timeZone))),
    part(endsIn(historyFileOf(stateFile), nowMs - endsForMs, nowMs)),
    part(besidesOf(asked)),
  ]);
  return { samples, ends, besides };
}

async function samplesSince(path: string, fromMs: number): Promise<readonly BalanceSample[]> {
  const found: BalanceSample[] = [];
  for await (const sample of samplesBack(path)) {
    found.push(sample);
    // That one too: it may be the last before a time in which nobody looked.
    if (sample.atMs < fromMs) break;
  }
  return found;
}

async function besidesOf({
  settings,
  look,
  policy,
  clock,
  paces,
  signal,
}: PartsAsked): Promise<string | undefined> {
  if (look === undefined) throw new Error("the account is not seen");
  if (settings.restUrl === undefined)
    throw new Error("REST v2 is not asked, as no rest_url is set");
  const account = realInventory(settings, clock, paces.request);
  return auditForNotice(look, account, policy, signal);
}
