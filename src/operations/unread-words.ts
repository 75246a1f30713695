import type { Unread } from "#config/in-force.ts";
import { localTime } from "#terminal/local-time.ts";

/** What is to be known of a config that the daemon has not read, and what to do. */
export function unreadWords({ keys, sinceMs, pid, needsRestart }: Unread): string {
  const todo = needsRestart ? "restart the daemon" : `have it read that: kill -HUP ${pid}`;
  return `${keys.join(", ")} changed in the config after the daemon read it at ${localTime(sinceMs)}: it still does as before. To put it in force, ${todo}`;
}
