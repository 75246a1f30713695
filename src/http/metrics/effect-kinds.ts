import type { Effect } from "#guard/model/effect.ts";

/** A kind that is new is a compile error here. */
const all: Readonly<Record<Effect["kind"], true>> = {
  notify: true,
  "call-agent": true,
  "call-pod-agent": true,
  "end-pod": true,
  "end-run": true,
};

/** All that the guard can owe. */
export const effectKinds = Object.keys(all) as readonly Effect["kind"][];
