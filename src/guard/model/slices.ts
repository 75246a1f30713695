import type { GuardState } from "./state.ts";

/** What is kept how: `durable` must not be lost, `learned` can be learned again, the rest is not kept. */
export type Slice = "durable" | "learned" | "process";

/** By key of the state; a new one has to be given its slice here. */
const sliceOf = {
  fired: "durable",
  owed: "durable",
  trippedAtMs: "durable",
  blind: "durable",
  podsBlind: "durable",
  unmeasured: "durable",
  zeroSinceMs: "durable",
  unconfirmed: "durable",
  kept: "durable",
  guardEndsAtMs: "durable",
  unrecorded: "durable",
  recordCount: "durable",
  lostNotices: "durable",
  openIncidents: "durable",
  tookBackId: "durable",
  briefedDay: "durable",
  accounted: "durable",
  budgets: "durable",
  podsCounted: "durable",
  scheduled: "durable",
  stoppedPods: "durable",
  reminded: "durable",
  estimatedAtMs: "durable",
  hoursCrossed: "durable",
  source: "durable",
  crossing: "durable",
  postpaidSinceMs: "durable",
  shown: "learned",
  falls: "learned",
  unseenBy: "learned",
  rehearsal: "learned",
  saidAtMs: "learned",
  troubles: "learned",
  inForce: "learned",
  runs: "learned",
  lookedAtMs: "learned",
  podsSeenAtMs: "learned",
  podsKnownAtMs: "learned",
  emptySinceMs: "learned",
  audited: "learned",
  charges: "process",
  moments: "process",
  leaseBook: "process",
  lastSeen: "process",
  rulesSaid: "process",
} as const satisfies Record<keyof GuardState, Slice>;

export type KeyOf<Of extends Slice> = {
  [Key in keyof typeof sliceOf]: (typeof sliceOf)[Key] extends Of ? Key : never;
}[keyof typeof sliceOf];

const keys = Object.keys(sliceOf) as readonly (keyof GuardState)[];

/** Whether two states, one made of the other, differ in what is kept so. */
export function differIn(slice: Slice, before: GuardState, after: GuardState): boolean {
  return keys.some((key) => sliceOf[key] === slice && before[key] !== after[key]);
}
