import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Fault } from "#simulator/faults.ts";
import {
  addressOf,
  at,
  byApi,
  type Guard,
  guardWith,
  heardBy,
  inTwo,
  linesOf,
  type Running,
  told,
  until,
} from "./guard.ts";

/** Where RunPod's REST shows no balance, it is looked for elsewhere at once: see the adapter's own tests. */
const elsewhereOnRest = byApi<"blind" | "other">({ graphql: "blind", rest: "other" });

/** What GraphQL refuses as a whole may hold one field too many: the balance is asked for alone at once. */
const balanceAloneOnGraphql = byApi<"blind" | "seen">({ graphql: "seen", rest: "blind" });

/** What each fault does to a look. A new fault does not compile until it has its place here. */
const faults: Record<Fault, readonly [kind: "blind" | "seen" | "slow" | "other", because: RegExp]> =
  {
    "http-401": [
      "blind",
      byApi({ graphql: /^HTTP 401: Unauthorized$/, rest: /^HTTP 401: .* bearer/ }),
    ],
    "http-402": ["blind", /^HTTP 402/],
    "http-403": ["blind", /^HTTP 403 with text\/plain: "error code: 1010"$/],
    "http-404": [elsewhereOnRest, /^HTTP 404/],
    "http-405": [elsewhereOnRest, /^HTTP 405/],
    "http-409": ["blind", /^HTTP 409/],
    "http-410": ["blind", /^HTTP 410: .*retired/],
    "http-413": ["blind", /^HTTP 413/],
    "http-422": [balanceAloneOnGraphql, /^HTTP 422/],
    "http-429": ["blind", /^HTTP 429 with text\/html/],
    "http-500": ["blind", /^HTTP 500: something went wrong$/i],
    "http-502-html": ["blind", /^HTTP 502 with text\/html/],
    "html-200": ["blind", /^HTTP 200 with text\/html/],
    "http-101": ["blind", /^HTTP 101: a change of protocol that nobody asked for$/],
    drop: ["blind", /socket hang up/],
    short: ["blind", /aborted/],
    huge: ["blind", /over 16 MiB/],
    array: ["blind", byApi({ graphql: /"\[\]"/, rest: /^HTTP 200 with a list/ })],
    "data-null": [elsewhereOnRest, /has no data/],
    "unauthorized-200": ["blind", byApi({ graphql: /Unauthorized/, rest: /^HTTP 401: / })],
    "internal-error-200": ["blind", /something went wrong/i],
    "retired-200": ["blind", /retired/],
    "not-found-200": ["blind", byApi({ graphql: /has no account/, rest: /"null"/ })],
    "unknown-field": ["seen", /./],
    "myself-null": ["blind", byApi({ graphql: /has no account/, rest: /"null"/ })],
    "balance-null": ["blind", /has no balance/],
    "balance-nan": ["blind", /not complete JSON/],
    "balance-text": ["blind", /not a number \("12.5"\)/],
    "balance-infinite": ["blind", /not a number/],
    "pods-null": ["seen", /./],
    "broken-pod-row": ["seen", /./],
    "pod-ids-renamed": ["seen", /./],
    // These last as long as the 30 s limit: see the adapter's own tests, and "SIGTERM" in ending.test.ts.
    silence: ["slow", /./],
    "slow-drip": ["slow", /./],
    "stop-errors-but-happens": ["other", /./],
    "stop-lies": ["other", /./],
    "create-errors-but-happens": ["other", /./],
    "create-hangs-but-happens": ["other", /./],
    "create-drops-but-happens": ["other", /./],
    "create-drops": ["other", /./],
    "create-lies": ["other", /./],
    // Only REST has pages: see its adapter's own tests.
    "page-repeats": ["other", /./],
    "page-loops": ["other", /./],
    "page-fails": ["other", /./],
    "pagination-missing": ["other", /./],
    // These concern what is measured apart from the looks.
    "telemetry-null": ["other", /./],
    "telemetry-null-gpus": ["other", /./],
    "telemetry-stale": ["other", /./],
    "uptime-zero": ["other", /./],
  };

/** At $1.00 a look that sees trips the critical threshold and re-arms the emergency. */
const before = { fired: { warning: true, emergency: true } };

function aboutToTrip(guard: Guard): void {
  writeFileSync(guard.stateFile, JSON.stringify(before));
  guard.simulator.account.setBalance(1);
}

/** No ephemeral port: nobody else can come to listen there. */
const nobodysUrl = "http://127.0.0.1:1/graphql";

function nobodyIsThere(guard: Guard, running: Running): void {
  guard.configure(at(nobodysUrl));
  running.signal("SIGHUP");
}

describe.concurrent("blindness is an alarm", () => {
  const config = { blind_after_seconds: 0.5 };
  const pods = [{ id: "a1", costPerHrUsd: 36 }];
  const left =
    /Last known balance: \$9\.00, burning \$36\.00\/h, so about \$[89]\.\d\d may be left$/;
  const env = "say({ event: process.env.RUNPODBOSS_EVENT, text: process.env.RUNPODBOSS_MESSAGE });";

  it.for<[string, (guard: Guard, running: Running) => void, RegExp]>([
    [
      "with a bad answer",
      ({ simulator }) => simulator.failAll("http-500"),
      /^blind: no poll has worked for \d+ s\. RunPod answers with an error \(HTTP 500: something went wrong\)\. /i,
    ],
    [
      "with a key that is refused",
      ({ simulator }) => simulator.failAll("http-401"),
      /^blind: .*\. RunPod refuses the API key \(HTTP 401: .*\)\. Set a new key\. /,
    ],
    [
      "with nobody there",
      (guard, running) => nobodyIsThere(guard, running),
      /^blind: .*\. RunPod cannot be reached \(.*ECONNREFUSED.*\)\. /,
    ],
  ])("%s: why, how long, and what may be left", async ([_sentence, blindNow, because], test) => {
    const guard = await guardWith(test, { balanceUsd: 9, pods, notify: env, config });
    writeFileSync(guard.stateFile, JSON.stringify({ fired: { warning: true } }));
    const running = guard.watch();
    await running.said("polled");

    blindNow(guard, running);
    await running.said("notify command done", { event: "blind" });
    running.signal("SIGTERM");
    await running.ended;

    const [alarm, ...more] = guard.calls("notify");
    const { words, facts } = inTwo(alarm?.args[0]);
    expect(words).toMatch(because);
    expect(words).toMatch(left);
    expect(facts).toMatch(/^Balance \$9\.00 · /);
    expect(alarm?.args[1]).toBe("9.0000");
    expect(alarm?.told).toMatchObject({ event: "blind", text: alarm?.args[0] });
    expect(more).toEqual([]);
    expect(linesOf(running.lines, "notification")).toMatchObject([
      { level: "warn", event: "blind", because: words },
    ]);
  });

  it("that is told once, and once more when sight returns", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 20, notify: "", config });
    const running = guard.watch();
    await running.said("polled");

    guard.simulator.failAll("http-502-html");
    await running.said("notify command done", { event: "blind" });
    const blindFor = linesOf(running.lines, "poll failed; nothing decided").length;
    await until("two more looks see nothing", () => {
      const looks = linesOf(running.lines, "poll failed; nothing decided").length;
      return looks >= blindFor + 2;
    });
    guard.simulator.clearFaults();
    await running.said("notify command done", { event: "sighted" });
    running.signal("SIGTERM");
    await running.ended;

    expect(heardBy(guard)).toEqual([
      expect.stringMatching(/^blind: /),
      expect.stringMatching(/^no longer blind: polls work again after \d+ s\. Balance \$20\.00$/),
    ]);
  });

  it("of the pods alone too: the balance is guarded on, with pods unknown", async (test) => {
    const guard = await guardWith(test, { pods, notify: "", config });
    guard.simulator.failAll("unknown-field");
    const running = guard.watch();
    await running.said("polled", { cycle: 1, pods: "unknown" });

    guard.simulator.account.setBalance(9);
    await running.said("threshold tripped", { threshold: "warning" });
    await running.said("agent done");
    await told(guard, 2);
    running.signal("SIGTERM");
    await running.ended;

    expect(heardBy(guard).toSorted()).toEqual([
      expect.stringMatching(
        /^blind: RunPod has not listed the pods for \d+ s \(HTTP 4(00: Cannot query field|22: Request validation failed).*\)\. Thresholds still work \(balance \$9\.00\), but no pod can be stopped$/,
      ),
      "warning",
    ]);
  });
});

describe.concurrent("a look that fails decides nothing, and the next one sees again:", () => {
  const blinding = Object.entries(faults).filter(([, [kind]]) => kind === "blind");

  it.for(blinding)("%s", async ([fault, [, because]], test) => {
    const guard = await guardWith(test);
    aboutToTrip(guard);
    guard.simulator.failNext(fault as Fault, 1, "looking");

    const running = guard.watch();
    const warning = await running.said("poll failed; nothing decided", { cycle: 1 });
    expect(warning).toMatchObject({ level: "warn", because: expect.stringMatching(because) });
    expect(guard.saved()).toMatchObject({ ...before, owed: [] });
    expect(linesOf(running.lines, "threshold tripped")).toEqual([]);

    await running.said("polled", { cycle: 2 });
    await running.said("agent done");
    running.signal("SIGTERM");
    const { by, lines } = await running.ended;

    expect(by).toBe(130);
    expect(lines.filter(({ level }) => level !== "info").map(({ msg }) => msg)).toEqual([
      "poll failed; nothing decided",
      "threshold tripped",
    ]);
    expect(linesOf(lines, "threshold re-armed")).toMatchObject([{ threshold: "emergency" }]);
    expect(guard.calls("agent").map(({ args }) => args)).toEqual([["critical"]]);
  });

  it("no server at all, and then the right address", async (test) => {
    const guard = await guardWith(test);
    aboutToTrip(guard);
    guard.configure(at(nobodysUrl));

    const running = guard.watch();
    const warning = await running.said("poll failed; nothing decided");
    expect(warning).toMatchObject({ cycle: 1, cause: "unreachable" });
    expect(guard.saved()).toMatchObject({ ...before, owed: [] });
    guard.configure(addressOf(guard.simulator));
    running.signal("SIGHUP");

    await running.said("threshold tripped", { threshold: "critical" });
    running.signal("SIGTERM");
    expect(await running.ended).toMatchObject({ by: 130 });
  });

  it("with --once there is no next one: exit 2, in words", async (test) => {
    const guard = await guardWith(test);
    aboutToTrip(guard);
    guard.simulator.failNext("http-502-html", 1, "looking");

    const { by, stderr, lines } = await guard.watch("--once").ended;

    expect(by).toBe(2);
    expect(stderr).toContain("The poll failed: HTTP 502");
    expect(stderr).not.toContain(" at ");
    expect(linesOf(lines, "poll failed; nothing decided")).toHaveLength(1);
    expect(guard.saved()).toMatchObject({ ...before, owed: [] });
    expect(guard.calls("agent")).toEqual([]);
  });

  it("a refused key is told as such, and looked with again", async (test) => {
    const guard = await guardWith(test, { apiKey: "another" });

    const running = guard.watch();
    const warning = await running.said("poll failed; nothing decided", { cycle: 2 });
    running.signal("SIGTERM");
    await running.ended;

    expect(warning).toMatchObject({ cause: "key-refused" });
  });
});

describe.concurrent("a balance is used", () => {
  const pods = ["a", "b", "c"].map((id) => ({ id, costPerHrUsd: 1 }));
  // REST tells none of the account: it is that of the pods.
  const saidBurn = byApi<unknown>({ graphql: 3, rest: "unknown" });

  it.for<[string, Fault, object, unknown]>([
    ["without a list of pods", "pods-null", { pods: "unknown", burnPerHrUsd: saidBurn }, null],
    [
      "beside broken rows of pods",
      "broken-pod-row",
      { pods: 2, unreadablePods: 2, burnPerHrUsd: saidBurn },
      null,
    ],
    [
      "although a field has vanished and with it the whole query was refused",
      "unknown-field",
      {
        pods: "unknown",
        podsBecause: expect.stringMatching(/^HTTP 4(00: Cannot query field|22: Request)/),
        burnPerHrUsd: "unknown",
      },
      null,
    ],
  ])("%s", async ([_sentence, fault, looked, podsJson], test) => {
    const thresholds = [{ name: "low", below_usd: 10, prompt: "{pods_json}" }];
    const guard = await guardWith(test, { balanceUsd: 9, pods, config: { thresholds } });
    guard.simulator.failNext(fault);

    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(0);
    expect(linesOf(lines, "polled")).toMatchObject([{ balanceUsd: 9, fired: ["low"], ...looked }]);
    const prompts = guard.calls("agent").map(({ args }): unknown => JSON.parse(args[0] ?? ""));
    expect(prompts).toMatchObject([podsJson]);
  });
});
