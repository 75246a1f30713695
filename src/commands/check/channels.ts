import type { Settings } from "#config/settings.ts";
import { oneLine } from "#control-characters.ts";
import { dayMs } from "#guard/model/time.ts";
import { spanWords } from "#guard/text.ts";
import type { Channel } from "#notify/channel.ts";
import type { ChannelType } from "#notify/settings.ts";
import type { Clock } from "#ports.ts";
import { realChannels } from "#wiring/channels.ts";
import { filterWords } from "#report/channels/filters.ts";
import { lastTestOf } from "#report/channels/untested.ts";
import { whatToDo } from "#report/channels/what-to-do.ts";
import type { Tested } from "#store/tested-file.ts";

/** Nobody waits longer for a service that may be asked at 3 a.m. */
const probeLimitMs = 10_000;

type Probed = Awaited<ReturnType<Channel["probe"]>>;

export interface CheckedChannel {
  readonly name: string;
  readonly type: ChannelType;
  readonly probed: Probed;
  /** When a test last came through with these settings. */
  readonly testedAtMs: number | undefined;
  readonly filters: readonly string[];
}

/** Asks each channel, side by side, whether it would take messages; nothing is sent. Never throws. */
export async function checkChannels(
  { channels }: Pick<Settings, "channels">,
  tested: Tested,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly CheckedChannel[]> {
  const hasty = channels.map((each) => ({
    ...each,
    timeLimitMs: Math.min(probeLimitMs, each.timeLimitMs),
  }));
  const probes = realChannels(hasty, clock).map((channel) => channel.probe(signal));
  return (await Promise.all(probes)).flatMap((probed, n) => {
    const settings = channels[n];
    if (settings === undefined) return [];
    const { name, type } = settings;
    const testedAtMs = lastTestOf(settings, tested);
    return [{ name, type, probed, testedAtMs, filters: filterWords(settings) }];
  });
}

/** What would fail at 3 a.m., or has never been seen to work. */
export function channelWarnings(
  checked: readonly CheckedChannel[],
  command: string,
): readonly string[] {
  return checked.flatMap((each) => {
    const { name, type, probed, testedAtMs } = each;
    switch (probed.kind) {
      case "sent":
      case "interrupted":
        return [];
      case "failed":
        return [`channel ${name}: ${failedWords(type, probed)}`];
      case "untried":
        return testedAtMs === undefined
          ? [`channel ${name}: never tested; try it with ${command} notify test ${name}`]
          : [];
    }
  });
}

function failedWords(
  type: ChannelType,
  probed: Extract<Probed, { readonly kind: "failed" }>,
): string {
  const how = probed.isRefused ? "refused" : "not reached";
  return `${how}: ${oneLine(probed.because)}. ${whatToDo(type, probed)}`;
}

/** Those through which nothing would come. */
export function brokenChannels(checked: readonly CheckedChannel[]): ReadonlySet<string> {
  return new Set(checked.filter(({ probed }) => probed.kind === "failed").map(({ name }) => name));
}

/** `  ntfy   reached (HTTP 200); last tested 3 days ago`. */
export function channelLines(
  checked: readonly CheckedChannel[],
  command: string,
  nowMs: number,
): readonly string[] {
  if (checked.length === 0) return [];
  const width = Math.max(...checked.map(({ name }) => name.length));
  return [
    "channels:",
    ...checked.flatMap((each) => [
      `  ${each.name.padEnd(width)}  ${probedWords(each, command)}; ${testedWords(each, nowMs)}`,
      ...each.filters.map((words) => `  ${"".padEnd(width)}  ${words}`),
    ]),
  ];
}

function probedWords({ name, type, probed }: CheckedChannel, command: string): string {
  switch (probed.kind) {
    case "sent":
      return `reached (${oneLine(probed.answer)})`;
    case "failed":
      return failedWords(type, probed).replace(/\.$/, "");
    case "untried":
      return `cannot be tried without sending: ${command} notify test ${name}`;
    case "interrupted":
      return "interrupted";
  }
}

function testedWords({ testedAtMs }: CheckedChannel, nowMs: number): string {
  if (testedAtMs === undefined) return "never tested";
  return `last tested ${agoWords(Math.max(0, nowMs - testedAtMs))}`;
}

function agoWords(ms: number): string {
  const days = Math.floor(ms / dayMs);
  if (days === 0) return `${spanWords(ms)} ago`;
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

export function channelsJson(checked: readonly CheckedChannel[]): readonly object[] {
  return checked.map(({ name, type, probed, testedAtMs, filters }) => {
    const failed = probed.kind === "failed" ? probed : undefined;
    return {
      name,
      type,
      is:
        failed === undefined
          ? probed.kind === "sent"
            ? "reached"
            : probed.kind
          : failed.isRefused
            ? "refused"
            : "not_reached",
      answer: probed.kind === "sent" ? probed.answer : null,
      because: failed?.because ?? null,
      what_to_do: failed === undefined ? null : whatToDo(type, failed),
      last_tested: testedAtMs === undefined ? null : new Date(testedAtMs).toISOString(),
      notes: filters,
    };
  });
}
