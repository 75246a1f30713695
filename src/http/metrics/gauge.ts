import type { Family, Labels } from "./text-format.ts";

/** A gauge of one series; a value that is unknown is none. */
export function gauge(name: string, help: string, value: number | undefined): Family {
  return { name, type: "gauge", help, samples: value === undefined ? [] : [{ value }] };
}

/** A gauge of many series; those whose value is unknown are left out. */
export function gauges(
  name: string,
  help: string,
  rows: readonly { readonly labels: Labels; readonly value: number | undefined }[],
): Family {
  const samples = rows.flatMap(({ labels, value }) =>
    value === undefined ? [] : [{ labels, value }],
  );
  return { name, type: "gauge", help, samples };
}

export function flag(is: boolean): number {
  return is ? 1 : 0;
}

/** Seconds since the epoch. */
export function secondsOf(atMs: number | undefined): number | undefined {
  return atMs === undefined ? undefined : atMs / 1_000;
}
