import { resolve } from "node:path";
import { namingConfig } from "#config/command-for.ts";
import { expandHome } from "#config/paths.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";

/** Every command that the guide tells to type. */
const typed = ["status", "gpus", "estimate", "start", "extend", "touch", "stop"] as const;

const guide = `## GPU pods

GPU pods at RunPod are paid by the hour from a prepaid balance, and go on costing until they are stopped. Start them
with \`runpodboss\` only: what it starts has a lease, and is stopped when that ends. Never create or start a pod, a
cluster or an endpoint with \`runpodctl\`, with RunPod's API or console, or with RunPod's own MCP server.

- Look first: \`runpodboss status\` shows the balance, the pods and their leases; \`runpodboss gpus\` shows what there is
  and what it costs.
- Then ask what it would cost: \`runpodboss estimate --gpu NAME --hours H --json\`. Exit code 1 means that the balance
  would not last: do not start it, and tell the person you work for.
- Start it: \`runpodboss start --gpu NAME --image IMAGE --hours H -y --json\`, for the hours that the work needs and no
  more. If that fails, do not run it again: \`runpodboss status --json\` says whether the pod is there.
- While it works: \`runpodboss extend POD HOURS\` before its lease ends; \`runpodboss touch POD\` if it is busy and counts
  as idle.
- When the work is done, or has failed: save the results elsewhere, then \`runpodboss stop POD -y\`.
- Leave alone what you did not start, unless you are told to stop it.
- A refusal is an answer. Do not look for a way around it, and change neither its config nor its daemon: say what it
  said, and let the person decide.
`;

/** Prints the paragraph for an AGENTS.md, in plain Markdown, for the config that it was called with. */
export function agentGuide({ config }: GlobalOptions, { printData }: Context): void {
  printData(namingConfig(guide.trimEnd(), typed, resolve(expandHome(config))));
}
