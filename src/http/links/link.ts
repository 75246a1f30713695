import * as z from "zod";
import { podGuardNames } from "#guard/model/policy.ts";

/** What a button in a notification does. */
export const linkActions = ["extend", "touch", "stop"] as const;

type LinkAction = (typeof linkActions)[number];

/** What a notification's button stands for: it is good for this, until this is over, and for nothing else. */
export interface Link {
  readonly action: LinkAction;
  /** Of `extend`. */
  readonly hours?: number | undefined;
  readonly podId: string;
  /** The run of the pod, as `status` names it. */
  readonly run: string;
  readonly about: About;
  readonly madeAtMs: number;
}

/** What the notification was about. */
export type About =
  /** The end that a guard of single pods announced, or what it said of the pod without ending it. */
  | {
      readonly kind: "guard";
      readonly guard: (typeof podGuardNames)[number];
      readonly atMs: number;
    }
  /** A threshold that was crossed then. */
  | { readonly kind: "threshold"; readonly name: string; readonly atMs: number }
  /** What burns: nothing ends it but the end of the run. */
  | { readonly kind: "burn" }
  /** Nothing: it only shows that a button leads here. */
  | { readonly kind: "test" };

/** From when it happened. */
export const linkLastsMs = 24 * 60 * 60_000;

const version = 1;
const wholeMs = z.int().min(0).max(8_640_000_000_000_000);
const about = z.union([
  z.tuple([z.enum(podGuardNames), wholeMs]),
  z.tuple([z.literal("threshold"), wholeMs, z.string()]),
  z.tuple([z.literal("burn")]),
  z.tuple([z.literal("test")]),
]);
const written = z.tuple([
  z.literal(version),
  z.enum(linkActions),
  z.number().min(0).max(8_760),
  z.string().min(1),
  z.string().min(1),
  about,
  wholeMs,
]);

/** One text for one link, as short as it can be: a phone's push message has little room. */
export function linkText({ action, hours = 0, podId, run, about: of, madeAtMs }: Link): string {
  return JSON.stringify([version, action, hours, podId, run, aboutText(of), madeAtMs]);
}

function aboutText(of: About): z.infer<typeof about> {
  switch (of.kind) {
    case "guard":
      return [of.guard, of.atMs];
    case "threshold":
      return [of.kind, of.atMs, of.name];
    case "burn":
    case "test":
      return [of.kind];
  }
}

/** Undefined: it is no link, or not written as one is. */
export function linkIn(text: string): Link | undefined {
  const found = written.safeParse(parsed(text));
  if (!found.success) return undefined;
  const [, action, hours, podId, run, of, madeAtMs] = found.data;
  const link = {
    action,
    ...(action === "extend" && { hours }),
    podId,
    run,
    about: aboutIn(of),
    madeAtMs,
  };
  const isWhole = action !== "extend" || hours > 0;
  return isWhole && linkText(link) === text ? link : undefined;
}

function aboutIn(of: z.infer<typeof about>): About {
  switch (of[0]) {
    case "burn":
    case "test":
      return { kind: of[0] };
    case "threshold":
      return { kind: "threshold", name: of[2], atMs: of[1] };
    case "hard_timeout":
    case "lease":
    case "idle":
    case "budget":
    case "schedule":
      return { kind: "guard", guard: of[0], atMs: of[1] };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
