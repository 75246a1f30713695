import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Refused } from "#http/operations/refused.ts";
import { cluster, hourMs, pod } from "../../guard/samples.ts";
import { daemonWith, settingsOf } from "./daemon.ts";

const pods = [
  pod({ id: "p1", name: "trainer" }),
  pod({ id: "p2", name: "eval" }),
  pod({ id: "k1", name: "keep-me" }),
  pod({ id: "l1", name: "db", isLocked: true }),
  pod({ id: "u1", name: "", rawName: undefined }),
  cluster(),
];
const ids = [...pods.map(({ id }) => id), "m1", "p9"];

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      action: fc.constantFrom("stop", "terminate", "extend", "touch"),
      podId: fc.constantFrom(...ids),
      run: fc.constantFrom("none", "present", "another"),
      by: fc.constantFrom("on the page", "over the API"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("runpod" as const),
      isBlind: fc.boolean(),
      isLying: fc.boolean(),
      isSlow: fc.boolean(),
      hasFault: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { kind: "poll" as const },
      { kind: "protect p2" as const },
      { kind: "restart p1" as const },
      { kind: "the guard ends p1" as const },
      { kind: "interrupt" as const },
    ),
  },
);

it("whatever is asked for in whatever order, each operation ends once, and nothing that must not be ended is asked to end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const daemon = await daemonWith({ pods, config: { protect: ["keep-*"] } });
      const { model, operations } = daemon;
      const protecting = await settingsOf({ protect: ["keep-*", "p2"] });
      let protectedFrom = Infinity;
      const asking: Promise<unknown>[] = [];

      for (const each of steps) {
        switch (each.kind) {
          case "ask": {
            const { action, podId, by } = each;
            const run = each.run === "present" ? daemon.run(podId) : "another";
            const forMs = action === "extend" ? { forMs: hourMs } : {};
            const meant = each.run === "none" ? {} : { run };
            const answer = daemon.ask({ action, podId, by, ...forMs, ...meant });
            asking.push(answer.catch((error: unknown) => error));
            break;
          }
          case "runpod":
            model.isBlind = each.isBlind;
            model.isLying = each.isLying;
            model.beforeLook = () => (each.isSlow ? pause(2) : Promise.resolve());
            model.afterEnd = () =>
              each.hasFault ? Promise.reject(new Error("a fault")) : Promise.resolve();
            break;
          case "poll":
            await daemon.poll();
            break;
          case "protect p2":
            daemon.live.replace({ ...daemon.settings, protect: protecting.protect });
            protectedFrom = Math.min(protectedFrom, model.asked.length);
            break;
          case "restart p1":
            model.pods = model.pods.map((found) =>
              found.id === "p1" ? (pods[0] ?? found) : found,
            );
            model.startedAtMs.set("p1", Date.now());
            break;
          case "the guard ends p1": {
            const waiting = {
              by: "guard",
              patienceMs: 5,
              signal: new AbortController().signal,
            } as const;
            asking.push(daemon.turns.take("p1", () => pause(1), waiting));
            break;
          }
          case "interrupt":
            daemon.interrupt();
        }
      }
      model.isBlind = false;
      const answers = await Promise.all(asking);
      await operations.idle();

      // What was asked for in the very moment of the reload had been looked at before.
      const afterwards = model.asked.slice(protectedFrom + 1);
      expect(afterwards.filter((asked) => asked.endsWith(" p2"))).toEqual([]);
      expect(model.asked.filter((asked) => /( k1| l1| u1| m1|stop c1)$/.test(asked))).toEqual([]);
      const latest = operations.latest();
      for (const { id, state, words } of latest) {
        expect(state).not.toBe("running");
        expect(words).not.toBe("");
        const ends = daemon.changes.filter(
          (change) => change.id === id && change.state !== "running",
        );
        expect(ends).toHaveLength(1);
        expect(daemon.changes.findLast((change) => change.id === id)?.state).toBe(state);
      }
      const over = daemon.entries.filter(([message]) => message === "operation over");
      const begun = daemon.entries.filter(([message]) => message === "operation asked for");
      expect(over).toHaveLength(begun.length);
      const bugs = answers.filter(
        (answer) => answer instanceof Error && !(answer instanceof Refused),
      );
      expect(bugs).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
