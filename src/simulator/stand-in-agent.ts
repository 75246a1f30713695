import { argv } from "node:process";

/**
 * Stands in for a coding agent in the demo: a program of its own that reads its prompt and acts on
 * the simulated account. Arguments: URL, API key, prompt. The prompt is the order; the last one it answers without doing a thing.
 */
const [url = "", apiKey = "", prompt = ""] = argv.slice(2);

interface SeenPod {
  readonly id: string;
  readonly name: string;
  readonly costPerHr: number;
  readonly desiredStatus: string;
  readonly runtime: { readonly gpus: readonly { readonly gpuUtilPercent: number }[] } | null;
}

const { myself } = await ask<{ myself: { pods: readonly SeenPod[] } }>(
  "{ myself { pods { id name costPerHr desiredStatus runtime { gpus { gpuUtilPercent } } } } }",
);
const running = myself.pods.filter(({ desiredStatus }) => desiredStatus === "RUNNING");
const doomed = chosen(prompt, running);
for (const { id } of doomed) {
  await ask(`mutation { podStop(input: { podId: "${id}" }) { id } }`);
}
console.log(
  doomed.length === 0
    ? "all is well, nothing to stop"
    : doomed
        .map(({ name, costPerHr }) => `stopped ${name} ($${costPerHr.toFixed(2)}/h)`)
        .join(", "),
);

function chosen(order: string, pods: readonly SeenPod[]): readonly SeenPod[] {
  switch (order) {
    case "stop what idles":
      return pods.filter((pod) => pod.runtime?.gpus.every((gpu) => gpu.gpuUtilPercent === 0));
    case "keep the most important":
      return [...pods].sort((a, b) => b.costPerHr - a.costPerHr).slice(1);
    default:
      return [];
  }
}

async function ask<Data>(query: string): Promise<Data> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as { data: Data };
  return data;
}
