import { argv } from "node:process";

/**
 * Stands in for a coding agent in the demo: a program of its own that reads its prompt and acts on
 * the simulated account. Arguments: URL of either interface, API key, prompt. The prompt is the order; the last one it
 * answers without doing a thing.
 */
const [url = "", apiKey = "", prompt = ""] = argv.slice(2);

interface RunningPod {
  readonly id: string;
  readonly name: string;
  readonly costPerHrUsd: number;
  readonly gpuPercents: readonly number[];
}

interface Account {
  running(): Promise<readonly RunningPod[]>;
  stop(podId: string): Promise<unknown>;
}

const account = new URL(url).pathname === "/v2" ? overRest() : overGraphql();
const doomed = chosen(prompt, await account.running());
for (const { id } of doomed) await account.stop(id);
console.log(
  doomed.length === 0
    ? "all is well, nothing to stop"
    : doomed
        .map(({ name, costPerHrUsd }) => `stopped ${name} ($${costPerHrUsd.toFixed(2)}/h)`)
        .join(", "),
);

function chosen(order: string, pods: readonly RunningPod[]): readonly RunningPod[] {
  switch (order) {
    case "stop what idles":
      return pods.filter(
        ({ gpuPercents }) =>
          gpuPercents.length > 0 && gpuPercents.every((percent) => percent === 0),
      );
    case "keep the most important":
      return [...pods].sort((a, b) => b.costPerHrUsd - a.costPerHrUsd).slice(1);
    default:
      return [];
  }
}

function overGraphql(): Account {
  interface Row {
    readonly id: string;
    readonly name: string;
    readonly costPerHr: number;
    readonly desiredStatus: string;
    readonly runtime: { readonly gpus: readonly { readonly gpuUtilPercent: number }[] } | null;
  }
  interface Pods {
    readonly data: { readonly myself: { readonly pods: readonly Row[] } };
  }
  return {
    async running() {
      const { data } = await ask<Pods>(url, {
        query:
          "{ myself { pods { id name costPerHr desiredStatus runtime { gpus { gpuUtilPercent } } } } }",
      });
      return data.myself.pods
        .filter(({ desiredStatus }) => desiredStatus === "RUNNING")
        .map(({ id, name, costPerHr, runtime }) => ({
          id,
          name,
          costPerHrUsd: costPerHr,
          gpuPercents: (runtime?.gpus ?? []).map(({ gpuUtilPercent }) => gpuUtilPercent),
        }));
    },
    stop: (podId) =>
      ask(url, { query: `mutation { podStop(input: { podId: "${podId}" }) { id } }` }),
  };
}

function overRest(): Account {
  interface Row {
    readonly id: string;
    readonly name: string;
    readonly cost: number;
    readonly status: string;
    readonly runtime: { readonly gpus?: readonly { readonly util?: number }[] } | null;
  }
  return {
    async running() {
      const { pods } = await ask<{ readonly pods: readonly Row[] }>(`${url}/pods`);
      return pods
        .filter(({ status }) => status === "RUNNING")
        .map(({ id, name, cost, runtime }) => ({
          id,
          name,
          costPerHrUsd: cost,
          gpuPercents: (runtime?.gpus ?? []).map(({ util = 0 }) => util),
        }));
    },
    stop: (podId) => ask(`${url}/pods/${podId}/action`, { action: "stop" }),
  };
}

/** A GET, or with a body a POST. */
async function ask<Answer>(address: string, body?: object): Promise<Answer> {
  const response = await fetch(address, {
    headers: { "content-type": "application/json", authorization: `Bearer ${apiKey}` },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
  return (await response.json()) as Answer;
}
