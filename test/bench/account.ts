import { startSimulator } from "#simulator/server.ts";

/**
 * A simulated account in a process of its own. Argument: how many pods. Sends its URL to its parent
 * once, and then, for every message, how many looks and measurements have come, what it answers, or when
 * the last looks came.
 */
const count = Number(process.argv[2]);
const apiKey = "bench";
const simulator = await startSimulator({
  apiKey,
  balanceUsd: 1_000_000_000,
  pods: Array.from({ length: count }, (_, n) => ({
    id: `pod${String(n).padStart(11, "0")}`,
    name: `training-run-${n}`,
    costPerHrUsd: 0.69,
  })),
});
const isLook = ({ query }: { readonly query: string }): boolean => query.includes("clientBalance");

/** What is answered to the last request of its kind, once more. */
async function answerTo(which: (asked: { readonly query: string }) => boolean): Promise<string> {
  const asked = simulator.queries.findLast(which);
  if (asked === undefined) return "{}";
  const { query, variables } = asked;
  const response = await fetch(simulator.url, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return response.text();
}

async function sendAnswers(): Promise<void> {
  const [look, measurement] = [await answerTo(isLook), await answerTo((each) => !isLook(each))];
  process.send?.({ look, measurement });
}

process.on("message", (wanted) => {
  if (wanted === "answers") void sendAnswers();
  else if (wanted === "times") {
    process.send?.(simulator.queries.filter(isLook).map(({ atMs }) => atMs));
  } else {
    const looks = simulator.queries.filter(isLook).length;
    process.send?.({ looks, measurements: simulator.queries.length - looks });
  }
});
process.on("disconnect", () => process.exit());
process.send?.(simulator.url);
