import type { Notify } from "#guard/model/effect.ts";
import { podWords, usd } from "#guard/text.ts";
import type { MessagePod } from "#notify/message.ts";

type Titled = Pick<Notify, "event" | "name" | "threshold" | "belowUsd" | "isResolution" | "next">;
type Named = Pick<MessagePod, "id" | "name">;

/** What it is about, in a few words: all that a locked phone shows. */
export function titleOf(notice: Titled, pods: readonly Named[]): string {
  const { event, name, isResolution = false } = notice;
  switch (event) {
    case "trip":
      return `Balance below ${lineWords(notice)}`;
    case "rearm":
      return `Balance back above ${lineWords(notice)}`;
    case "agent":
      return `Agent failed: ${name}`;
    case "backstop":
      return isResolution ? `Backstop of ${name}: done` : `Backstop of ${name}`;
    case "warn":
      return soonWords(notice);
    case "budget":
      return `Budget ${name}`;
    case "schedule":
      return `Schedule ${name}`;
    case "stopped":
      return `Stopped pods${about(pods)}`;
    case "estimate":
      return isResolution ? "The estimate is confirmed or not" : "An estimate of the balance";
    case "idle":
      return `Idle guard${about(pods)}`;
    case "lease":
      return `Lease guard${about(pods)}`;
    case "hard_timeout":
      return `Hard timeout${about(pods)}`;
    case "burn":
      return isResolution ? "The burn is as expected" : "Look at the burn";
    case "zero":
      return isResolution ? "The balance is above $0" : "The balance is used up";
    case "blind":
      return "The guard is blind";
    case "sighted":
      return "The guard sees again";
    case "silent":
      return "The guard is silent";
    case "heard":
      return "The guard is heard again";
    case "on_it":
      return `Somebody is on it: ${name}`;
    case "source":
      return isResolution ? "RunPod's interfaces agree again" : "RunPod's interfaces";
    case "rehearsal":
      return isResolution ? "REST v2 works again" : "REST v2 fails in rehearsals";
    case "billing":
      return "RunPod bills afterwards";
    case "trouble":
      return "Trouble with the guard";
    case "recovered":
      return "Trouble is over";
    case "brief":
      return "Daily brief";
    case "drill":
      return `DRILL: ${name}`;
  }
}

/** `: eval-sweep (e1) and 2 more`. */
function about([first, ...more]: readonly Named[]): string {
  if (first === undefined) return "";
  return `: ${podWords(first)}${more.length === 0 ? "" : ` and ${more.length} more`}`;
}

/** `warning ($10.00)`. */
function lineWords({ threshold, name, belowUsd }: Titled): string {
  const shown = threshold ?? name;
  return belowUsd === undefined ? shown : `${shown} (${usd(belowUsd)})`;
}

/** `Soon: stop pod trainer (p1)`. */
function soonWords({ next }: Titled): string {
  const first = next?.[0];
  return first === undefined ? "A pod will be stopped soon" : `Soon: ${first.what}`;
}
