import * as z from "zod";
import { event } from "#http/contract/history.ts";
import { statusAnswer } from "#http/contract/status.ts";
import { iso } from "#http/contract/time.ts";

const usd = z.number().describe("US dollars.");
const acts = z.enum(["guards", "tells"]).describe("It stops pods by the rules, or only tells.");

const beat = z.object({
  heard_at: iso.describe("By the clock outside."),
  host: z.string(),
  next_due_at: iso.describe("By its own word."),
  late_minutes: z.number().describe("0: it is not late."),
  is_blind: z.boolean().describe("It was alive, and its last poll did not work."),
  blind_since: iso.nullable().describe("Since when all its beats have said so."),
});

const pod = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string().nullable().describe("RunPod's word; null: it was not listed last."),
  is_running: z.boolean().nullable(),
  cost_per_hr_usd: usd.nullable(),
  uptime_minutes: z.number().nullable(),
  is_protected: z.boolean(),
  kept_from_ending: z.enum(["protected", "locked", "unknown"]).nullable(),
  lease_ends_at: iso.nullable(),
  ends_by: z.string().nullable().describe("The guard whose end comes first; none: nothing does."),
  ends_at: iso.nullable(),
  end_words: z.string().nullable().describe("What will happen at `ends_at`, or why nothing will."),
});

const { thresholds, budgets, next } = statusAnswer.shape;

const owedEnd = z.object({
  pod_id: z.string(),
  pod_name: z.string(),
  action: z.enum(["stop", "terminate"]),
  because: z.string(),
  tries: z.number(),
});

/** What a guard outside knows and does, for whoever asks it. `null` is unknown, or what does not apply. */
export const summary = z.object({
  version: z.literal(1),
  account: z.string(),
  at: iso,
  role: z
    .enum(["unheard", "standby", "primary"])
    .describe("Nothing was ever heard; a machine guards; or this is the account's only guard."),
  is_dry_run: z.boolean(),
  beat: beat.nullable(),
  silent_from: iso.nullable().describe("From then on the machine counts as silent, or has since."),
  silent_since: iso.nullable().describe("When it was last heard, while it is silent."),
  needed_from: iso
    .nullable()
    .describe("From then on it looks for itself: the machine is silent, or blind for too long."),
  on_silence: z
    .object({ acts, because: z.string().nullable() })
    .nullable()
    .describe("What is done once the machine is silent; `because`: why no more than that."),
  acts: acts.nullable().describe("What it does now; null: nothing, as a machine guards."),
  acts_because: z
    .string()
    .nullable()
    .describe("Why it only tells, although it was asked to guard."),
  standing_in: z
    .object({ last_heard_at: iso, heard_again_at: iso.nullable() })
    .nullable()
    .describe("Since the machine fell silent, and until it has taken over what came of it."),
  own_look: z
    .object({ at: iso, is_seen: z.boolean(), because: z.string().nullable() })
    .nullable()
    .describe("The last time it looked for itself."),
  balance_usd: usd.nullable(),
  burn_per_hr_usd: usd.nullable(),
  hours_left: z.number().nullable().describe("null: unknown, or nothing burns."),
  balance_at: iso.nullable().describe("When these were seen."),
  pods: z.array(pod).nullable().describe("null: nobody knows of any, nor of none."),
  pods_running: z.number().nullable(),
  pods_because: z.string().nullable().describe("Why the pods are not of the last look."),
  thresholds: thresholds.element
    .pick({ name: true, below_usd: true, below_hours: true, is: true, tripped_at: true })
    .array(),
  next,
  owed_ends: z.array(owedEnd).describe("Ends that are decided and not proven yet."),
  budgets,
  did: z.array(event).describe("What it did itself, the newest first."),
  cannot: z.array(z.string()).describe("What of the rules cannot be done from there."),
  troubles: z.array(z.string()),
});

export type Summary = z.infer<typeof summary>;
export type SummaryPod = z.infer<typeof pod>;
