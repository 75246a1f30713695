import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyState } from "#guard/model/state.ts";
import { identityOf } from "#process/identity.ts";
import { lastGoodDrill, noteGoodDrill } from "#store/drill-file.ts";
import { createHistoryFile } from "#store/history/history-file.ts";
import { pruneHistory } from "#store/history/history-pruning.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { writeRecord } from "#store/history/history-text.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import {
  channelsFileOf,
  drillFileOf,
  historyFileOf,
  leaseFileOf,
  runsFileOf,
  samplesFileOf,
} from "#store/paths.ts";
import { createSamplesFile } from "#store/samples-file.ts";
import { createStateFile, type StateTrouble } from "#store/state-file.ts";
import { lastTested, noteTested } from "#store/tested-file.ts";
import { tempFolder } from "../temp-folder.ts";

const dayMs = 24 * 3_600_000;
const nowMs = Date.UTC(2026, 10, 23, 3, 15);
const signal = new AbortController().signal;
const book = { leases: {}, touchedAtMs: { p1: nowMs } };
const record = (atMs = nowMs) =>
  ({ id: String(atMs), atMs, type: "notify", reason: "warning", because: "low" }) as const;

/** All that is ever done with the files beside a state file; gives what went wrong. */
const doings: Readonly<Record<string, (stateFile: string) => Promise<unknown>>> = {
  "a sample is added": (stateFile) =>
    createSamplesFile(samplesFileOf(stateFile)).add({
      atMs: nowMs,
      balanceUsd: 1,
      burnPerHrUsd: 1,
    }),
  "the samples are thinned": (stateFile) =>
    createSamplesFile(samplesFileOf(stateFile)).thin(nowMs, 1, signal),
  "a record is added": (stateFile) =>
    createHistoryFile(historyFileOf(stateFile), { identityOf, onTrouble: () => {} }).append([
      record(),
    ]),
  "the history is pruned": (stateFile) =>
    pruneHistory(historyFileOf(stateFile), { nowMs, days: 1, identityOf, signal }),
  "a lease is given": (stateFile) =>
    createLeaseFile(leaseFileOf(stateFile), identityOf).change(() => book),
  "the runs are saved": (stateFile) => storeOf(stateFile).saveLearned(emptyState),
  "the state is loaded": (stateFile) => storeOf(stateFile).load(),
  "a drill is noted": (stateFile) => noteGoodDrill(stateFile, new Date(nowMs)),
  "a test is noted": (stateFile) =>
    noteTested(stateFile, { ntfy: { at: new Date(nowMs).toISOString(), mark: "1" } }),
};

const allFiles = [
  samplesFileOf,
  historyFileOf,
  leaseFileOf,
  runsFileOf,
  drillFileOf,
  channelsFileOf,
];

function storeOf(stateFile: string, troubles: StateTrouble[] = []) {
  return createStateFile(stateFile, {
    nowMs: () => nowMs,
    onTrouble: (trouble) => troubles.push(trouble),
  });
}

async function doAll(stateFile: string): Promise<Readonly<Record<string, string>>> {
  const faults: Record<string, string> = {};
  for (const [what, run] of Object.entries(doings)) {
    await run(stateFile).catch((error: Error) => (faults[what] = error.message));
  }
  return faults;
}

function contentOf(folder: string): Readonly<Record<string, string>> {
  const names = fs.readdirSync(folder).toSorted();
  return Object.fromEntries(
    names.map((name) => [name, fs.readFileSync(join(folder, name), "utf8")]),
  );
}

describe("a file that someone else has written", () => {
  const texts: readonly (readonly [sentence: string, text: string])[] = [
    ["a data set of lines", '{"text":"a","label":1}\n'.repeat(1_000)],
    ["a data set with times", '{"timestamp":"2026-11-23T03:15:00.000Z","value":1}\n'.repeat(1_000)],
    ["one object", '{\n  "version": 1,\n  "runs": [1, 2, 3]\n}\n'],
    ["a list", "[1, 2, 3]\n"],
    ["words", "do not lose me\n"],
    ["one long line", "x".repeat(200_000)],
    ["bytes", "\u0000\u0001\ufffd\n\n\n"],
    ["the files of another guard", '{"runpodboss":"history of lab.json"}\n{"a":1}\n'],
    ["what only looks like ours", '{"runpodboss": "history of state.jsonx",\n"leases": {}}\n'],
  ];

  it.each(texts)("stays as it is, and is told: %s", async (_sentence, text) => {
    const folder = tempFolder();
    const stateFile = join(folder, "state.json");
    for (const of of allFiles) fs.writeFileSync(of(stateFile), text);
    const before = contentOf(folder);

    const faults = await doAll(stateFile);

    expect(contentOf(folder)).toEqual(before);
    // Whoever only tidies or reads leaves the telling to whoever writes.
    expect(Object.keys(faults)).toEqual([
      "a sample is added",
      "a record is added",
      "a lease is given",
      "the runs are saved",
      "a drill is noted",
      "a test is noted",
    ]);
    const { "a lease is given": _strictlyRead, ...told } = faults;
    for (const words of Object.values(told)) {
      expect(words).toContain("It is left as it is. Move it away");
    }
    expect(await lastGoodDrill(stateFile)).toBeUndefined();
    expect(await lastTested(stateFile)).toEqual({});
  });

  it("is told when the state is loaded, and the guard starts without it", async () => {
    const stateFile = join(tempFolder(), "state.json");
    fs.writeFileSync(runsFileOf(stateFile), '{"mine": true}');
    const troubles: StateTrouble[] = [];

    expect(await storeOf(stateFile, troubles).load()).toEqual(emptyState);

    expect(troubles).toEqual([
      {
        path: runsFileOf(stateFile),
        kind: "others",
        because: `${runsFileOf(stateFile)} is not ours to write: its first line does not say that it is the runs of state.json. It is left as it is. Move it away, or set state_file to another path`,
      },
    ]);
  });

  it("is no longer in the way once it was moved away", async () => {
    const folder = tempFolder();
    const stateFile = join(folder, "state.json");
    for (const of of allFiles) fs.writeFileSync(of(stateFile), "mine\n");
    await doAll(stateFile);

    for (const of of allFiles) fs.renameSync(of(stateFile), `${of(stateFile)}.mine`);

    expect(await doAll(stateFile)).toEqual({});
  });

  it("is refused as a state file, and stays where it is, when it is another guard's", async () => {
    const stateFile = join(tempFolder(), "runs.json");
    await storeOf(join(dirname(stateFile), "state.json")).saveLearned(emptyState);
    const before = contentOf(dirname(stateFile));

    await expect(storeOf(stateFile).load()).rejects.toThrow(
      /runs\.json is no state: it says that it is the runs of state\.json/,
    );
    expect(contentOf(dirname(stateFile))).toEqual(before);
  });
});

describe("the files of two guards in one folder", () => {
  it("are not mixed", async () => {
    const folder = tempFolder();
    expect(await doAll(join(folder, "state.json"))).toEqual({});
    const before = contentOf(folder);

    expect(await doAll(join(folder, "lab.json"))).toEqual({});

    const after = contentOf(folder);
    expect(after).toMatchObject(before);
    expect(Object.keys(after)).toEqual([
      "channels.json",
      "drill.json",
      "history.jsonl",
      "lab.channels.json",
      "lab.drill.json",
      "lab.history.jsonl",
      "lab.leases.json",
      "lab.runs.json",
      "lab.samples.jsonl",
      "leases.json",
      "runs.json",
      "samples.jsonl",
    ]);
    for (const [name, text] of Object.entries(after)) {
      const whose = name.startsWith("lab.") ? "lab.json" : "state.json";
      expect(text.split("\n", 1)[0], name).toMatch(
        new RegExp(`^\\{"runpodboss": ?"[a-z]+ of ${whose}"[,}]$`),
      );
    }
  });

  it("what version 0.1 kept for both still counts for leases, until there are own ones", async () => {
    const folder = tempFolder();
    const older = { leases: {}, touched: { p1: "2026-11-23T03:15:00.000Z" } };
    fs.writeFileSync(join(folder, "leases.json"), JSON.stringify(older, null, 2));
    const file = createLeaseFile(join(folder, "lab.leases.json"), identityOf);

    expect(await file.read()).toEqual(book);
    await file.change(({ touchedAtMs }) => ({
      leases: {},
      touchedAtMs: { ...touchedAtMs, p2: nowMs },
    }));

    expect((await file.read()).touchedAtMs).toEqual({ p1: nowMs, p2: nowMs });
    expect(JSON.parse(fs.readFileSync(join(folder, "leases.json"), "utf8"))).toEqual(older);
  });

  it("a lease that the other one was given does not count", async () => {
    const folder = tempFolder();
    await createLeaseFile(join(folder, "leases.json"), identityOf).change(() => book);

    const read = await createLeaseFile(join(folder, "lab.leases.json"), identityOf).read();

    expect(read).toEqual({ leases: {}, touchedAtMs: {} });
  });
});

describe("a file of version 0.1, which does not say whose it is", () => {
  const stamp = new Date(nowMs).toISOString();
  const lineOf = (n: number) =>
    `{"timestamp":"${new Date(nowMs - n * 60_000).toISOString()}","balance_usd":9,"burn_per_hr_usd":1}\n`;

  it("is added to as it is, and gets its first line when it is tidied; nothing is lost", async () => {
    const stateFile = join(tempFolder(), "state.json");
    const [history, samples] = [historyFileOf(stateFile), samplesFileOf(stateFile)];
    const old = `${writeRecord(record(nowMs - 3_600_000))}\nwhat?\n`;
    fs.writeFileSync(history, old);
    fs.writeFileSync(samples, lineOf(1));

    await doings["a record is added"]?.(stateFile);
    const added = fs.readFileSync(history, "utf8");
    await doings["the history is pruned"]?.(stateFile);
    await doings["the samples are thinned"]?.(stateFile);

    expect(added).toBe(`${old}${writeRecord(record())}\n`);
    expect(fs.readFileSync(history, "utf8")).toBe(
      `{"runpodboss":"history of state.json"}\n${added}`,
    );
    expect(fs.readFileSync(samples, "utf8")).toBe(
      `{"runpodboss":"samples of state.json"}\n${lineOf(1)}`,
    );
    expect(await readHistory(history, 0)).toMatchObject({ unreadable: 1 });
  });

  it.each([
    ["began a line and no more", '{"timestamp":"2026-11'],
    ["lost the rest of its line", `{"timestamp":"${stamp}","event_ty`],
    ["begins with zeros", `\0\0\0\0${writeRecord(record(1))}`],
    ["has only zeros", "\0\0\0\0"],
    ["is empty", ""],
    ["began the first line of now", '{"runpodboss":"hist'],
    ["was reformatted", `{ "timestamp": "${stamp}", "event_type": "notify", "id": "7" }`],
  ])("is known though a crash or a person left it so: it %s", async (_sentence, text) => {
    const history = join(tempFolder(), "history.jsonl");
    fs.writeFileSync(history, text);
    const stateFile = join(dirname(history), "state.json");

    await doings["a record is added"]?.(stateFile);
    await doings["a record is added"]?.(stateFile);

    const { records } = await readHistory(history, nowMs);
    expect(records.filter(({ id }) => id === String(nowMs))).toHaveLength(1);
    expect(fs.readFileSync(history, "utf8").startsWith(text)).toBe(true);
  });

  it("keeps its leases, runs and drill, and says whose they are from the next save on", async () => {
    const stateFile = join(tempFolder(), "state.json");
    const older = { leases: {}, touched: { p1: stamp } };
    fs.writeFileSync(leaseFileOf(stateFile), `${JSON.stringify(older, null, 2)}\n`);
    fs.writeFileSync(
      runsFileOf(stateFile),
      '{\n  "version": 2,\n  "saidAtMs": {},\n  "runs": [],\n  "lookedAtMs": 5\n}\n',
    );
    fs.writeFileSync(drillFileOf(stateFile), `{"lastGoodAt":"${stamp}"}\n`);

    expect(await createLeaseFile(leaseFileOf(stateFile), identityOf).read()).toEqual(book);
    expect(await storeOf(stateFile).load()).toMatchObject({ lookedAtMs: 5 });
    expect(await lastGoodDrill(stateFile)).toEqual(new Date(nowMs));
    expect(await doAll(stateFile)).toEqual({});

    for (const of of [leaseFileOf, runsFileOf, drillFileOf]) {
      expect(fs.readFileSync(of(stateFile), "utf8")).toMatch(
        /^\{"runpodboss": "[a-z]+ of state\.json",\n/,
      );
    }
    expect(await createLeaseFile(leaseFileOf(stateFile), identityOf).read()).toEqual(book);
    expect(await lastGoodDrill(stateFile)).toEqual(new Date(nowMs));
  });
});

it("what is pruned and thinned keeps its first line", async () => {
  const stateFile = join(tempFolder(), "state.json");
  const history = createHistoryFile(historyFileOf(stateFile), { identityOf, onTrouble: () => {} });
  await history.append([record(nowMs - 9 * dayMs), record()]);

  await doings["the history is pruned"]?.(stateFile);

  expect(fs.readFileSync(historyFileOf(stateFile), "utf8")).toBe(
    `{"runpodboss":"history of state.json"}\n${writeRecord(record())}\n`,
  );
});
