import type { Fault } from "#simulator/faults.ts";
import { startSimulator } from "#simulator/server.ts";
import { apiKey } from "./scenario-settings.ts";

/**
 * A simulated account in a process of its own, whose time goes on by a minute with every look.
 * Once in so many of them it is topped up and crosses every line again; in between, its answers
 * break. Argument: how many. Sends its URL to its parent once.
 */
const every = Number(process.argv[2]);
const checkEveryMs = 2;
const fullUsd = 12;

const oneAfterTheOther: readonly Fault[] = [
  "http-500",
  "drop",
  "balance-null",
  "short",
  "html-200",
  "pods-null",
  "broken-pod-row",
  "unauthorized-200",
  "unknown-field",
  "array",
  "silence",
  "balance-nan",
];

let nowMs = Date.now();
const pods = [
  { id: "keep-1", name: "database", costPerHrUsd: 0.1, networkVolumeId: "volume-0" },
  { id: "spot-1", name: "trainer", costPerHrUsd: 4, networkVolumeId: "volume-1" },
  { id: "vol-1", name: "notebook", costPerHrUsd: 1.9, networkVolumeId: "volume-2" },
];
const simulator = await startSimulator({
  apiKey,
  balanceUsd: fullUsd,
  pods,
  nowMs: () => nowMs,
});
const { account } = simulator;

let requests = 0;
let looks = 0;
let seen = 0;
let faults = 0;
let outageUntil = 0;
setInterval(() => {
  const fresh = simulator.queries.toReversed().slice(0, simulator.requests - requests);
  requests = simulator.requests;
  looks += fresh.filter(({ query }) => query.includes("clientBalance")).length;
  const passes = (each: number, from = 0): boolean =>
    Math.floor((looks - from) / each) > Math.floor((seen - from) / each);
  nowMs += (looks - seen) * 60_000;
  if (passes(every)) {
    account.setBalance(fullUsd);
    for (const { id } of pods) account.resumePod(id);
  }
  if (passes(Math.ceil(every / 12))) {
    const fault = oneAfterTheOther[faults % oneAfterTheOther.length] ?? "drop";
    simulator.failNext(fault, 1 + (faults % 3), "looking");
    simulator.failNext(faults % 2 === 0 ? "drop" : "telemetry-null", 1, "measuring");
    faults += 1;
  }
  // Not with a top-up, which would pass unseen.
  if (passes(every * 2, Math.ceil(every / 2))) {
    simulator.failAll("http-502-html");
    outageUntil = looks + 30;
  }
  if (outageUntil > 0 && looks >= outageUntil) {
    simulator.clearFaults();
    outageUntil = 0;
  }
  seen = looks;
}, checkEveryMs);

process.on("disconnect", () => process.exit());
process.send?.(simulator.url);
