import { usd } from "../guard/money.ts";
import type { Log } from "../log.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A log that people watch: what the watch says, told as a story. */
export function storyLog(tell: (line: string) => void): Log {
  const write = (fields: Fields, message: string): void => {
    const line = lineFor(message, fields);
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
    case "pod ended":
      return `     the guard has ended ${String(fields["podId"])} itself: ${String(because)}`;
    case "notice":
      return `  !! ${String(because)}`;
    case "looked": {
      const { balanceUsd, burnPerHrUsd } = fields;
      return typeof balanceUsd === "number" && typeof burnPerHrUsd === "number"
        ? `balance ${usd(balanceUsd, 2).padStart(6)}   burning ${usd(burnPerHrUsd, 2)}/hr`
        : undefined;
    }
    case "watching":
    case "watch ended":
      return undefined;
    default:
      return `     ${message}: ${JSON.stringify(fields)}`;
  }
}
