/** From one moment of the calendar to the next: `fromMs <= t < toMs`. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the calendar says now. The core has none of its own: days are of other lengths in other places. */
export interface Moments {
  readonly atMs: number;
  /** By the budget's name: the period that holds `atMs`. */
  readonly periods: Readonly<Record<string, Period>>;
  /** By the schedule's name; what it excepts is in neither. */
  readonly schedules: Readonly<Record<string, ScheduleMoments>>;
}

export interface ScheduleMoments {
  /** What it comes by: where that is another one, what was due by the one before is not. */
  readonly rule: string;
  /** The last one up to now, if there was one within a week. */
  readonly lastMs?: number | undefined;
  /** The next one after now. */
  readonly nextMs?: number | undefined;
}

/** How far the account's spending is accounted for: each dollar once, over restarts too. */
export interface Accounted {
  /** The look up to which it is, and what that showed. */
  readonly atMs: number;
  readonly balanceUsd: number;
  readonly burnPerHrUsd?: number | undefined;
  /** What has burned since `dueFromMs` and is not charged yet: RunPod charges every few minutes. */
  readonly dueUsd: number;
  readonly dueFromMs: number;
  /** When the balance last fell. */
  readonly fellAtMs: number;
  /** What was still due when it had last fallen. */
  readonly restUsd?: number | undefined;
  /** What was due when the balance last rose: a charge of it may be hidden in the rise. */
  readonly risenUsd?: number | undefined;
  /** What was counted without a fall since the balance last fell: if it falls by it after all, it is not counted again. */
  readonly presumedUsd?: number | undefined;
  /** Something burns of which nobody tells how much, since `dueFromMs`. */
  readonly isAtLeast?: boolean | undefined;
  /** By how much it rose of late, though that may show what was before: when last, and in all. */
  readonly doubted?: { readonly atMs: number; readonly usd: number } | undefined;
  /** When it was last seen to be topped up, and by how much. */
  readonly toppedUp?: { readonly atMs: number; readonly usd: number } | undefined;
  /** What nobody saw, until it is known which pods ran through it. */
  readonly gap?: SpendGap | undefined;
}

/** The account was not seen for long. */
export interface SpendGap {
  readonly fromMs: number;
  readonly toMs: number;
  /** How much the balance fell meanwhile, which is counted; negative: how much it rose. */
  readonly fellUsd: number;
}

/** What of a pod's running is counted in a budget: up to `beforeMs`, and between the other two. */
export interface PodSpan {
  readonly podId: string;
  readonly beforeMs?: number | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a budget counts: where that is another, what it has counted says nothing of it. */
export interface CountedOf {
  readonly per: "day" | "week" | "month";
  readonly pods?: readonly string[] | undefined;
}

/** A budget in one of its periods. */
export interface BudgetPeriod extends Period {
  /** Undefined: an older version has not said it. */
  readonly of?: CountedOf | undefined;
  /** People were told that it goes on, though the calendar's is another one by now. */
  readonly isKeptTold?: boolean | undefined;
  /** Since when it is counted: the guard may have come later. */
  readonly sinceMs: number;
  readonly spentUsd: number;
  /** Of it, what was estimated, as nobody looked meanwhile. */
  readonly estimatedUsd?: number | undefined;
  /** What was paid in meanwhile; only of the account. */
  readonly toppedUpUsd?: number | undefined;
  /** Something of it is not known, as the cost of a pod is not: it is at least this. */
  readonly isAtLeast?: boolean | undefined;
  /** When people were told that it comes near. */
  readonly nearAtMs?: number | undefined;
  readonly trippedAtMs?: number | undefined;
  /** When a person lifted it: it holds nothing any more until the next period. */
  readonly unfrozenAtMs?: number | undefined;
  /** When it was over, and people were told so where they had to know. */
  readonly overAtMs?: number | undefined;
}

/** A pod that is stopped, and since when that was seen. */
export interface StoppedPod {
  readonly podId: string;
  readonly name: string;
  readonly sinceMs: number;
  /** Since when nobody looked away: before, it may have run meanwhile. Its end counts from then. */
  readonly watchedSinceMs?: number | undefined;
  /** When it was last known to be stopped, while that is not known. */
  readonly unsureSinceMs?: number | undefined;
  /** When its end was announced, and when people were told of it last. */
  readonly warnedAtMs?: number | undefined;
  readonly toldAtMs?: number | undefined;
}

/** What is told again while it lasts. */
export interface Reminded {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** How many times it was told, the first included. */
  readonly times: number;
  /** When somebody has said to be on it: nobody is reminded for a while. */
  readonly onItAtMs?: number | undefined;
}

/** A look at which the balance had fallen. */
export interface BalancePoint {
  readonly atMs: number;
  /** The look before: it fell between the two. */
  readonly sinceMs: number;
  readonly balanceUsd: number;
  /** What the pods can have cost since the point before, at the most; undefined: not known. */
  readonly podsUsd?: number | undefined;
  /** The same since `sinceMs`. */
  readonly lastPodsUsd?: number | undefined;
}

/** How much the pods cost together, and until when they may have. */
export interface PodsRate {
  readonly untilMs: number;
  /** Undefined: not known. */
  readonly perHrUsd?: number | undefined;
}

/** How the balance has fallen, without a rise and without a time in which nobody looked. */
export interface Falling {
  readonly sinceMs: number;
  /** The last look. */
  readonly atMs: number;
  readonly balanceUsd: number;
  /** Where it fell, the oldest first. */
  readonly points: readonly BalancePoint[];
  /** What the pods can have cost since the last point, or else the beginning, at the most; undefined: not known. */
  readonly podsUsd?: number | undefined;
  /** What the pods cost now, after what they cost of late if that was more: RunPod charges it later. */
  readonly rates: readonly PodsRate[];
}

export interface BurnRange {
  readonly leastPerHrUsd: number;
  readonly mostPerHrUsd: number;
}

/** When the balance is charged, as far as polls show it: by the second, or in ticks of minutes. */
export interface Charges {
  /** It last fell after this poll, and by that one. */
  readonly afterMs: number;
  readonly byMs: number;
  /** It falls so often, and not in between. Undefined: not known, or all the time. */
  readonly everyMs?: number | undefined;
  /** It falls all the time, as far as polls so far apart can tell: each showed what burned between them. */
  readonly steadyMs?: number | undefined;
  /** What burned since it last fell, in dollars an hour; undefined: that was not known all the time. */
  readonly burn?: BurnRange | undefined;
}
