import type { Effect } from "#guard/model/effect.ts";
import {
  cluster,
  hourMs,
  idleGuard,
  minuteMs,
  pod,
  policyWith,
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
      },
    }),
  );
  const pods = [
    pod({ name: 'tr"ain\\er\n{x="1"}' }),
    pod({ id: "p2", name: "keep-me" }),
    pod({ id: "p3", isLocked: true }),
    pod({ id: "p4", status: "stopped" }),
    cluster(),
  ];
  await clock.advanceTo(1_700_000_000_000);
  reload(60_000);
  poll("blind");
  for (const balanceUsd of [100, 9]) {
    await clock.advanceTo(clock.nowMs() + minuteMs);
    poll({ balanceUsd, pods });
    const atMs = clock.nowMs();
    take({
      kind: "measured",
      measured: { kind: "unmeasured", atMs, because: "timed out" },
      activity: {},
    });
  }
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
