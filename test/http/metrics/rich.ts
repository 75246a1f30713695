import type { Effect } from "#guard/model/effect.ts";
import {
  at,
  cluster,
  hourMs,
  idleGuard,
  pod,
  policyWith,
  sampleAt,
  seen,
} from "../../guard/samples.ts";
import { guarded } from "./guarded.ts";

/** A page on which every metric has series: all is known that can be, and all has happened once. */
export async function richPage(): Promise<string> {
  const { metrics, poll, take, page, clock, reload } = guarded(
    policyWith({
      protect: ["keep-*"],
      channels: [{ name: "phone", minSeverity: "info" }],
      podGuards: {
        ...policyWith().podGuards,
        idle: idleGuard,
        hardTimeout: { action: "stop", pods: ["*"], afterMs: 8 * hourMs },
        schedules: [{ name: "evening", action: "stop", pods: ["dev-*"] }],
      },
      budgets: [
        {
          name: "daily",
          limitUsd: 20,
          per: "day",
          action: "notify",
          freezes: true,
        },
      ],
      thresholds: [
        ...policyWith().thresholds,
        { name: "soon", belowHours: 1, answers: ["notify"], backstop: undefined },
      ],
    }),
  );
  const pods = [
    pod({ name: 'tr"ain\\er\n{x="1"}' }),
    pod({ id: "p2", name: "keep-me" }),
    pod({ id: "p3", isLocked: true }),
    pod({ id: "p4", status: "stopped" }),
    cluster(),
  ];
  await clock.advanceTo(at(0));
  reload(60_000);
  const period = { fromMs: at(-60), toMs: at(24 * 60) };
  const evening = { rule: "0 19 * * *", nextMs: at(60) };
  take({
    kind: "moments",
    moments: { atMs: at(0), periods: { daily: period }, schedules: { evening } },
  });
  poll("blind");
  for (const minute of [1, 2]) {
    await clock.advanceTo(at(minute));
    poll({ balanceUsd: 10 - minute, pods });
    const samples = [sampleAt(minute)];
    const measured = { kind: "measured", atMs: at(minute), samples } as const;
    take({ kind: "measured", measured, activity: {} });
  }
  const measured = { kind: "unmeasured", atMs: at(2), because: "timed out" } as const;
  take({ kind: "measured", measured, activity: {} });
  metrics.shown.polled(seen(), 400);
  metrics.shown.reloaded(undefined);
  metrics.shown.settled({ kind: "notify", id: "n1", channel: "phone" } as unknown as Effect, {
    kind: "done",
    because: "sent",
    tail: "",
  });
  for (const [path, code] of [
    ["/", 200],
    ["/metrics", 200],
    ["/api/live", 401],
  ] as const) {
    metrics.counts.answered(path, code);
  }
  metrics.counts.streamBegan();
  return page();
}
