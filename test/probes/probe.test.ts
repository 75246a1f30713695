import { describe, expect, it } from "vitest";
import { createRunner } from "#process/runner.ts";
import type { Command, Ran, Runner } from "#ports.ts";
import { createProbe, type Probe } from "#probes/probe.ts";
import type { ProbeSettings } from "#probes/settings.ts";
import { pages, serving } from "./pages.ts";

const never = new AbortController().signal;
const pod = { podId: "p1", podName: "trainer" };
const running = { metric: "running", activeWhen: { kind: "above", above: 0 } } as const;

/** A runner whose programs all end like this, and what it was asked to run. */
function ending(ran: Ran): { readonly runner: Runner; readonly commands: Command[] } {
  const commands: Command[] = [];
  const run = (command: Command): Promise<Ran> => {
    commands.push(command);
    return Promise.resolve(ran);
  };
  return { runner: { run }, commands };
}

function exit(code: number): Ran {
  return { kind: "exited", code, tail: "", tookMs: 1 };
}

function probeWith(settings: Partial<ProbeSettings>, runner = ending(exit(0)).runner): Probe {
  const all = { activityCommand: [], activityMetrics: [], ...settings };
  return createProbe({ runner, settings: () => all });
}

const active = "activity_command exited with 0";
const is = "running is 1, above 0";
const nothing = "no probe shows activity";

describe("command and metrics together", () => {
  it.each<[string, number, string, [isActive: boolean, because: string, hasFailed: boolean]]>([
    ["neither shows activity", 1, "running 0\n", [false, nothing, false]],
    ["the command alone", 0, "running 0\n", [true, active, false]],
    ["the metric alone", 1, "running 1\n", [true, is, false]],
    ["both: the command is named", 0, "running 1\n", [true, active, false]],
    ["a metric that fails decides when nothing else does", 1, "", [true, "FAULT", true]],
    ["and is told when something else does", 0, "", [true, `${active}; FAULT`, true]],
  ])("%s", async (_sentence, code, page, [isActive, because, hasFailed]) => {
    const url = await serving(pages(page));
    const settings = { activityCommand: ["probe"], activityMetrics: [{ ...running, url }] };

    const activity = await probeWith(settings, ending(exit(code)).runner)(pod, {}, never);

    const fault = `running at ${new URL(url).host}: its page has no number of that name`;
    const words = because.replace("FAULT", fault);
    expect(activity).toEqual({ isActive, because: words, hasFailed, counters: {} });
  });

  it("the first of several metrics that shows activity is named, and all are counted", async () => {
    const url = await serving(pages("running 0\ndone 2\nwaiting 3\n"));
    const activityMetrics = [
      { ...running, url },
      { metric: "done", url, activeWhen: { kind: "increases" } } as const,
      { ...running, url, metric: "waiting" },
    ];
    const probe = probeWith({ activityMetrics });

    const first = await probe(pod, {}, never);
    const key = Object.keys(first === "interrupted" ? {} : first.counters).join();
    const second = await probe(pod, { [key]: 1 }, never);

    expect(first).toMatchObject({ because: "waiting is 3, above 0", counters: { [key]: 2 } });
    expect(second).toMatchObject({ because: "done rose from 1 to 2", counters: { [key]: 2 } });
  });

  it("every failure is told", async () => {
    const url = await serving(pages("running 1\n"));
    const activityMetrics = ["a", "b"].map((metric) => ({ ...running, url, metric }));
    const { runner } = ending({ kind: "not-started", because: "it is gone" });

    const activity = await probeWith({ activityCommand: ["probe"], activityMetrics }, runner)(
      pod,
      {},
      never,
    );

    expect(activity).toMatchObject({
      isActive: true,
      hasFailed: true,
      because: expect.stringMatching(/^activity_command: it is gone; a at .*; b at /),
    });
  });

  it("nothing is asked where nothing is to be asked", async () => {
    const { runner, commands } = ending(exit(0));

    const activity = await probeWith({}, runner)(pod, {}, never);

    expect(activity).toEqual({
      isActive: false,
      because: nothing,
      hasFailed: false,
      counters: {},
    });
    expect(commands).toEqual([]);
  });

  it("settings are read anew each time", async () => {
    const { runner, commands } = ending(exit(1));
    const names = ["first", "second"];
    const settings = () => ({ activityCommand: [names.shift() ?? ""], activityMetrics: [] });
    const probe = createProbe({ runner, settings });

    await probe(pod, {}, never);
    await probe(pod, {}, never);

    expect(commands.map(({ argv }) => argv)).toEqual([["first"], ["second"]]);
  });
});

describe("the limits", () => {
  it("are 30 s for the command, with the pod in its environment", async () => {
    const { runner, commands } = ending(exit(0));

    await probeWith({ activityCommand: ["probe", "{pod_id}"] }, runner)(pod, {}, never);

    expect(commands).toEqual([
      {
        argv: ["probe", "p1"],
        env: { RUNPODBOSS_POD_ID: "p1", RUNPODBOSS_POD_NAME: "trainer" },
        timeLimitMs: 30_000,
      },
    ]);
  });

  it.each([
    ["just within 1 MiB", 2 ** 20, is],
    ["beyond 1 MiB", 2 ** 20 + 1, "the answer is over 1 MiB"],
  ])("let through a page %s as it may be", async (_sentence, bytes, words) => {
    const url = await serving(pages("running 1\n".padEnd(bytes)));

    const activity = await probeWith({ activityMetrics: [{ ...running, url }] })(pod, {}, never);

    expect(activity).toMatchObject({ because: expect.stringContaining(words) });
  });

  it("can be shorter", async () => {
    const url = await serving(() => {});
    const probe = createProbe({
      runner: createRunner({ termGraceMs: 300, abortGraceMs: 300 }),
      settings: () => ({
        activityCommand: ["sleep", "60"],
        activityMetrics: [{ ...running, url }],
      }),
      commandTimeLimitMs: 100,
      pageTimeLimitMs: 100,
    });

    const activity = await probe(pod, {}, never);

    expect(activity).toMatchObject({
      isActive: true,
      hasFailed: true,
      because: `activity_command: timed out after 0.1 s; running at ${new URL(url).host}: no complete answer within 0.1 s`,
    });
  });
});

describe("what people see", () => {
  it.each([
    ["has nothing that moves a cursor", "gone\u001b[2J\r\n\u202eevil", "gone [2J evil"],
    ["is not long", "x".repeat(500), "x".repeat(200)],
    ["is not cut in the midst of a character", `${"x".repeat(181)}😀`, "x".repeat(181)],
  ])("%s", async (_sentence, because, shown) => {
    const { runner } = ending({ kind: "not-started", because });

    const activity = await probeWith({ activityCommand: ["probe"] }, runner)(pod, {}, never);

    const words = `activity_command: ${shown}`.slice(0, 200);
    expect(activity).toMatchObject({ because: words });
  });
});

describe("an interruption", () => {
  it("of the command or of a page is no finding", async () => {
    const interruption = new AbortController();
    const url = await serving(() => interruption.abort());
    const { runner } = ending({ kind: "interrupted", tail: "", tookMs: 1 });
    const byCommand = probeWith({ activityCommand: ["probe"] }, runner);
    const byPage = probeWith({
      activityCommand: ["probe"],
      activityMetrics: [{ ...running, url }],
    });

    expect(await byCommand(pod, {}, never)).toBe("interrupted");
    expect(await byPage(pod, {}, interruption.signal)).toBe("interrupted");
  });
});
