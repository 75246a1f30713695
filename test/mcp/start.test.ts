import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import type { Launch } from "#guard/model/launch.ts";
import { identityOf } from "#process/identity.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { type Guard, type GuardOptions, guardWith, type Json, textOf } from "../e2e/guard.ts";
import { cameOf, connected, type Connected, type Era, wordsOf } from "./connected.ts";

const launch = { max_price_per_hr: 5, max_hours: 24, max_running: 4, max_starts_per_hour: 6 };
const config = {
  launch,
  protect: ["db*"],
  guards: { lease: { max_hours: 24, action: "stop" } },
};
const secret = "a-token-that-nobody-may-see";
const wish = { gpu: "4090", hours: 2, name: "trainer" };
const made = { image: "some/image", name: "trainer" };
const eras: readonly Era[] = ["legacy", "auto"];

async function guardFor(test: TestContext, { config: more, ...options }: GuardOptions = {}) {
  return guardWith(test, { nowMs: Date.now, ...options, config: { ...config, ...more } });
}

/** Where a daemon is alive and has polled. */
async function watched(test: TestContext, options: GuardOptions = {}): Promise<Guard> {
  const guard = await guardFor(test, options);
  await guard.watch().said("polled");
  return guard;
}

async function quoteFrom({ call }: Connected, more: Json = {}): Promise<string> {
  const { structuredContent, content } = await call("estimate", { ...wish, ...more });
  const { quote } = (structuredContent ?? {}) as { quote?: { id: string } };
  if (quote === undefined) throw new Error(`there is no quote: ${JSON.stringify(content)}`);
  return quote.id;
}

function podsOf({ simulator }: Guard) {
  return simulator.account.pods().map(({ id, name }) => ({ id, name }));
}

async function launchesOf({ folder }: Guard): Promise<readonly Launch[]> {
  const { launches = {} } = await createLeaseFile(join(folder, "leases.json"), identityOf).read();
  return Object.values(launches);
}

const error = (words: RegExp) => ({ error: expect.stringMatching(words) as unknown });

describe.concurrent("gpus", () => {
  it("lists what there is, the cheapest first, with the caps of the config", async (test) => {
    const { call } = await connected(test, await guardFor(test));

    const { structuredContent } = await call("gpus", { min_vram: 80, cloud: "secure" });

    expect(structuredContent).toMatchObject({
      gpu_count: 1,
      min_vram: 80,
      launch: { max_price_per_hr: 5, max_hours: 24 },
      offers: [
        { gpu_name: "A100 PCIe", price_per_hr_usd: 1.64, cloud: "secure", barred_by: [] },
        { gpu_name: "A100 SXM", price_per_hr_usd: 1.74 },
        { gpu_name: "H100 SXM", price_per_hr_usd: 2.99 },
      ],
    });
  });

  it("says which cap bars what", async (test) => {
    const guard = await guardFor(test, { config: { launch: { ...launch, max_price_per_hr: 2 } } });
    const { call } = await connected(test, guard);

    const { structuredContent } = await call("gpus", { count: 2, cloud: "secure" });

    const { offers } = structuredContent as { offers: readonly Json[] };
    expect(offers.map(({ gpu_name: name, barred_by: by }) => [name, by])).toEqual([
      ["RTX 4090", []],
      ["A100 PCIe", ["max_price_per_hr"]],
      ["A100 SXM", ["max_price_per_hr"]],
      ["H100 SXM", ["max_price_per_hr"]],
    ]);
  });
});

describe.concurrent("estimate", () => {
  it("says what it costs and what is left, and gives a quote", async (test) => {
    const { call } = await connected(test, await watched(test));

    const result = await call("estimate", wish);

    expect(cameOf(result)).toMatchObject({
      gpu: { id: "NVIDIA GeForce RTX 4090", count: 1, cloud: "secure" },
      hours: 2,
      compute_per_hr_usd: 0.69,
      compute_usd: 1.38,
      balance_usd: 20,
      lasts: true,
      because: null,
      refused_because: [],
      quote: { id: expect.stringMatching(/^q-[a-z2-7]{8}$/) as unknown },
      warnings: [],
    });
  });

  it("is no error where the balance would not last, or a cap stands in the way: it says so", async (test) => {
    const guard = await watched(test, { balanceUsd: 1 });
    const { call } = await connected(test, guard);

    expect(cameOf(await call("estimate", { ...wish, hours: 30 }))).toMatchObject({
      lasts: false,
      because: expect.stringMatching(/below .* before its lease ends/) as unknown,
      refused_because: expect.arrayContaining([
        "30 hours are above launch.max_hours (24)",
      ]) as unknown,
    });
  });

  it.for([
    ["a name that many have", { ...wish, gpu: "a100" }, /^"a100" may be any of 2 GPU types\.\n/],
    ["a name that none has", { ...wish, gpu: "zx81" }, /^RunPod has no GPU type "zx81"\.\n/],
    ["no hours", { gpu: "4090" }, /^Input validation error: .*hours/],
    ["hours without end", { ...wish, hours: 1e9 }, /^Input validation error: .*hours/],
    ["a cap of its own", { ...wish, max_price: 99 }, /Unrecognized key: "max_price"/],
  ] as const)("refuses %s", async ([, args, words], test) => {
    const { call } = await connected(test, await guardFor(test));

    expect(cameOf(await call("estimate", args))).toEqual(error(words));
  });
});

describe.concurrent("start", () => {
  it.for(eras)("starts one pod on its lease, and says who did it (%s)", async (era, test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard, { era, env: { RUNPODBOSS_SESSION: "s-1" } });
    const quote = await quoteFrom(connection);

    const result = await connection.call("start", { quote, ...made, env: [`TOKEN=${secret}`] });

    const [pod] = podsOf(guard);
    const by = { kind: "agent", agent: "test-client", session: "s-1" };
    expect(cameOf(result)).toMatchObject({
      is: "running",
      pod: { id: pod?.id, name: pod?.name, cost_per_hr_usd: 0.69 },
      lease: { id: expect.stringMatching(/^[a-z2-7]{8}$/) as unknown },
      started_by: by,
      because: null,
      warnings: [],
    });
    expect(wordsOf(result)).toMatch(
      /^Pod trainer-rb\w{8} \(\w+\) runs, at \$0\.69\/h\. Its lease /,
    );
    expect(podsOf(guard)).toHaveLength(1);
    expect(await launchesOf(guard)).toEqual([
      expect.objectContaining({ podId: pod?.id, by: expect.objectContaining(by) as unknown }),
    ]);
    const { records } = await readHistory(join(guard.folder, "history.jsonl"), 0);
    expect(records.find(({ type }) => type === "launch")?.because).toMatch(
      /^started by an agent, test-client \(session s-1\) on \S+ for 2 h 0 min$/,
    );
  });

  it("shows the values of the pod's environment nowhere", async (test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard);
    const args = { quote: await quoteFrom(connection), ...made, env: [`TOKEN=${secret}`] };

    await connection.call("start", args);
    const refused = await connection.call("start", { ...args, env: [`TOKEN ${secret}`] });

    expect(refused.isError).toBe(true);
    expect(guard.simulator.account.pods()[0]?.env).toContain(`TOKEN=${secret}`);
    const written = readdirSync(guard.folder, { withFileTypes: true })
      .filter((each) => each.isFile())
      .map(({ name }) => textOf(join(guard.folder, name)) ?? "");
    expect(written.length).toBeGreaterThan(4);
    for (const text of [...connection.lines, ...connection.said, ...written]) {
      expect(text).not.toContain(secret);
    }
  });

  it.for([
    ["no quote", () => made, /^Input validation error: .*quote/],
    [
      "a quote that nobody gave",
      () => ({ quote: "q-abcdefgh", ...made }),
      /^There is no quote .*\nAsk for another: the tool estimate$/,
    ],
    [
      "neither image nor template",
      (quote: string) => ({ quote }),
      /^Name either an image or a template/,
    ],
    [
      "a protected name",
      (quote: string) => ({ quote, ...made, name: "db" }),
      /protect covers db-rb.*\nGive it another name\.\nWhat only the person you work for can do:\nOr start it with --protect/,
    ],
    [
      "a name of the server's own environment",
      (quote: string) => ({ quote, ...made, env: ["RUNPOD_API_KEY"] }),
      /^Input validation error: .*env/,
    ],
    [
      "the stamp",
      (quote: string) => ({ quote, ...made, env: ["RUNPODBOSS=x"] }),
      /RUNPODBOSS cannot be set/,
    ],
    ["force", (quote: string) => ({ quote, ...made, force: true }), /Unrecognized key: "force"/],
  ] as const)("refuses %s, and asks RunPod for nothing", async ([, argsFor, words], test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard);
    const quote = await quoteFrom(connection);

    const result = await connection.call("start", argsFor(quote));

    expect(cameOf(result)).toEqual(error(words));
    expect(podsOf(guard)).toEqual([]);
    expect(await launchesOf(guard)).toEqual([]);
  });

  it.for([
    ["max_price_per_hr", { max_price_per_hr: 0.5 }, wish],
    ["max_hours", { max_hours: 1 }, wish],
    ["max_running", { max_running: 1 }, wish],
    ["gpus", { gpus: ["*A100*"] }, wish],
  ] as const)(
    "does not pass launch.%s, whatever the estimate said",
    async ([key, cap, asked], test) => {
      const guard = await watched(test, { pods: [{ id: "p1", name: "mine", costPerHrUsd: 1 }] });
      const connection = await connected(test, guard);
      const quote = await quoteFrom(connection, asked);
      guard.configure({ launch: { ...launch, ...cap } });

      const result = await connection.call("start", { quote, ...made });

      expect(cameOf(result)).toEqual(error(new RegExp(`launch\\.${key}`)));
      expect(podsOf(guard)).toHaveLength(1);
    },
  );

  it("is refused where no daemon is alive, without launch in the config, and to the daemon's own agent", async (test) => {
    const guard = await guardFor(test);
    const connection = await connected(test, guard);
    const own = await connected(test, guard, { env: { RUNPODBOSS_FOLDER: guard.folder } });
    const quote = await quoteFrom(connection);

    const alone = await connection.call("start", { quote, ...made });
    const byAgent = await own.call("start", { quote, ...made });
    guard.configure({ launch: undefined });
    const without = await connection.call("start", { quote, ...made });

    expect(cameOf(alone)).toEqual(
      error(
        /the daemon is not running, .*\nWhat only the person you work for can do:\nStart it: runpodboss -c \S+ watch$/,
      ),
    );
    expect(cameOf(byAgent)).toEqual(
      error(/an agent that the daemon has called may end pods, and start none/),
    );
    expect(cameOf(without)).toEqual(
      error(
        /the config does not say what may be started\n {2}the daemon is not running, [^]*\nWhat only the person you work for can do:\nAdd "launch" to .*\n {2}"launch": [^]*\nOr have setup ask for it: runpodboss -c \S+ setup\nStart it: /,
      ),
    );
    expect(podsOf(guard)).toEqual([]);
  });

  it("uses a quote once, also when it comes twice at once", async (test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard);
    const quote = await quoteFrom(connection);

    const both = await Promise.all([
      connection.call("start", { quote, ...made }),
      connection.call("start", { quote, ...made }),
    ]);
    const again = await connection.call("start", { quote, ...made });

    expect(both.filter(({ isError }) => isError === true)).toHaveLength(1);
    expect(cameOf(again)).toEqual(error(/^Quote q-\w+ was used already, for pod trainer-rb/));
    expect(podsOf(guard)).toHaveLength(1);
  });

  it("tells how far it is, and of a pod that is there though RunPod answered with an error", async (test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard);
    const quote = await quoteFrom(connection);
    guard.simulator.failNext("create-errors-but-happens", 1, "creates");
    const progress: unknown[] = [];

    const result = await connection.client.callTool(
      { name: "start", arguments: { quote, ...made } },
      { onprogress: ({ message }) => progress.push(message) },
    );

    expect(cameOf(result)).toMatchObject({ is: "running", because: expect.any(String) as unknown });
    expect(wordsOf(result)).toContain("and the pod is there all the same.");
    expect(progress.slice(0, 2)).toEqual(["looking once more", "asking RunPod for the pod"]);
    expect(podsOf(guard)).toHaveLength(1);
  });

  it("that RunPod refuses is an error with what is known, and is not asked again", async (test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard);
    const quote = await quoteFrom(connection);
    guard.simulator.failAll("create-drops", "creates");

    const result = await connection.call("start", { quote, ...made });

    expect(result.isError).toBe(true);
    expect(result.structuredContent).toMatchObject({ is: "lost", pod: { id: null } });
    expect(wordsOf(result)).toMatch(
      /^Not known whether pod trainer-rb\w+ was started: .*\nRunPod was asked once, /,
    );
    expect(guard.simulator.asked.filter(({ does }) => does === "create")).toHaveLength(1);
  });
});
