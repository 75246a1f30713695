import type { WishedAnswer } from "#http/contract/ahead.ts";
import { post } from "./post.ts";
import type { Answered, Wish } from "./sent.ts";

/** Asks the daemon for what was answered with yes. Never throws. */
export function sendWish({ kind, name }: Wish): Promise<Answered<WishedAnswer>> {
  const list = kind === "skip" ? "schedules" : "budgets";
  return post(`api/${list}/${encodeURIComponent(name)}/${kind}`, {});
}
