import { post } from "./post.ts";
import { hoursOf, type Question } from "./question.ts";
import type { Sent } from "./sent.ts";

/** Asks the daemon for what was answered with yes. Never throws. */
export function send({ action, podId, run, hours }: Question): Promise<Sent> {
  return post(`api/pods/${encodeURIComponent(podId)}/${action}`, {
    ...(action === "extend" && { hours: hoursOf(hours) }),
    ...(run !== null && { run }),
  });
}
