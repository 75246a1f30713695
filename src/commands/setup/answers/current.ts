import type { Threshold } from "./propose-thresholds.ts";

/** The config that is edited: what stands there, or the shipped example. */
export interface Current {
  readonly path: string;
  readonly isNew: boolean;
  readonly text: string;
  readonly mode: number;
  readonly uid: number;
  /** What the text says. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** A threshold and where it stands in the config. */
export interface PlacedThreshold extends Threshold {
  readonly at: number;
}

/** Highest first. The config has been checked: what is no threshold is none here. */
export function thresholdsOf({ raw }: Pick<Current, "raw">): readonly PlacedThreshold[] {
  const entries = listAt(raw, "thresholds");
  return entries
    .map((entry, at) => {
      const { name, below_usd, backstop } = (entry ?? {}) as Record<string, unknown>;
      return {
        at,
        name: String(name),
        belowUsd: Number(below_usd),
        stopsPods: (backstop ?? undefined) !== undefined,
      };
    })
    .sort((a, b) => b.belowUsd - a.belowUsd);
}

export function protectOf({ raw }: Pick<Current, "raw">): readonly string[] {
  return listAt(raw, "protect").map(String);
}

/** What an idle pod meets now; undefined: nothing. */
export function idleOf({ raw }: Pick<Current, "raw">): string | undefined {
  const { idle } = objectAt(raw, "guards");
  if (typeof idle !== "object" || idle === null) return undefined;
  const { action = "notify" } = idle as Record<string, unknown>;
  return String(action);
}

/** The names of the channels, and whether there is a notify command. */
export function toldOf({ raw }: Pick<Current, "raw">): {
  readonly channels: readonly string[];
  readonly hasCommand: boolean;
} {
  return {
    channels: listAt(raw, "notify").map((entry) => {
      const { name, type } = (entry ?? {}) as Record<string, unknown>;
      return String(name ?? type);
    }),
    hasCommand: listAt(raw, "extra_notify_command").length > 0,
  };
}

export function hasHeartbeat({ raw }: Pick<Current, "raw">): boolean {
  return Object.keys(objectAt(raw, "heartbeat")).length > 0;
}

export function hasLaunch({ raw }: Pick<Current, "raw">): boolean {
  return Object.keys(objectAt(raw, "launch")).length > 0;
}

/** What becomes of a pod when its lease ends; `mostHours`: no lease is longer. */
export function leaseOf({
  raw,
}: Pick<Current, "raw">):
  | { readonly kind: "none" }
  | { readonly kind: "ends-nothing" }
  | { readonly kind: "ends"; readonly mostHours: number } {
  const guards = objectAt(raw, "guards");
  if ((guards["lease"] ?? undefined) === undefined) return { kind: "none" };
  const { action, max_hours: mostHours = usualLeaseHours } = objectAt(guards, "lease");
  if (action !== "stop" && action !== "terminate") return { kind: "ends-nothing" };
  return { kind: "ends", mostHours: Number(mostHours) };
}

/** What the config takes for `max_hours` of a lease where it says none. */
const usualLeaseHours = 8;

/** Where the page listens; undefined: there is none. */
export function pageOf({ raw }: Pick<Current, "raw">): string | undefined {
  if (typeof raw["http"] !== "object" || raw["http"] === null) return undefined;
  const { listen } = objectAt(raw, "http");
  return typeof listen === "string" ? listen : usualListen;
}

/** What the config takes for it where it says none. */
export const usualListen = "127.0.0.1:8092";

export function listAt(raw: Readonly<Record<string, unknown>>, key: string): readonly unknown[] {
  const value = raw[key];
  return Array.isArray(value) ? value : [];
}

export function objectAt(
  raw: Readonly<Record<string, unknown>>,
  key: string,
): Readonly<Record<string, unknown>> {
  const value = raw[key];
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
