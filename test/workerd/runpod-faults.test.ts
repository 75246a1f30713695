import { describe, expect, it } from "vitest";
import type { Fault } from "#simulator/faults.ts";
import { policyWith } from "../guard/samples.ts";
import { minuteMs, world } from "./world.ts";

const pod = { id: "p1", name: "trainer", costPerHrUsd: 1.49 };
const policy = policyWith({
  blindAfterMs: 2 * minuteMs,
  thresholds: [
    {
      name: "emergency",
      belowUsd: 10,
      answers: ["notify"],
      backstop: { action: "stop", afterMs: 0 },
    },
  ],
});

/** What RunPod answers, and of what people are told in time. */
const faults: readonly (readonly [fault: Fault, event: "blind" | "pods-blind"])[] = [
  ["http-401", "blind"],
  ["http-429", "blind"],
  ["http-500", "blind"],
  ["http-502-html", "blind"],
  ["html-200", "blind"],
  ["http-101", "blind"],
  ["drop", "blind"],
  ["short", "blind"],
  ["silence", "blind"],
  ["slow-drip", "blind"],
  ["array", "blind"],
  ["balance-null", "blind"],
  ["balance-nan", "blind"],
  ["balance-text", "blind"],
  ["balance-infinite", "blind"],
];

describe.concurrent("the guard outside, whose looks are answered by RunPod with", () => {
  it.for(faults)(
    "%s, stops nothing, says that it is blind, and goes on when it sees",
    async ([fault, event], test) => {
      const its = await world(test, { pods: [pod], balanceUsd: 9, policy });
      await its.send();
      await its.test({ speed: 20 });
      its.simulator.failAll(fault);
      await its.wakeAfter(11 * minuteMs);
      await its.minutes(3);
      const whileBlind = { events: its.events(), status: its.simulator.account.pod("p1")?.status };
      its.simulator.clearFaults();

      await its.minutes(2);

      expect(whileBlind.status).toBe("RUNNING");
      expect(whileBlind.events).toEqual(["silent", event]);
      expect(its.events()).toContain("trip");
      expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
    },
  );

  it.for<Fault>(["http-500", "http-101", "silence", "drop", "stop-errors-but-happens"])(
    "%s to a stop, asks again until the pod has stopped, and says once that it has",
    async (fault, test) => {
      const its = await world(test, { pods: [pod], balanceUsd: 9, policy });
      await its.send();
      await its.test({ speed: 20 });
      its.simulator.failNext(fault, 1, "mutations");

      await its.wakeAfter(11 * minuteMs);
      await its.minutes(3);

      expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
      const { answer } = await its.send();
      if (answer.kind !== "heard" || answer.back === undefined)
        throw new Error("nothing came back");
      const ends = answer.back.theirs.state.match(/"type":"stop"/g);
      expect(ends).toHaveLength(1);
    },
  );
});
