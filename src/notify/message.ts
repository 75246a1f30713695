import type { EventName, Next, Remedy, Severity } from "#guard/model/effect.ts";

/** What people are told, whatever carries it: plain text, nothing escaped, nothing cut. */
export interface Message {
  /** The same at each try: to deduplicate by. */
  readonly id: string;
  readonly event: EventName;
  readonly severity: Severity;
  /** The same for all that is said of one thing, for phones to group by. */
  readonly incident: string;
  /** It says that its incident is over. */
  readonly isResolution: boolean;
  /** A few words: `Balance below warning ($10.00)`. */
  readonly title: string;
  /** One sentence, or a few: what happened. */
  readonly text: string;
  readonly atMs: number;
  /** When it is sent: late or not is told by the difference. */
  readonly sentAtMs: number;
  /** When the account was last seen, where that was long before: the numbers are of then. */
  readonly seenAtMs?: number | undefined;
  /** The account; undefined is unknown. */
  readonly balanceUsd: number | undefined;
  readonly burnPerHrUsd: number | undefined;
  /** By both of them; undefined also where nothing burns, or both are old. */
  readonly hoursLeft: number | undefined;
  readonly threshold: { readonly name: string; readonly belowUsd?: number | undefined } | undefined;
  /** The pods concerned, the most expensive first. */
  readonly pods: readonly MessagePod[];
  /** What burns most beside these; absent where all that burns is among them. */
  readonly dearest?: readonly MessagePod[] | undefined;
  /** What the guard will do and when. */
  readonly next: readonly Next[];
  readonly remedy: Remedy | undefined;
  /** What can be done about it from where it is read; a service shows as many as it can. */
  readonly buttons?: readonly Button[] | undefined;
}

/** Opens a page that asks before it does anything. */
export interface Button {
  /** `Extend 2 h`, `Stop now`. */
  readonly label: string;
  /** A secret: whoever has it can do that, once. */
  readonly url: string;
}

export interface MessagePod {
  readonly id: string;
  /** Empty where unknown. */
  readonly name: string;
  readonly costPerHrUsd: number | undefined;
}
