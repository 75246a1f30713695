import { usd } from "#guard/text.ts";
import type { Log } from "#log.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A log that people watch: what the watch says, told as a story, and no long words twice. */
export function storyLog(tell: (line: string) => void): Log {
  let lastNotice: unknown;
  const write = (fields: Fields, message: string): void => {
    const isToldAlready =
      message === "notify command done" && String(fields["tail"]).trim() === lastNotice;
    if (message === "notice") lastNotice = fields["because"];
    const line = isToldAlready ? "     people hear it" : lineFor(message, fields);
    if (line !== undefined) tell(line);
  };
  return { debug: write, info: write, warn: write, error: write };
}

function lineFor(message: string, fields: Fields): string | undefined {
  const { threshold, because, tail } = fields;
  switch (message) {
    case "threshold tripped":
      return `  !! ${String(threshold)} trips: ${String(because)}`;
    case "threshold re-armed":
      return `  ok ${String(threshold)} is armed again: ${String(because)}`;
    case "notify command done":
      return `     people hear: "${String(tail).trim()}"`;
    case "agent done":
      return `     the agent answers: ${String(tail).trim()}`;
    case "before_stop_command done":
      return `     before_stop_command says: "${String(tail).trim()}"`;
    case "pod ended":
      // A notice tells of the end of a run, and of its cost.
      if (fields["effect"] === "end-run") return undefined;
      return `     the guard has ended ${String(fields["podId"])} itself: ${String(because)}`;
    case "notice":
      return `  !! ${String(because)}`;
    case "looked": {
      const { balanceUsd, burnPerHrUsd } = fields;
      return typeof balanceUsd === "number" && typeof burnPerHrUsd === "number"
        ? `balance ${usd(balanceUsd, 2).padStart(6)}   burning ${usd(burnPerHrUsd, 2)}/hr`
        : undefined;
    }
    case "pod runs":
      return `     the guard sees that ${podIn(fields)} runs`;
    case "run ended":
      // Of those that it brings about itself it tells as it proves them.
      return fields["reason"] === "ended_elsewhere"
        ? `     the guard sees that ${podIn(fields)} runs no more`
        : undefined;
    case "could not look; nothing is decided":
      return `     the guard does not see the account now: ${String(because)}`;
    case "could not measure the pods":
      return `     the guard does not see what the pods do now: ${String(because)}`;
    case "pod not ended":
      return `     ${String(fields["podId"])} is not ended yet: ${String(because)}`;
    case "no longer needed":
      return `     no longer needed: ${String(because)}`;
    case "watching":
    case "watch ended":
      return undefined;
    default:
      return `     ${message}: ${JSON.stringify(fields)}`;
  }
}

function podIn({ podId, name }: Fields): string {
  return `${String(podId)} (${String(name)})`;
}
