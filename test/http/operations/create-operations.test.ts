import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Refused } from "#http/operations/refused.ts";
import { cluster, hourMs, pod } from "../../guard/samples.ts";
import { daemonWith, settingsOf } from "./daemon.ts";

/** A promise that the test settles. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

const refusedWith = (refusal: string, words: string): unknown =>
  expect.objectContaining({ refusal, message: expect.stringContaining(words) });

describe("a stop from the page", () => {
  it("shows its proof as it comes, and ends once", async () => {
    const daemon = await daemonWith();

    const over = await daemon.did({ run: daemon.run() });

    expect(over).toMatchObject({ state: "done", pod_name: "trainer", action: "stop" });
    expect(over.words).toMatch(
      /^Stopped pod trainer \(p1\): ran 1 h.*the pod is EXITED; the burn fell/,
    );
    expect(over.steps.map(({ words }) => words)).toEqual([
      "polling whether it may be done",
      "asked RunPod to stop it, waiting for proof",
    ]);
    expect(daemon.model.asked).toEqual(["stop p1"]);
    expect(daemon.wishes()).toBe(1);
    expect(daemon.changes.filter(({ state }) => state !== "running")).toHaveLength(1);
    expect(daemon.changes[0]).toMatchObject({ state: "running", pod_name: "trainer" });
  });

  it("stands in the history with who asked, and the daemon takes it for no end by someone else", async () => {
    const daemon = await daemonWith();

    await daemon.did();

    expect(await daemon.history()).toMatchObject([
      {
        type: "stop",
        reason: "manual",
        because: expect.stringMatching(/^on the page; the pod is/),
      },
    ]);
    await daemon.poll();
    const { unrecorded } = daemon.state();
    expect(unrecorded.find(({ type }) => type === "stop")).toMatchObject({
      reason: "manual",
      because: "stopped by hand",
    });
  });

  it("stands in the log with who asked, when it was asked for and when it is over", async () => {
    const daemon = await daemonWith();

    const { id } = await daemon.did({ by: "in a notification" });

    const facts = { operation: id, action: "stop", podId: "p1", by: "in a notification" };
    expect(daemon.entries).toContainEqual(["operation asked for", expect.objectContaining(facts)]);
    expect(daemon.entries).toContainEqual([
      "operation over",
      expect.objectContaining({ ...facts, state: "done" }),
    ]);
  });

  it("of a pod that has stopped already is done, and asks for nothing", async () => {
    const daemon = await daemonWith({ pods: [pod({ status: "stopped" })] });

    const over = await daemon.did();

    expect(over).toMatchObject({
      state: "done",
      words: "Nothing to stop: pod trainer (p1) is already EXITED",
    });
    expect(daemon.model.asked).toEqual([]);
  });

  it("that RunPod says yes to and does not do is unproven", async () => {
    const daemon = await daemonWith();
    daemon.model.isLying = true;

    const over = await daemon.did();

    expect(over).toMatchObject({
      state: "unproven",
      words:
        "Not proven ended: pod trainer (p1): RunPod accepted the request, but the pod still runs. It may still run and cost money.",
    });
    expect(over.steps.at(-1)?.words).toContain("waiting for proof");
    expect(await daemon.history()).toEqual([]);
  });

  it("that throws is unproven, in words, and the next one is carried out", async () => {
    const daemon = await daemonWith();
    daemon.model.afterEnd = () => Promise.reject(new Error("a fault in a part"));

    const over = await daemon.did();

    expect(over).toMatchObject({
      state: "unproven",
      words: expect.stringContaining("It failed (a fault in a part). RunPod was asked"),
    });
    daemon.model.afterEnd = () => Promise.resolve();
    expect(await daemon.did()).toMatchObject({ state: "done" });
  });

  it("is answered with what it is while a poll hangs, and shows then what it came to", async () => {
    const daemon = await daemonWith({ paces: {} });
    const { opened, open } = gate();
    daemon.model.beforeLook = () => opened;

    const asking = daemon.ask();
    await nextTurn();
    expect(daemon.operations.latest()).toMatchObject([{ state: "running", pod_id: "p1" }]);
    open();

    expect(await asking).toMatchObject({ pod_id: "p1" });
    await daemon.operations.idle();
    expect(daemon.operations.latest()).toMatchObject([{ state: "done" }]);
  });
});

describe("a terminate", () => {
  it("of a cluster says how many pods end, and of which", async () => {
    const daemon = await daemonWith({ pods: [cluster()] });

    const over = await daemon.did({ action: "terminate", podId: "c1" });

    expect(over).toMatchObject({ state: "done", pod_name: "llama" });
    expect(over.words).toContain("Terminated cluster llama (c1): ran 1 h 0 min, cost $4.00;");
    expect(over.steps[1]?.words).toBe("all 2 pods of the cluster end with it");
    expect(daemon.model.asked).toEqual(["terminate c1"]);
  });

  it("of a pod that has stopped is carried out: its disk costs", async () => {
    const daemon = await daemonWith({ pods: [pod({ status: "stopped" })] });

    expect(await daemon.did({ action: "terminate" })).toMatchObject({ state: "done" });
    expect(daemon.model.asked).toEqual(["terminate p1"]);
  });

  it("asked for while the same pod is being stopped comes after that", async () => {
    const daemon = await daemonWith();
    const { opened, open } = gate();
    daemon.model.afterEnd = () => opened;
    const stopping = await daemon.ask();
    const terminating = await daemon.ask({ action: "terminate" });
    expect(terminating.id).not.toBe(stopping.id);
    open();

    await daemon.operations.idle();

    expect(daemon.model.asked).toEqual(["stop p1", "terminate p1"]);
    expect(daemon.operations.of(terminating.id)).toMatchObject({ state: "done" });
    expect(daemon.operations.of(terminating.id)?.steps.map(({ words }) => words)).toContain(
      "it is being ended already: waiting for that",
    );
  });
});

describe("an end is refused, and RunPod is asked for nothing,", () => {
  it.each([
    ["of a protected pod", [pod()], { protect: ["train*"] }, {}, "is protected"],
    ["of a locked pod", [pod({ isLocked: true })], {}, {}, "is locked"],
    [
      "of a pod of which it is not known whether it is locked",
      [pod({ isLocked: undefined })],
      {},
      {},
      "whether it is locked is unknown",
    ],
    ["of a pod with an unknown name", [pod({ rawName: undefined })], {}, {}, "its name is unknown"],
    [
      "if it is a cluster to be stopped",
      [cluster()],
      {},
      { podId: "c1" },
      "only terminated as a whole",
    ],
    [
      "if it is a pod in a cluster",
      [cluster()],
      {},
      { podId: "m1" },
      "Nothing can be done to it by itself",
    ],
    ["if another run is meant", [pod()], {}, { run: "another" }, "it was restarted since"],
  ] as const)("%s", async (_sentence, pods, config, asked, words) => {
    const daemon = await daemonWith({ pods, config });

    await expect(daemon.ask(asked)).rejects.toEqual(refusedWith("conflict", words));

    expect(daemon.model.asked).toEqual([]);
    expect(daemon.operations.latest().every(({ state }) => state === "refused")).toBe(true);
    expect(await daemon.history()).toEqual([]);
  });

  it("when the run that is meant is over", async () => {
    const daemon = await daemonWith();
    const run = daemon.run();
    daemon.model.pods = [pod({ status: "stopped" })];

    await expect(daemon.ask({ action: "terminate", run })).rejects.toEqual(
      refusedWith("conflict", "that run is over"),
    );
    expect(daemon.model.asked).toEqual([]);
  });

  it("when the pod was restarted since the last poll of the daemon", async () => {
    const daemon = await daemonWith();
    const run = daemon.run();
    daemon.model.startedAtMs.set("p1", Date.now() - 1_000);

    await expect(daemon.ask({ run })).rejects.toEqual(refusedWith("conflict", "restarted since"));
    expect(daemon.model.asked).toEqual([]);
  });

  it("of a pod that nobody knows: by a part of its id or by its name none is meant", async () => {
    const daemon = await daemonWith();

    for (const podId of ["p", "trainer", "p12", "../p1", "__proto__"]) {
      await expect(daemon.ask({ podId })).rejects.toEqual(
        refusedWith("not-found", "There is no pod with the id"),
      );
    }
    expect(daemon.operations.latest()).toEqual([]);
    expect(daemon.model.asked).toEqual([]);
  });

  it("when RunPod is not seen", async () => {
    const daemon = await daemonWith();
    daemon.model.isBlind = true;

    await expect(daemon.ask()).rejects.toEqual(
      refusedWith("unavailable", "The poll failed: connection refused. Nothing was changed."),
    );
    expect(daemon.model.asked).toEqual([]);
  });

  it("when a reload protects the pod while it is on its way", async () => {
    const daemon = await daemonWith();
    const protecting = await settingsOf({ protect: ["trainer"] });
    // The first poll shows that it may be ended, the one right before it no more.
    daemon.model.beforeLook = () => {
      if (daemon.model.looks >= 3)
        daemon.live.replace({ ...protecting, stateFile: daemon.settings.stateFile });
      return Promise.resolve();
    };

    const over = await daemon.did();

    expect(over).toMatchObject({
      state: "refused",
      words: expect.stringContaining("is protected"),
    });
    expect(daemon.model.asked).toEqual([]);
  });

  it("when a reload puts another account in place of the one it was asked for in", async () => {
    const daemon = await daemonWith();
    daemon.model.beforeLook = () => {
      if (daemon.model.looks >= 3)
        daemon.live.replace({ ...daemon.settings, apiKey: "another-key-for-tests" });
      return Promise.resolve();
    };

    const over = await daemon.did();

    expect(over).toMatchObject({
      state: "refused",
      words: expect.stringContaining("another account, or another key"),
    });
    expect(daemon.model.asked).toEqual([]);
  });

  it("and nothing is taken for proof that another account does not list", async () => {
    const daemon = await daemonWith();
    daemon.model.isLying = true;
    daemon.model.afterEnd = () => {
      daemon.live.replace({ ...daemon.settings, apiKey: "another-key-for-tests" });
      daemon.model.pods = [];
      return Promise.resolve();
    };

    expect(await daemon.did()).toMatchObject({ state: "unproven" });
  });
});

describe("two people who press Stop at once", () => {
  it("have pressed it once, and both see how it goes on", async () => {
    const daemon = await daemonWith();

    const [one, other] = await Promise.all([daemon.ask(), daemon.ask({ by: "over the API" })]);
    await daemon.operations.idle();

    expect(other.id).toBe(one.id);
    expect(daemon.model.asked).toEqual(["stop p1"]);
    expect(daemon.operations.latest()).toHaveLength(1);
    expect(await daemon.history()).toHaveLength(1);
    expect(daemon.entries).toContainEqual([
      "operation asked for again",
      expect.objectContaining({ operation: one.id, by: "over the API" }),
    ]);
  });

  it("and mean different runs are not both heard", async () => {
    const daemon = await daemonWith();

    const asked = [daemon.ask({ run: daemon.run() }), daemon.ask({ run: "another" })];
    const [one, other] = await Promise.allSettled(asked);

    expect(one?.status).toBe("fulfilled");
    expect(other).toMatchObject({ status: "rejected", reason: expect.any(Refused) });
    await daemon.operations.idle();
    expect(daemon.model.asked).toEqual(["stop p1"]);
  });
});

describe("two who press Stop at once, one of them for a run that is over,", () => {
  it.each([
    ["the other names the run", true],
    ["the other means the pod as it runs", false],
  ])("are each told what is true: %s", async (_, isNamed) => {
    const daemon = await daemonWith();
    const run = isNamed ? daemon.run() : undefined;

    const [stale, right] = await Promise.allSettled([
      daemon.ask({ run: "stale" }),
      daemon.ask({ run }),
    ]);
    await daemon.operations.idle();

    expect(stale).toMatchObject({ status: "rejected", reason: expect.any(Refused) });
    expect(right.status).toBe("fulfilled");
    expect(daemon.model.asked).toEqual(["stop p1"]);
  });

  it("one after the other: what is under way for the right one is not his", async () => {
    const daemon = await daemonWith();
    const { opened, open } = gate();
    daemon.model.afterEnd = () => opened;

    const { id } = await daemon.ask();
    expect((await daemon.ask({ run: daemon.run() })).id).toBe(id);
    expect((await daemon.ask()).id).toBe(id);
    const stale = daemon.ask({ run: "stale" });
    open();

    await expect(stale).rejects.toEqual(refusedWith("conflict", "p1"));
    await daemon.operations.idle();
    expect(daemon.model.asked).toEqual(["stop p1"]);
  });
});

describe("whoever has something to give back", () => {
  it("hears that nothing was done, also when that comes after it had begun; so does who asked for the same", async () => {
    const daemon = await daemonWith();
    const { opened, open } = gate();
    const signal = new AbortController().signal;
    const guard = daemon.turns.take("p1", () => opened, { by: "guard", patienceMs: 0, signal });
    const heard: string[] = [];
    const run = daemon.run();
    const { id } = await daemon.ask({ run, onUndone: async () => heard.push("one") });
    await daemon.ask({ run, onUndone: async () => heard.push("other") });
    daemon.model.startedAtMs.set("p1", Date.now() - 1_000);
    open();
    await guard;
    await daemon.operations.idle();

    expect(daemon.operations.of(id)).toMatchObject({ state: "refused" });
    expect(heard).toEqual(["one", "other"]);
  });

  it("hears it when the daemon ends before RunPod was asked", async () => {
    const daemon = await daemonWith();
    daemon.model.beforeLook = () => {
      daemon.interrupt();
      return new Promise(() => undefined);
    };
    const heard: string[] = [];

    await daemon.did({ onUndone: async () => heard.push("undone") });

    expect(heard).toEqual(["undone"]);
  });

  it.each([
    ["was done", false],
    ["was asked of RunPod, and not proven", true],
  ])("hears nothing of what %s", async (_, isLying) => {
    const daemon = await daemonWith();
    daemon.model.isLying = isLying;
    const heard: string[] = [];

    await daemon.did({ onUndone: async () => heard.push("undone") });

    expect(heard).toEqual([]);
  });
});

describe("a stop while the guard ends the same pod", () => {
  it("waits for the guard, and does not ask RunPod again", async () => {
    const daemon = await daemonWith();
    const { opened, open } = gate();
    const signal = new AbortController().signal;
    const guard = daemon.turns.take("p1", () => opened, { by: "guard", patienceMs: 0, signal });
    const asking = daemon.ask();
    const { id } = await asking;
    daemon.model.pods = [pod({ status: "stopped" })];
    open();
    await guard;
    await daemon.operations.idle();

    expect(daemon.operations.of(id)).toMatchObject({
      state: "done",
      words: "Pod trainer (p1): the pod is EXITED already.",
    });
    expect(daemon.model.asked).toEqual([]);
    expect(await daemon.history()).toEqual([]);
  });

  it("ends no run that was begun meanwhile", async () => {
    const daemon = await daemonWith();
    const { opened, open } = gate();
    const signal = new AbortController().signal;
    const guard = daemon.turns.take("p1", () => opened, { by: "guard", patienceMs: 0, signal });
    const { id } = await daemon.ask({ run: daemon.run() });
    daemon.model.startedAtMs.set("p1", Date.now() - 1_000);
    open();
    await guard;
    await daemon.operations.idle();

    expect(daemon.operations.of(id)).toMatchObject({ state: "refused" });
    expect(daemon.model.asked).toEqual([]);
  });
});

describe("the end of the daemon", () => {
  it("interrupts what runs, which says whether RunPod was asked", async () => {
    const daemon = await daemonWith();
    daemon.model.isLying = true;
    daemon.model.afterEnd = () => {
      daemon.interrupt();
      return Promise.resolve();
    };

    const over = await daemon.did();

    expect(over).toMatchObject({
      state: "interrupted",
      words: "Pod trainer (p1): RunPod was asked, but no poll has proven it.",
    });
  });

  it("interrupts what hangs, too", async () => {
    const daemon = await daemonWith();
    daemon.model.beforeLook = () => {
      if (daemon.model.looks >= 3) {
        daemon.interrupt();
        return new Promise(() => undefined);
      }
      return Promise.resolve();
    };

    const over = await daemon.did();

    expect(over).toMatchObject({
      state: "interrupted",
      words: expect.stringContaining("RunPod was not asked"),
    });
  });

  it("begins nothing any more", async () => {
    const daemon = await daemonWith();
    daemon.interrupt();

    await expect(daemon.ask()).rejects.toEqual(refusedWith("unavailable", "The daemon is ending"));
    expect(daemon.operations.latest()).toEqual([]);
  });
});

describe("a dry run", () => {
  it.each([
    ["stop", "RunPod would have been asked to stop pod trainer (p1)"],
    ["terminate", "RunPod would have been asked to terminate pod trainer (p1)"],
    ["touch", "Pod trainer (p1) would have counted as active"],
    ["extend", "it would have been extended. The lease of pod trainer (p1) ends at"],
  ] as const)("says what a %s would have done, and does nothing", async (action, words) => {
    const daemon = await daemonWith({ dryRun: true });
    const { looks } = daemon.model;

    const over = await daemon.did({ action, forMs: hourMs });

    expect(over).toMatchObject({ state: "done", words: expect.stringContaining(words) });
    expect(over.words).toMatch(/^Dry run, so nothing was changed: /);
    expect(daemon.model.asked).toEqual([]);
    expect(daemon.model.looks).toBe(looks);
    expect(await daemon.leases.read()).toEqual({ leases: {}, touchedAtMs: {} });
    expect(await daemon.history()).toEqual([]);
  });

  it("refuses what it would refuse", async () => {
    const daemon = await daemonWith({ dryRun: true, config: { protect: ["*"] } });

    await expect(daemon.ask()).rejects.toEqual(refusedWith("conflict", "is protected"));
    await expect(daemon.ask({ action: "extend", forMs: hourMs })).rejects.toEqual(
      refusedWith("conflict", "it is protected, so no guard stops it"),
    );
  });
});

describe("an extend", () => {
  it("gives the pod time at once, and says until when", async () => {
    const daemon = await daemonWith();

    const over = await daemon.did({ action: "extend", forMs: 2 * hourMs, run: daemon.run() });

    expect(over).toMatchObject({ state: "done" });
    expect(over.words).toMatch(/^The lease of pod trainer \(p1\) ends at \d{4}-\d\d-\d\d \d\d:\d\d UTC, in (4 h 59 min|5 h)/);
    expect(daemon.state().runs["p1"]?.lease?.endsAtMs).toBeGreaterThan(Date.now() + 4.9 * hourMs);
    expect(await daemon.history()).toMatchObject([
      { type: "extend", because: "extended by 2 h 0 min on the page" },
    ]);
  });

  it("pressed twice at once is one", async () => {
    const daemon = await daemonWith();

    const wish = { action: "extend", forMs: hourMs } as const;
    const [one, other] = await Promise.all([daemon.ask(wish), daemon.ask(wish)]);

    expect(other.id).toBe(one.id);
    expect(daemon.state().runs["p1"]?.lease?.endsAtMs).toBeLessThan(Date.now() + 4.1 * hourMs);
  });

  it.each([
    ["beyond max_hours", [pod()], {}, 20 * hourMs, "can get at most"],
    ["of a protected pod", [pod()], { protect: ["p1"] }, hourMs, "it is protected"],
    ["of a pod that does not run", [pod({ status: "stopped" })], {}, hourMs, "is not running"],
    ["without a lease guard", [pod()], { guards: {} }, hourMs, "the config has no lease guard"],
  ] as const)("is refused %s", async (_sentence, pods, config, forMs, words) => {
    const daemon = await daemonWith({ pods, config });

    await expect(daemon.ask({ action: "extend", forMs })).rejects.toEqual(
      refusedWith("conflict", words),
    );
    expect(await daemon.leases.read()).toEqual({ leases: {}, touchedAtMs: {} });
  });

  it("is refused once the guard ends the pod: it gets no more time", async () => {
    const daemon = await daemonWith({
      config: {
        guards: { lease: { action: "stop", default_hours: 0.5, max_hours: 8 }, warn_minutes: 0 },
      },
    });
    await daemon.poll();
    await daemon.poll();
    expect(daemon.state().owed).toMatchObject([{ kind: "end-run", podId: "p1" }]);

    await expect(daemon.ask({ action: "extend", forMs: hourMs })).rejects.toEqual(
      refusedWith("conflict", "is already being stopped"),
    );
  });
});

describe("a touch", () => {
  it("counts at once, and stands in the history with who did it", async () => {
    const daemon = await daemonWith();
    const beganAtMs = Date.now();

    const over = await daemon.did({ action: "touch", by: "over the API" });

    expect(over).toMatchObject({
      state: "done",
      words: expect.stringContaining("counts as active"),
    });
    expect(daemon.state().runs["p1"]?.touchedAtMs).toBeGreaterThanOrEqual(beganAtMs);
    expect(await daemon.history()).toMatchObject([
      { type: "touch", because: "counts as active from now on, touched over the API" },
    ]);
  });

  it("that comes again and again is recorded once a minute, and counts each time", async () => {
    const daemon = await daemonWith();

    const wish = { action: "touch", by: "over the API" } as const;
    for (let n = 0; n < 5; n += 1) expect(await daemon.did(wish)).toMatchObject({ state: "done" });

    expect(await daemon.history()).toHaveLength(1);
  });
});

describe("many at once", () => {
  it("are at most 20, and RunPod is asked as by a few", async () => {
    const pods = Array.from({ length: 30 }, (_, n) => pod({ id: `p${n}`, name: `pod-${n}` }));
    const daemon = await daemonWith({ pods });
    const { opened, open } = gate();
    daemon.model.beforeLook = () => opened;
    daemon.model.looks = 0;

    const asking = Promise.allSettled(pods.map(({ id }) => daemon.ask({ podId: id })));
    await nextTurn();
    expect(daemon.model.looks).toBeLessThanOrEqual(1);
    open();
    const answers = await asking;
    await daemon.operations.idle();

    const refused = answers.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(10);
    expect(refused[0]).toMatchObject({ reason: { refusal: "too-many" } });
    expect(daemon.model.asked).toHaveLength(20);
    expect(daemon.operations.latest().map(({ state }) => state)).toEqual(
      Array.from({ length: 20 }, () => "done"),
    );
  });

  it("are kept up to 50, the newest first", async () => {
    const daemon = await daemonWith();

    for (let n = 0; n < 55; n += 1) await daemon.did({ action: "touch" });

    const latest = daemon.operations.latest();
    expect(latest).toHaveLength(50);
    expect(latest.map(({ asked_at }) => asked_at)).toEqual(
      latest
        .map(({ asked_at }) => asked_at)
        .toSorted()
        .toReversed(),
    );
  });
});
