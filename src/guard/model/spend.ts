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
  /** The last one up to now, if there was one within a week. */
  readonly lastMs?: number | undefined;
  /** The next one after now. */
  readonly nextMs?: number | undefined;
}

/** How far the account's spending is accounted for: each dollar once, over restarts too. */
export interface Accounted {
  /** The look up to which it is. */
  readonly atMs: number;
  readonly balanceUsd: number;
  readonly burnPerHrUsd?: number | undefined;
  /** What has burned since the balance last moved, and is not charged yet: RunPod charges every few minutes. */
  readonly dueUsd: number;
  /** When the balance last moved. */
  readonly movedAtMs: number;
}

/** A budget in one of its periods. */
export interface BudgetPeriod extends Period {
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
  /** When a person lifted its freeze. */
  readonly unfrozenAtMs?: number | undefined;
}

/** A pod that is stopped, and since when that was seen. */
export interface StoppedPod {
  readonly podId: string;
  readonly name: string;
  readonly sinceMs: number;
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
}

/** The balance at a moment, and how fast the pods that ran then cost money. */
export interface BalancePoint {
  readonly atMs: number;
  readonly balanceUsd: number;
  /** Undefined: not known. */
  readonly podsPerHrUsd?: number | undefined;
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
