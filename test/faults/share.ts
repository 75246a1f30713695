import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** How much of the faults is tried: a little with the whole suite, much in a run of their own. */
    readonly faults: "short" | "whole";
  }
}

/** What a test tries, by how much of the faults this run is to try. */
export function share<Value>(shares: { readonly short: Value; readonly whole: Value }): Value {
  return shares[inject("faults")];
}
