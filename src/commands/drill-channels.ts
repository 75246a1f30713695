import type { Settings, ThresholdSettings } from "#config/settings.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Notify, Outcome, Severity } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import { tripSeverity } from "#guard/outbox/severity.ts";
import { wants } from "#guard/outbox/ways.ts";
import { channelWay } from "#operations/test-ways.ts";
import type { Clock } from "#ports.ts";
import { realChannels } from "#wiring/channels.ts";
import { filterWords, quietWords } from "#report/channels/filters.ts";
import { whatToDo } from "#report/channels/what-to-do.ts";

interface DrilledChannel {
  readonly name: string;
  /** Set: it is not told of this crossing, and why. */
  readonly whyNot: string | undefined;
  readonly send: (look: Seen, signal: AbortSignal) => Promise<Outcome | "interrupted">;
  /** What would come of it at another hour. */
  readonly note: string | undefined;
}

/** The channels of a drill: each gets the crossings that it would get in earnest. */
export function drillChannels(settings: Settings, policy: Policy, clock: Clock) {
  const ways = realChannels(settings.channels, clock).map((channel) => channelWay(channel, clock));
  const worked = new Set<string>();
  const broken = new Set<string>();

  function drilled(name: string, notice: Notify): DrilledChannel | undefined {
    const found = settings.channels.find((each) => each.name === name);
    const way = ways.find((each) => each.name === name);
    if (found === undefined || way === undefined) return undefined;
    const { severity = "critical" } = notice;
    const isWanted = wants(found, { event: "trip", severity });
    const { quietHours } = found;
    const isQuietened = quietHours !== undefined && severity !== "critical";
    return {
      name,
      whyNot: broken.has(name)
        ? "it has failed above"
        : isWanted
          ? undefined
          : filterWords({ ...found, quietHours: undefined }).join("; "),
      note: isQuietened ? `in earnest, ${quietWords(quietHours)}` : undefined,
      async send(look, signal) {
        const sent = await way.send(notice, look, signal);
        (sent.kind === "sent" ? worked : broken).add(name);
        switch (sent.kind) {
          case "sent":
            return { kind: "done", because: sent.answer, tail: "" };
          case "failed":
            return failed(`${sent.because}. ${whatToDo(found.type, sent)}`);
          case "interrupted":
            return "interrupted";
        }
      },
    };
  }

  return {
    severityOf: ({ name }: ThresholdSettings): Severity => tripSeverity(name, policy),
    of: (notice: Notify): readonly DrilledChannel[] =>
      settings.channels.flatMap(({ name }) => drilled(name, notice) ?? []),
    /** Those that were sent something, and failed at nothing. */
    worked: (): readonly string[] => [...worked].filter((name) => !broken.has(name)),
  };
}

function failed(because: string): Outcome {
  return { kind: "failed", because, tail: "" };
}
