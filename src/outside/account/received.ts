import * as z from "zod";
import { type Beat, readBeat } from "#outside/beat/beat.ts";
import { longBlindMs, silentFromMs } from "#outside/beat/silence.ts";

/** The last beat, as it came. */
export interface Received {
  /** By the clock here. */
  readonly atMs: number;
  /** Each that is said has a higher one than all before: none is heard twice. */
  readonly count: number;
  /** Since when each beat has said that its guard sees nothing, or has not polled yet; by the clock here. */
  readonly blindSinceMs?: number | undefined;
  readonly body: string;
}

export type ReadBeat = Received & { readonly beat: Beat };

const schema = z.object({
  atMs: z.number(),
  count: z.number(),
  blindSinceMs: z.number().optional(),
  body: z.string(),
});

export function readReceived(text: string | undefined): ReadBeat | undefined {
  const { data } = schema.safeParse(text === undefined ? undefined : JSON.parse(text));
  const beat = data && readBeat(data.body);
  return data && beat && { ...data, beat };
}

/** From then on somebody else has to look, if no other beat comes: its guard is silent, or sees nothing itself. */
export function neededFromMs({ atMs, blindSinceMs = Infinity, beat }: ReadBeat): number {
  return Math.min(silentFromMs({ atMs, nextInMs: beat.nextInMs }), blindSinceMs + longBlindMs);
}

/** The highest that was heard so far; undefined: none. */
export function lastCountIn(all: Readonly<Record<string, string>>): number | undefined {
  const counts = [readReceived(all["beat"])?.count, all["count"] && Number(all["count"])];
  const known = counts.filter((count) => typeof count === "number");
  return known.length === 0 ? undefined : Math.max(...known);
}
