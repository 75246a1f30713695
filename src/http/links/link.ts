import * as z from "zod";
import { podGuardNames } from "#guard/model/policy.ts";

/** What a button in a notification does to a pod. */
export const linkActions = ["extend", "touch", "stop"] as const;

type LinkAction = (typeof linkActions)[number];

/** What a notification's button stands for: it is good for this, until this is over, and for nothing else. */
export type Link = PodLink | OnItLink;

export interface PodLink {
  readonly action: LinkAction;
  /** Of `extend`. */
  readonly hours?: number | undefined;
  readonly podId: string;
  /** The run of the pod, as `status` names it. */
  readonly run: string;
  readonly about: About;
  readonly madeAtMs: number;
}

/** Whoever presses it is on what the notification told of then. */
export interface OnItLink {
  readonly action: "on-it";
  readonly topic: string;
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
const ofOnIt = z.tuple([z.literal(version), z.literal("on-it"), z.string().min(1), wholeMs]);
const ofPod = z.tuple([
  z.literal(version),
  z.enum(linkActions),
  z.number().min(0).max(8_760),
  z.string().min(1),
  z.string().min(1),
  about,
  wholeMs,
]);

/** One text for one link, as short as it can be: a phone's push message has little room. */
export function linkText(link: Link): string {
  if (link.action === "on-it") {
    return JSON.stringify([version, link.action, link.topic, link.madeAtMs]);
  }
  const { action, hours = 0, podId, run, about: of, madeAtMs } = link;
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
  const found = z.union([ofPod, ofOnIt]).safeParse(parsed(text));
  if (!found.success) return undefined;
  const link = found.data[1] === "on-it" ? onItLinkIn(found.data) : podLinkIn(found.data);
  return link !== undefined && linkText(link) === text ? link : undefined;
}

function onItLinkIn([, action, topic, madeAtMs]: z.infer<typeof ofOnIt>): OnItLink {
  return { action, topic, madeAtMs };
}

function podLinkIn(found: z.infer<typeof ofPod>): PodLink | undefined {
  const [, action, hours, podId, run, of, madeAtMs] = found;
  const link = {
    action,
    ...(action === "extend" && { hours }),
    podId,
    run,
    about: aboutIn(of),
    madeAtMs,
  };
  return action !== "extend" || hours > 0 ? link : undefined;
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
