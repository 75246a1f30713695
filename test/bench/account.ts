import { startSimulator } from "#simulator/server.ts";

/**
 * A simulated account in a process of its own. Argument: how many pods. Sends its URL to its parent
 * once, and then, for every message, how many looks have come.
 */
const count = Number(process.argv[2]);
const simulator = await startSimulator({
  apiKey: "bench",
  balanceUsd: 1_000_000_000,
  pods: Array.from({ length: count }, (_, n) => ({
    id: `pod${String(n).padStart(11, "0")}`,
    name: `training-run-${n}`,
    costPerHrUsd: 0.69,
  })),
});
process.on("message", () => {
  const looks = simulator.queries.filter(({ query }) => query.includes("clientBalance"));
  process.send?.(looks.length);
});
process.on("disconnect", () => process.exit());
process.send?.(simulator.url);
