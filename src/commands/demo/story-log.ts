import { perHour, podWords, usd } from "#guard/text.ts";
import type { Log } from "#log.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A log told as a story: what the daemon logs, in sentences, and nothing long twice. */
export function storyLog(tell: (line: string) => void): Log {
  let lastNotification: unknown;
  const write = (fields: Fields, message: string): void => {
    const isToldAlready =
      message === "notify command done" && String(fields["tail"]).trim() === lastNotification;
    if (message === "notification") lastNotification = fields["because"];
    const line = isToldAlready ? "     notified" : lineFor(message, fields);
    if (line !== undefined) tell(line);
  };
  return { debug: write, info: write, warn: write, error: write };
}

function lineFor(message: string, fields: Fields): string | undefined {
  const { threshold, because, tail } = fields;
  switch (message) {
    case "threshold tripped":
      return `  !! ${String(threshold)} tripped: ${String(because)}`;
    case "threshold re-armed":
      return `  ok ${String(threshold)} is armed again: ${String(because)}`;
    case "notify command done":
      // The account behind it stands in the story's other lines.
      return `     notified: "${String(tail)
        .trim()
        .replace(/ \[Balance .*\]$/, "")}"`;
    case "agent done":
      return `     agent: ${String(tail).trim()}`;
    case "before_stop_command done":
      return `     before_stop_command: "${String(tail).trim()}"`;
    case "pod ended":
      // A notification says that the run ended, and what it cost.
      if (fields["effect"] === "end-run") return undefined;
      return `     the backstop ${fields["action"] === "terminate" ? "terminated" : "stopped"} pod ${String(fields["podId"])}: ${String(because)}`;
    case "notification":
      return `  !! ${String(because)}`;
    case "polled": {
      const { balanceUsd, burnPerHrUsd } = fields;
      return typeof balanceUsd === "number" && typeof burnPerHrUsd === "number"
        ? `balance ${usd(balanceUsd).padStart(6)}   burning ${perHour(burnPerHrUsd)}`
        : undefined;
    }
    case "run started":
      return `     pod ${podIn(fields)} is running`;
    case "run ended":
      // Its own ends were told when they were proven.
      return fields["reason"] === "ended_elsewhere"
        ? `     pod ${podIn(fields)} ${fields["podIs"] === "gone" ? "is gone" : "stopped"}`
        : undefined;
    case "poll failed; nothing decided":
      return `     the poll failed: ${String(because)}`;
    case "could not read the load of the pods":
      return `     the load of the pods could not be read: ${String(because)}`;
    case "pod not ended":
      return `     pod ${String(fields["podId"])} is not stopped yet: ${String(because)}`;
    case "no longer needed":
      return `     no longer needed: ${String(because)}`;
    case "daemon started":
    case "daemon stopped":
      return undefined;
    default:
      return `     ${message}: ${JSON.stringify(fields)}`;
  }
}

function podIn({ podId, podName }: Fields): string {
  return podWords({ id: String(podId), name: String(podName) });
}
