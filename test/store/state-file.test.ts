import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "#errors.ts";
import {
  type CallAgent,
  type CallPodAgent,
  type Effect,
  type EndPod,
  type EndRun,
  eventNames,
  severities,
  type Notify,
} from "#guard/model/effect.ts";
import { agentGuardNames, podGuardNames } from "#guard/model/policy.ts";
import { type HistoryRecord, type PodRun, recordTypes, type RunFacts } from "#guard/model/run.ts";
import { emptyState, type GuardState, type Unconfirmed, type Unseen } from "#guard/model/state.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { createStateFile, type StateTrouble } from "#store/state-file.ts";
import { seen } from "../guard/samples.ts";
import { makeFifo, tempFolder } from "../temp-folder.ts";

function setUp(path = join(tempFolder(), "state.json"), readOnly = false) {
  const troubles: StateTrouble[] = [];
  const store = createStateFile(path, {
    readOnly,
    nowMs: () => Date.UTC(2026, 10, 23, 3, 15, 0, 42),
    onTrouble: (trouble) => troubles.push(trouble),
  });
  return { path, runsPath: join(dirname(path), "runs.json"), store, troubles };
}

/** As ours, whatever else it holds. */
const runsText = (object: string): string =>
  `{"runpodboss": "runs of state.json",\n${object.slice(1)}`;

const notice: Notify = {
  kind: "notify",
  id: "1",
  event: "trip",
  name: "warning",
  because: "balance $9.82 is below $10.00",
  balanceUsd: 9.8234,
  belowUsd: 10,
  tries: 0,
  notBeforeMs: 1_000,
};
const { event: _event, name: _name, ...owed } = notice;
const agent: CallAgent = {
  ...owed,
  kind: "call-agent",
  threshold: "warning",
  belowUsd: 10,
  balanceUsd: 9.8234,
};
const end: EndPod = {
  kind: "end-pod",
  id: "2",
  threshold: "emergency",
  belowUsd: 0.5,
  podId: "p1",
  action: "stop",
  because: "120 s after the trip the balance is still $0.40",
  tries: 2,
  notBeforeMs: 5_000,
};
const byGuard = {
  guard: "idle",
  reason: "idle_30m",
  podId: "p1",
  podName: "trainer",
  because: "idle for 30 min",
  tries: 0,
  notBeforeMs: 5_000,
} as const;
const endOfRun: EndRun = { ...byGuard, kind: "end-run", id: "3", action: "stop" };
const podAgent: CallPodAgent = { ...byGuard, kind: "call-pod-agent", id: "4" };
const aRun: PodRun = {
  podId: "p1",
  name: "trainer",
  costPerHrUsd: 1.49,
  gpuType: "NVIDIA H100",
  region: "EU-RO-1",
  firstSeenAtMs: 2_000,
  startedAtMs: 1_000,
  startFrom: "uptime",
  lastStartedAtMs: 900,
  notRunningAtMs: 2_500,
  isStarting: true,
  runsSinceMs: 2_600,
  stoppedAtMs: 2_700,
  unsureSinceMs: 3_000,
  isRecorded: true,
  idleMs: 60_000,
  idleAtMs: 4_000,
  takenAtMs: 3_900,
  loadKnownAtMs: 4_000,
  counters: { "requests|http://p1": 7 },
  lease: { endsAtMs: 9_000, givenAtMs: 2_500 },
  touchedAtMs: 2_600,
  warnedAtMs: { idle: 3_500 },
  warnedOfMs: { idle: 9_500 },
  warnedActions: { idle: "terminate" },
  actedAtMs: { lease: 3_600 },
};
const aBareRun: PodRun = {
  podId: "p1",
  name: "trainer",
  firstSeenAtMs: 2_000,
  startedAtMs: 2_000,
  startFrom: "begun",
  idleMs: 0,
  warnedAtMs: {},
  actedAtMs: {},
};
const aRecord: HistoryRecord = {
  id: "1000.0",
  atMs: 1_000,
  type: "stop",
  reason: "idle_30m",
  run: {
    podId: "p1",
    podName: "trainer",
    gpuType: "NVIDIA H100",
    region: "EU-RO-1",
    uptimeMs: 3_600_000,
    costUsd: 1.49,
    costPerHrUsd: 1.49,
    capAtMs: 9_000,
  },
  because: "the pod is EXITED",
  balanceUsd: 9,
  belowUsd: 10,
  endsAtMs: 8_000,
  ranAtMs: 7_000,
  notBeforeMs: 6_000,
};
const firedOnly = (fired: Readonly<Record<string, boolean>>): GuardState => ({
  ...emptyState,
  fired,
});
const ownName = (name: string): Readonly<Record<string, boolean>> =>
  Object.fromEntries([[name, true]]);

/** JSON knows one zero. */
const dollars = fc.double({ noNaN: true, noDefaultInfinity: true }).map((usd) => usd + 0);
const times = fc.integer({ min: -8.64e15, max: 8.64e15 }).map((ms) => ms + 0);
const names = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "constructor", "toString", "10", "\ud800", ""),
);
const byName = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<Readonly<Record<string, T>>> =>
  fc.array(fc.tuple(names, values)).map((rows) => Object.fromEntries(rows));
const common = { id: names, because: names, tries: fc.nat(), notBeforeMs: dollars };
const effects = fc.oneof<fc.Arbitrary<Effect>[]>(
  fc.record(
    {
      ...common,
      kind: fc.constant("notify" as const),
      event: fc.constantFrom(...eventNames),
      name: names,
      balanceUsd: dollars,
      belowUsd: dollars,
      channel: names,
      severity: fc.constantFrom(...severities),
      incident: names,
      isResolution: fc.boolean(),
      toldBy: fc.array(names, { maxLength: 2 }),
      knownWays: fc.array(names, { maxLength: 2 }),
      next: fc.array(fc.record({ what: names, atMs: dollars }, { requiredKeys: ["what"] }), {
        maxLength: 2,
      }),
      remedy: fc.record({ words: names, command: names }, { requiredKeys: ["words"] }),
      burnPerHrUsd: dollars,
    },
    { requiredKeys: ["kind", "id", "because", "tries", "notBeforeMs", "event", "name"] },
  ),
  fc.record({
    ...common,
    kind: fc.constant("call-agent" as const),
    threshold: names,
    belowUsd: dollars,
    balanceUsd: dollars,
  }),
  fc.record({
    ...common,
    kind: fc.constant("end-pod" as const),
    threshold: names,
    belowUsd: dollars,
    podId: names,
    action: fc.constantFrom("stop" as const, "terminate" as const),
  }),
  fc.record({
    ...common,
    kind: fc.constant("call-pod-agent" as const),
    guard: fc.constantFrom(...agentGuardNames),
    reason: names,
    podId: names,
    podName: names,
  }),
  fc.record({
    ...common,
    kind: fc.constant("end-run" as const),
    guard: fc.constantFrom(...podGuardNames),
    reason: names,
    podId: names,
    podName: names,
    action: fc.constantFrom("stop" as const, "terminate" as const),
  }),
);
const guards = fc.constantFrom(...podGuardNames);
const marks = fc.dictionary(guards, dollars) as fc.Arbitrary<PodRun["warnedAtMs"]>;
const run: fc.Arbitrary<PodRun> = fc.record(
  {
    podId: names,
    name: names,
    costPerHrUsd: dollars,
    gpuType: names,
    region: names,
    firstSeenAtMs: dollars,
    startedAtMs: dollars,
    startFrom: fc.constantFrom("uptime", "last-started", "begun", "first-seen"),
    lastStartedAtMs: dollars,
    unsureSinceMs: dollars,
    isRecorded: fc.boolean(),
    idleMs: fc.nat(),
    idleAtMs: dollars,
    takenAtMs: dollars,
    loadKnownAtMs: dollars,
    counters: byName(dollars),
    lease: fc.record({ endsAtMs: dollars, givenAtMs: dollars }),
    touchedAtMs: dollars,
    warnedAtMs: marks,
    actedAtMs: marks,
  },
  {
    requiredKeys: [
      "podId",
      "name",
      "firstSeenAtMs",
      "startedAtMs",
      "startFrom",
      "idleMs",
      "warnedAtMs",
      "actedAtMs",
    ],
  },
);
const record: fc.Arbitrary<HistoryRecord> = fc.record(
  {
    id: names,
    atMs: times,
    type: fc.constantFrom(...recordTypes),
    reason: fc.option(names),
    run: fc.record(
      { podId: names, podName: names, gpuType: names, region: names, uptimeMs: dollars },
      { requiredKeys: ["podId", "podName"] },
    ) as fc.Arbitrary<RunFacts>,
    because: names,
    channel: names,
    balanceUsd: dollars,
    ranAtMs: times,
    notBeforeMs: times,
  },
  { requiredKeys: ["id", "atMs", "type", "reason", "because"] },
);
const unseen: fc.Arbitrary<Unseen> = fc.record(
  { sinceMs: dollars, toldAtMs: dollars, lastBalanceUsd: dollars, lastBurnPerHrUsd: dollars },
  { requiredKeys: ["sinceMs"] },
);
const unconfirmed: fc.Arbitrary<Unconfirmed> = fc.record(
  { podId: names, name: names, endedAtMs: dollars, toldAtMs: dollars, burnPerHrUsd: dollars },
  { requiredKeys: ["podId", "name", "endedAtMs"] },
);
const states: fc.Arbitrary<GuardState> = fc.record(
  {
    fired: byName(fc.boolean()),
    owed: fc.array(effects, { maxLength: 5 }),
    trippedAtMs: byName(dollars),
    saidAtMs: byName(dollars),
    troubles: byName(fc.record({ sinceMs: dollars, because: names })),
    blind: unseen,
    podsBlind: unseen,
    runs: fc
      .array(run, { maxLength: 4 })
      .map((runs) => Object.fromEntries(runs.map((each) => [each.podId, each]))),
    lookedAtMs: dollars,
    podsSeenAtMs: dollars,
    podsKnownAtMs: dollars,
    unmeasured: unseen,
    zeroSinceMs: dollars,
    unconfirmed: fc.array(unconfirmed, { maxLength: 3 }),
    kept: byName(fc.record({ name: names, rule: names })),
    guardEndsAtMs: fc.array(dollars, { maxLength: 3 }),
    unrecorded: fc.array(record, { maxLength: 3 }),
    recordCount: fc.nat(),
    lostNotices: fc.array(
      fc.record(
        { atMs: dollars, message: names, channel: names, because: names },
        { requiredKeys: ["atMs", "message", "because"] },
      ),
      { maxLength: 3 },
    ),
    openIncidents: fc.array(fc.record({ incident: names, way: names, atMs: dollars }), {
      maxLength: 3,
    }),
    briefedDay: names,
    scheduled: byName(
      fc.record(
        {
          rule: names,
          sinceMs: dollars,
          dealtMs: fc.array(dollars, { maxLength: 3 }),
          openMs: dollars,
          openedAtMs: dollars,
          isUnknownTold: fc.boolean(),
          due: byName(fc.record({ run: names, ofMs: dollars })),
        },
        { requiredKeys: ["rule", "sinceMs", "dealtMs", "due"] },
      ),
    ),
  },
  {
    requiredKeys: [
      "fired",
      "owed",
      "trippedAtMs",
      "saidAtMs",
      "runs",
      "unconfirmed",
      "kept",
      "guardEndsAtMs",
      "unrecorded",
      "recordCount",
      "lostNotices",
    ],
  },
);

describe("loading", () => {
  it("gives the empty state where there is no file, and makes none", async () => {
    const { path, store, troubles } = setUp();

    expect(await store.load()).toEqual(emptyState);
    expect(troubles).toEqual([]);
    expect(fs.existsSync(path)).toBe(false);
  });

  it.each([
    [
      "of the Python tool",
      '{"fired": {"warning": true, "critical": false}}',
      { warning: true, critical: false },
    ],
    ["with numbers for true and false", '{"fired": {"a": 1, "b": 0}}', { a: true, b: false }],
    ["with nothing fired", '{"fired": {}}', {}],
    ["with a byte order mark", '\ufeff{"fired": {"a": true}}', { a: true }],
    [
      "with a threshold called constructor",
      '{"fired": {"constructor": true}}',
      { constructor: true },
    ],
    ["with a threshold called __proto__", '{"fired": {"__proto__": true}}', ownName("__proto__")],
  ])("reads a file %s", async (_sentence, text, fired) => {
    const { path, store, troubles } = setUp();
    fs.writeFileSync(path, text);

    const state = await store.load();

    expect(Object.entries(state.fired)).toEqual(Object.entries(fired));
    expect({ ...state, fired: {} }).toEqual(emptyState);
    expect(troubles).toEqual([]);
    expect(fs.readFileSync(path, "utf8")).toBe(text);
  });

  it("pollutes nothing", async () => {
    const { path, store } = setUp();
    fs.writeFileSync(
      path,
      `{"fired": {"__proto__": true}, "trippedAtMs": {"__proto__": 1}, "saidAtMs": {"__proto__": 2},
        "__proto__": {"polluted": true}}`,
    );

    const state = await store.load();

    expect("polluted" in {}).toBe(false);
    expect("polluted" in state).toBe(false);
    for (const names of [state.fired, state.trippedAtMs, state.saidAtMs]) {
      expect(Object.getPrototypeOf(names)).toBe(Object.prototype);
      expect(Object.keys(names)).toEqual(["__proto__"]);
    }
  });

  it("an end keeps what burned before it, and is owed without what of that cannot be read", async () => {
    const { path, store, troubles } = setUp();
    const burnBefore = { costPerHrUsd: 2, burnPerHrUsd: 3, unexplainedPerHrUsd: 0 };
    const ends = [burnBefore, {}, { burnPerHrUsd: null }, "3", undefined].map((burnt, n) => ({
      ...end,
      id: `${n}`,
      burnBefore: burnt,
    }));
    fs.writeFileSync(path, JSON.stringify({ fired: {}, owed: ends }));

    const { owed: found } = await store.load();

    expect(found.map((each) => each.kind === "end-pod" && each.burnBefore)).toEqual([
      burnBefore,
      {},
      undefined,
      undefined,
      undefined,
    ]);
    expect(troubles).toEqual([]);
  });

  it.each<[sentence: string, owed: unknown, left: readonly string[]]>([
    ["a crossing's notification", [{ ...notice, because: 5 }, agent], ["critical"]],
    ["a crossing's agent", [notice, { ...agent, balanceUsd: "9" }], ["critical"]],
    ["a row that does not say whose it is", [notice, { because: "?" }], []],
    ["a notification without a name", [{ ...notice, name: 7 }], []],
    ["an agent without a threshold", [{ ...agent, threshold: null }], []],
    ["a row that is no object", [7], []],
    ["the whole list", { 0: notice }, []],
    [
      "a notification of something else",
      [{ ...notice, event: "agent", tries: "x" }],
      ["warning", "critical"],
    ],
    [
      "an end, which is decided anew at each poll",
      [{ ...end, tries: "x" }],
      ["warning", "critical"],
    ],
    ["nothing: all can be read", [notice, agent, end], ["warning", "critical"]],
    ["what a newer version wrote", [{ ...agent, kind: "text-a-friend" }], ["warning", "critical"]],
  ])(
    "a crossing is told anew when it is not known what was owed of it: %s",
    async (_sentence, owedThen, left) => {
      const { path, store } = setUp();
      const fired = { warning: true, critical: true, emergency: false };
      fs.writeFileSync(path, JSON.stringify({ version: 2, fired, owed: owedThen }));

      const state = await store.load();

      const stillFired = Object.entries(state.fired).flatMap(([name, is]) => (is ? [name] : []));
      expect(stillFired).toEqual(left);
      expect(state.fired["emergency"]).toBe(false);
    },
  );

  it("owes a channel its notification whatever can be read of how much it matters", async () => {
    const { path, store, troubles } = setUp();
    const odd = {
      ...notice,
      channel: "phone",
      severity: "apocalyptic",
      incident: 5,
      isResolution: "yes",
      toldBy: "phone",
      knownWays: "phone",
      next: { what: "stop" },
      remedy: [],
      burnPerHrUsd: "much",
    };
    fs.writeFileSync(path, JSON.stringify({ version: 2, fired: { warning: true }, owed: [odd] }));

    const { owed, fired } = await store.load();

    expect(owed).toMatchObject([{ ...notice, channel: "phone" }]);
    expect(Object.values(owed[0] ?? {})).not.toContain("apocalyptic");
    expect(fired).toEqual({ warning: true });
    expect(troubles).toEqual([]);
  });

  it("reads a file of version 0.1, which has it all in one", async () => {
    const { path, store, troubles } = setUp();
    const whole = {
      fired: { warning: true },
      owed: [
        notice,
        { ...notice, event: "blind" },
        agent,
        end,
        { ...end, action: "terminate" },
        endOfRun,
        podAgent,
      ],
      trippedAtMs: { warning: 5 },
      blind: { sinceMs: 1, toldAtMs: 2, lastBalanceUsd: 3, lastBurnPerHrUsd: 4 },
      podsBlind: { sinceMs: 6 },
      saidAtMs: { "trouble:log file": 7 },
      runs: [aRun],
      lookedAtMs: 8,
      podsSeenAtMs: 9,
      podsKnownAtMs: 9,
      unmeasured: { sinceMs: 10 },
      guardEndsAtMs: [11],
      unrecorded: [aRecord],
      recordCount: 12,
    };
    fs.writeFileSync(path, JSON.stringify(whole));

    expect(await store.load()).toEqual({
      ...whole,
      runs: { p1: aRun },
      unconfirmed: [],
      kept: {},
      lostNotices: [],
    });
    expect(troubles).toEqual([]);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ["empty", "", /it is empty/],
    ["cut short", '{"fired": {"warn', /not JSON/],
    ["a mere null", "null", /not an object/],
    ["a list", "[]", /not an object/],
    ["without fired", "{}", /it has no "fired"/],
    ["not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), /not UTF-8/],
    ["over 64 MiB", Buffer.alloc(64 * 1_024 * 1_024 + 1, " "), /over 64 MiB/],
    ["nested without end", "[".repeat(1_000_000), /not JSON/],
  ])("moves a file aside that is %s", async (_sentence, content, because) => {
    const { path, store, troubles } = setUp();
    fs.writeFileSync(path, content);

    const state = await store.load();

    const keptAt = `${path}.corrupt-20261123T031500Z`;
    expect(state).toEqual(emptyState);
    expect(troubles).toEqual([
      { path, kind: "unreadable", keptAt, because: expect.stringMatching(because) },
    ]);
    expect(fs.readFileSync(keptAt).equals(Buffer.from(content))).toBe(true);
    expect(fs.existsSync(path)).toBe(false);
  });

  it.each<[sentence: string, found: object, because: RegExp, left: Partial<GuardState>]>([
    ["with fired as a list", { fired: [] }, /^fired: must be an object/, { fired: {} }],
    [
      "with a word for a flag",
      { fired: { a: "yes", b: true } },
      /^fired: "a"/,
      { fired: { b: true } },
    ],
    ["with null for a flag", { fired: { a: null } }, /^fired: "a"/, { fired: {} }],
    ["with a number other than 0 and 1", { fired: { a: 2 } }, /^fired: "a"/, { fired: {} }],
    ["with owed that is no list", { owed: {} }, /^owed: must be a list/, { owed: [], fired: {} }],
    [
      "with a row owed that lacks a part",
      { owed: [notice, { ...notice, id: undefined }, agent] },
      /^owed: 1\.id: /,
      { owed: [notice, agent] },
    ],
    [
      "with a pod to be ended in an unknown way",
      { owed: [{ ...end, action: "burn" }, notice] },
      /^owed: 0\.action: /,
      { owed: [notice] },
    ],
    [
      "with tries that are no count",
      { owed: [{ ...agent, tries: -1 }] },
      /^owed: 0\.tries: /,
      { owed: [] },
    ],
    [
      "with a word for a time",
      { trippedAtMs: { a: "now", b: 1 } },
      /^trippedAtMs: "a"/,
      { trippedAtMs: { b: 1 } },
    ],
    ["with blindness that is true", { blind: true }, /^blind: /, {}],
    ["with blindness since never", { podsBlind: {} }, /^podsBlind: sinceMs: /, {}],
  ])(
    "keeps all else of a state %s, and the file as it was",
    async (_sentence, found, because, left) => {
      const { path, store, troubles } = setUp();
      const text = JSON.stringify({ fired: { kept: true }, recordCount: 7, ...found });
      fs.writeFileSync(path, text);

      const state = await store.load();

      const keptAt = `${path}.corrupt-20261123T031500Z`;
      expect(state).toEqual({ ...emptyState, fired: { kept: true }, recordCount: 7, ...left });
      expect(troubles).toEqual([
        { path, kind: "partly-unreadable", keptAt, because: expect.stringMatching(because) },
      ]);
      expect(fs.readFileSync(keptAt, "utf8")).toBe(text);
      expect(fs.readFileSync(path, "utf8")).toBe(text);
    },
  );

  it.each<[sentence: string, content: string, kind: StateTrouble["kind"]]>([
    ["that is no JSON", "{[", "unreadable"],
    ["with a word for a time", '{"saidAtMs": {"a": "now"}, "runs": []}', "partly-unreadable"],
  ])(
    "a broken file of runs %s takes nothing of the state with it",
    async (_sentence, content, kind) => {
      const { path, runsPath, store, troubles } = setUp();
      const durable = { ...firedOnly({ a: true }), owed: [notice], unrecorded: [aRecord] };
      await store.save(durable);
      fs.writeFileSync(runsPath, runsText(content));

      expect(await store.load()).toEqual(durable);

      expect(troubles).toMatchObject([{ path: runsPath, kind }]);
      expect(fs.existsSync(path)).toBe(true);
    },
  );

  it.each<[sentence: string, make: (path: string) => void]>([
    ["a directory", (path) => fs.mkdirSync(path)],
    ["a symlink to itself", (path) => fs.symlinkSync(path, path)],
    ["a FIFO", makeFifo],
  ])("%s in the place of the runs keeps nobody from starting", async (_sentence, make) => {
    const { runsPath, store, troubles } = setUp();
    await store.save(firedOnly({ a: true }));
    make(runsPath);

    expect((await store.load()).fired).toEqual({ a: true });
    expect(troubles).toMatchObject([{ path: runsPath, kind: "unreadable" }]);
  });

  it("a record whose time is no date is left out, and the others can be written", async () => {
    const { path, store, troubles } = setUp();
    const unrecorded = [{ ...aRecord, atMs: 1e300 }, aRecord];
    fs.writeFileSync(path, JSON.stringify({ fired: {}, unrecorded }));

    expect((await store.load()).unrecorded).toEqual([aRecord]);
    expect(troubles).toMatchObject([{ kind: "partly-unreadable" }]);
  });

  it("where a run cannot be read, none counts as begun under our eyes, nor as watched since", async () => {
    const { runsPath, store } = setUp();
    const runs = [
      { ...aBareRun, podId: "p2" },
      { ...aBareRun, idleMs: "long" },
    ];
    const times = { podsSeenAtMs: 9_000, podsKnownAtMs: 9_000 };
    fs.writeFileSync(runsPath, runsText(JSON.stringify({ runs, ...times })));

    const { runs: read, podsSeenAtMs, podsKnownAtMs } = await store.load();

    expect([podsSeenAtMs, podsKnownAtMs]).toEqual([undefined, undefined]);
    expect(Object.values(read)).toEqual([{ ...aBareRun, podId: "p2", unsureSinceMs: 9_000 }]);
  });

  describe("what another version has written", () => {
    const foreign = {
      version: 9,
      fired: { a: true },
      owed: [
        notice,
        { ...notice, kind: "freeze", podIds: ["p1"] },
        { ...notice, event: "tariff" },
        { ...notice, id: "7", priority: 3 },
      ],
      unrecorded: [{ ...aRecord, type: "tariff" }],
      tariffs: [{ usd: 20 }],
      ["__proto__"]: { polluted: true },
    };

    it("is told once, is not acted on, and is written back as it was", async () => {
      const { path, store, troubles } = setUp();
      fs.writeFileSync(path, JSON.stringify(foreign));

      const state = await store.load();
      await store.save({ ...state, fired: { a: false } });

      expect(state.owed).toEqual([notice, { ...notice, id: "7", priority: 3 }]);
      expect(state.unrecorded).toEqual([]);
      expect(troubles).toEqual([
        { path, kind: "foreign", because: '"tariffs", "__proto__", "owed", "unrecorded"' },
      ]);
      const { owed: _, ...rest } = foreign;
      const written = JSON.parse(fs.readFileSync(path, "utf8")) as typeof foreign;
      expect(written).toMatchObject({ ...rest, fired: { a: false } });
      expect(written.owed).toEqual(expect.arrayContaining(foreign.owed));
      expect(written.owed).toHaveLength(foreign.owed.length);
    });

    it("stays in runs.json too, in a run and beside them", async () => {
      const { runsPath, store } = setUp();
      const run = { ...aBareRun, spotBid: 0.2, warnedAtMs: { schedule: 5 } };
      const before = { version: 3, runs: [run], budgetSpent: { daily: 4 } };
      fs.writeFileSync(runsPath, runsText(JSON.stringify(before)));

      const state = await store.load();
      await store.saveLearned({ ...state, lookedAtMs: 4 });

      const written: unknown = JSON.parse(fs.readFileSync(runsPath, "utf8"));
      const runpodboss = "runs of state.json";
      expect(written).toEqual({ runpodboss, ...before, lookedAtMs: 4, saidAtMs: {} });
    });
  });

  it("whoever went back to version 0.1 for a while keeps the newer runs", async () => {
    const { path, runsPath, store } = setUp();
    const older = { runs: [{ ...aBareRun, name: "older" }], lookedAtMs: 1 };
    const newer = { runs: [{ ...aBareRun, name: "newer" }], lookedAtMs: 2 };

    fs.writeFileSync(runsPath, runsText(JSON.stringify(older)));
    fs.writeFileSync(path, JSON.stringify({ fired: {}, ...newer }));
    const wentBack = await store.load();
    fs.writeFileSync(runsPath, runsText(JSON.stringify(newer)));
    fs.writeFileSync(path, JSON.stringify({ fired: {}, ...older }));
    const cameAgain = await store.load();

    expect([wentBack, cameAgain].map(({ runs }) => runs["p1"]?.name)).toEqual(["newer", "newer"]);
  });

  it("never overwrites what it moved aside before", async () => {
    const { path, store, troubles } = setUp();

    for (const text of ["first", "second", "third"]) {
      fs.writeFileSync(path, text);
      await store.load();
    }

    const moved = troubles.map(({ keptAt }) => String(keptAt));
    expect(moved.map((file) => fs.readFileSync(file, "utf8"))).toEqual([
      "first",
      "second",
      "third",
    ]);
    expect(moved.map((file) => file.slice(path.length))).toEqual([
      ".corrupt-20261123T031500Z",
      ".corrupt-20261123T031500Z-2",
      ".corrupt-20261123T031500Z-3",
    ]);
  });

  it("moves the file behind a symlink, and saves through the symlink again", async () => {
    const folder = tempFolder();
    const { path, store, troubles } = setUp(join(folder, "link"));
    fs.writeFileSync(join(folder, "real"), "broken");
    fs.symlinkSync("real", path);

    await store.load();
    await store.save(emptyState);

    expect(troubles.map(({ keptAt }) => keptAt)).toEqual([
      join(folder, "real.corrupt-20261123T031500Z"),
    ]);
    expect(fs.lstatSync(path).isSymbolicLink()).toBe(true);
    expect(fs.lstatSync(join(folder, "real")).isFile()).toBe(true);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ["a directory", (path) => fs.mkdirSync(path), /cannot be read: .*not a regular file/],
    ["a FIFO", makeFifo, /cannot be read: .*not a regular file/],
    [
      "a device",
      (path) => fs.symlinkSync("/dev/null", path),
      /cannot be read: .*not a regular file/,
    ],
    ["a symlink to itself", (path) => fs.symlinkSync(path, path), /cannot be read: .*symlinks/],
  ])("refuses %s, with a hint, and leaves it there", async (_sentence, make, words) => {
    const { path, store } = setUp();
    make(path);

    const refused = await store.load().catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(UserError);
    expect(refused).toMatchObject({
      message: expect.stringMatching(words),
      hint: expect.stringContaining("state_file"),
    });
    expect(fs.lstatSync(path)).toBeDefined();
  });

  it("refuses a path through a file", async () => {
    const folder = tempFolder();
    fs.writeFileSync(join(folder, "file"), "");
    const { store } = setUp(join(folder, "file", "state.json"));

    await expect(store.load()).rejects.toThrow(UserError);
  });
});

describe("saving", () => {
  it("writes what people can read, in the same order every time, for the owner alone", async () => {
    const { path, runsPath, store } = setUp();
    const state: GuardState = {
      ...emptyState,
      fired: { warning: true, critical: false },
      owed: [notice],
      trippedAtMs: { warning: 1_000, critical: 900 },
      runs: { p1: aBareRun },
      recordCount: 1,
      lookedAtMs: 3_000,
      blind: { sinceMs: 2_000, lastBalanceUsd: 9.5 },
      lastSeen: seen(),
      leaseBook: { leases: { p1: { endsAtMs: 1, givenAtMs: 1 } }, touchedAtMs: {} },
    };

    await store.save(state);
    await store.saveLearned(state);

    expect(fs.readFileSync(path, "utf8")).toBe(`{
  "version": 2,
  "fired": {"critical":false,"warning":true},
  "owed": [
    {"kind":"notify","id":"1","event":"trip","name":"warning","because":"balance $9.82 is below $10.00","balanceUsd":9.8234,"belowUsd":10,"tries":0,"notBeforeMs":1000}
  ],
  "trippedAtMs": {"critical":900,"warning":1000},
  "blind": {"lastBalanceUsd":9.5,"sinceMs":2000},
  "unconfirmed": [],
  "kept": {},
  "guardEndsAtMs": [],
  "unrecorded": [],
  "recordCount": 1,
  "lostNotices": []
}
`);
    expect(fs.readFileSync(runsPath, "utf8")).toBe(`{"runpodboss": "runs of state.json",
  "version": 2,
  "saidAtMs": {},
  "runs": [
    {"podId":"p1","name":"trainer","firstSeenAtMs":2000,"startedAtMs":2000,"startFrom":"begun","idleMs":0,"warnedAtMs":{},"actedAtMs":{}}
  ],
  "lookedAtMs": 3000
}
`);
    for (const each of [path, runsPath]) expect(fs.statSync(each).mode & 0o777).toBe(0o600);
  });

  it("keeps any state", async () => {
    const { store, troubles } = setUp();

    await fc.assert(
      fc.asyncProperty(states, async (state) => {
        await store.save(state);
        await store.saveLearned(state);
        const loaded = await store.load();

        for (const names of ["fired", "trippedAtMs", "saidAtMs"] as const) {
          const [now, before] = [loaded, state].map((each) => new Map(Object.entries(each[names])));
          expect(now).toEqual(before);
        }
        const { fired: _, trippedAtMs: __, saidAtMs: ___, ...rest } = state;
        expect(loaded).toMatchObject(rest);
        expect([loaded.blind, loaded.podsBlind]).toEqual([state.blind, state.podsBlind]);
        expect(troubles).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("ends with the last of many that overlap, and each is told when it is safe", async () => {
    const { path, store } = setUp();
    const firedNow = (): unknown => JSON.parse(fs.readFileSync(path, "utf8"));
    const found: unknown[] = [];

    const saves = Array.from({ length: 50 }, (_, n) =>
      store.save(firedOnly({ [`n${n}`]: true })).then(() => found.push(firedNow())),
    );
    await Promise.all(saves);

    expect(found).toHaveLength(50);
    expect(firedNow()).toMatchObject({ fired: { n49: true } });
  });

  it("writes once for those that wait, and a save that comes during one comes after it", async () => {
    const { path, store } = setUp();
    const textNow = (): string => fs.readFileSync(path, "utf8");

    const first = store.save(firedOnly({ a: true }));
    await Promise.resolve();
    await Promise.resolve();
    const second = store.save(firedOnly({ b: true }));
    const third = store.save(firedOnly({ c: true }));

    expect(second).toBe(third);
    await first;
    expect(textNow()).toContain('"a"');
    await third;
    expect(textNow()).toContain('"c"');
  });

  it("does not keep what was last seen or read: after a restart nobody has seen anything", async () => {
    const { store } = setUp();

    await store.save({ ...emptyState, lastSeen: seen(), leaseBook: "unknown" });

    expect(await store.load()).toEqual(emptyState);
  });

  it("writes nothing where the text is the same, whatever was seen meanwhile", async () => {
    const { path, store } = setUp();
    await store.save({ ...firedOnly({ a: true, b: true }), lastSeen: seen({ atMs: 1 }) });
    const { ino } = fs.statSync(path);

    await store.save({ ...firedOnly({ b: true, a: true }), lastSeen: seen({ atMs: 2 }) });
    const same = fs.statSync(path).ino;
    await store.save(firedOnly({ a: true, b: false }));

    expect(same).toBe(ino);
    expect(fs.statSync(path).ino).not.toBe(ino);
  });

  it("writes what was saved before the last, when it comes again", async () => {
    const { path, store } = setUp();

    for (const a of [true, false, true]) await store.save(firedOnly({ a }));

    expect(fs.readFileSync(path, "utf8")).toContain('"a":true');
  });

  it("of the same text while it is being written is safe only with that", async () => {
    const { path, store } = setUp();

    const first = store.save(firedOnly({ a: true }));
    const second = store.save(firedOnly({ a: true }));

    expect(second).toBe(first);
    await second;
    expect(fs.readFileSync(path, "utf8")).toContain('"a":true');
  });

  it("writes the same text again where it could not be written before", async () => {
    const { path, store } = setUp();
    fs.mkdirSync(path);
    await expect(store.save(firedOnly({ a: true }))).rejects.toThrow("is not a regular file");
    fs.rmdirSync(path);

    await store.save(firedOnly({ a: true }));

    expect(fs.readFileSync(path, "utf8")).toContain('"a":true');
  });

  it("throws what the disk throws, and tries anew at the next save", async () => {
    const { path, store } = setUp();
    fs.mkdirSync(path);

    await expect(store.save(emptyState)).rejects.toThrow("is not a regular file");
    fs.rmdirSync(path);
    await store.save(emptyState);

    expect(await store.load()).toEqual(emptyState);
  });
});

describe("a disk that hangs", () => {
  /** A store where what is written to this file never comes back; and which files were begun. */
  function hangingAt(name: "state.json" | "runs.json") {
    const folder = tempFolder();
    const begun: string[] = [];
    const store = createStateFile(join(folder, "state.json"), {
      nowMs: () => 0,
      onTrouble: () => undefined,
      write(path, text, mode) {
        begun.push(basename(path));
        return path.endsWith(name) ? new Promise(() => {}) : writeAtomically(path, text, mode);
      },
    });
    return { folder, begun, store };
  }
  const fired = (name: string): GuardState => ({ ...emptyState, fired: { [name]: true } });

  it("below what can be learned again keeps no crossing from being saved", async () => {
    const { folder, begun, store } = hangingAt("runs.json");

    void store.saveLearned({ ...emptyState, lookedAtMs: 1 });
    await store.save(fired("warning"));
    void store.saveLearned({ ...emptyState, lookedAtMs: 2 });
    await store.save(fired("critical"));

    expect(fs.readFileSync(join(folder, "state.json"), "utf8")).toContain('"critical":true');
    expect(begun.toSorted()).toEqual(["runs.json", "state.json", "state.json"]);
  });

  it("below the state keeps what can be learned again from nothing", async () => {
    const { folder, begun, store } = hangingAt("state.json");

    void store.save(fired("warning"));
    await store.saveLearned({ ...emptyState, lookedAtMs: 1 });

    expect(fs.readFileSync(join(folder, "runs.json"), "utf8")).toContain('"lookedAtMs": 1');
    expect(begun).toEqual(["state.json", "runs.json"]);
  });

  it("is asked to write a file once, however often that is to be saved", async () => {
    const { begun, store } = hangingAt("state.json");

    for (const name of ["a", "b", "c", "d"]) void store.save(fired(name));
    await store.saveLearned(emptyState);

    expect(begun).toEqual(["state.json", "runs.json"]);
  });
});

describe("a store that is only read", () => {
  it.each([
    ["a good file", '{"fired": {"a": true}}', { a: true }, []],
    ["a broken file", "{", {}, [expect.objectContaining({ because: "it is not JSON" })]],
    [
      "a file with a broken part",
      '{"fired": {"a": true}, "guardEndsAtMs": 1}',
      { a: true },
      [expect.objectContaining({ kind: "partly-unreadable" })],
    ],
  ])("leaves %s as it was", async (_sentence, text, fired, told) => {
    const { path, store, troubles } = setUp(join(tempFolder(), "state.json"), true);
    fs.writeFileSync(path, text);

    const state = await store.load();
    await store.save(firedOnly({ b: true }));
    await store.saveLearned(emptyState);

    expect(state.fired).toEqual(fired);
    expect(troubles).toEqual(told);
    expect(fs.readFileSync(path, "utf8")).toBe(text);
  });
});
