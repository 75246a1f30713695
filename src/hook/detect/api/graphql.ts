import type { Found } from "#hook/detect/found.ts";

const pods =
  /\b(podFindAndDeployOnDemand|podRentInterruptable|(?:deploy|create)CpuPod|podDeploy\w*|createPods?)\b/;
const resumed = /\b(podResume|podBidResume|podStart|podRestart)\b/;
const clusters = /\b((?:create|deploy|save)(?:Instant)?Clusters?)\b/;
const endpoints = /\b(saveEndpoint|createEndpoint|deployEndpoint|updateEndpointWorkers\w*)\b/;

/** Mutations that let nothing burn. What is not named here is refused. */
const harmless = new Set(
  "podStop podTerminate podEditJob saveTemplate updateTemplate deleteTemplate deleteEndpoint saveRegistryAuth updateRegistryAuth deleteRegistryAuth updateUserSettings createNetworkVolume updateNetworkVolume deleteNetworkVolume createSecret deleteSecret createApiKey deleteApiKey deletePod stopPod terminatePod updateEndpointTemplate".split(
    " ",
  ),
);

function idIn(text: string): { readonly podId?: string } {
  const id = /podId\\?["']?\s*:\s*\\?["']([\w-]+)/.exec(text)?.[1];
  return id === undefined ? {} : { podId: id };
}

/** A mutation that only RunPod has, wherever it stands. */
export function ownMutation(text: string): Found | undefined {
  const pod = pods.exec(text)?.[1];
  const isOwn = pod !== undefined && !pod.startsWith("createPod");
  if (isOwn) return { kind: "creates", what: "pod", because: `the mutation ${pod} creates a pod` };
  const resume = /\b(podResume|podBidResume)\b/.exec(text)?.[1];
  if (resume === undefined) return undefined;
  return {
    kind: "starts",
    what: "pod",
    ...idIn(text),
    because: `the mutation ${resume} starts a pod`,
  };
}

function named(text: string): Found | undefined {
  const own = ownMutation(text);
  if (own !== undefined) return own;
  const [pod, resume, cluster, endpoint] = [pods, resumed, clusters, endpoints].map(
    (each) => each.exec(text)?.[1],
  );
  if (pod !== undefined)
    return { kind: "creates", what: "pod", because: `the mutation ${pod} creates a pod` };
  if (resume !== undefined)
    return {
      kind: "starts",
      what: "pod",
      ...idIn(text),
      because: `the mutation ${resume} starts a pod`,
    };
  if (cluster !== undefined)
    return {
      kind: "creates",
      what: "cluster",
      because: `the mutation ${cluster} creates a cluster`,
    };
  if (endpoint === undefined) return undefined;
  return {
    kind: "creates",
    what: "endpoint",
    because: `the mutation ${endpoint} creates or changes a serverless endpoint`,
  };
}

/** What a mutation would do; a mutation with no name that is known as harmless counts. */
export function mutationIn(text: string): Found | undefined {
  if (!/\bmutation\b/i.test(text)) return undefined;
  const found = named(text.replaceAll(/\bmutation\s+\w+/gi, "mutation "));
  if (found !== undefined) return found;
  const body = text.slice(text.search(/\bmutation\b/i));
  const fields = [...body.matchAll(/([A-Za-z_]\w*)\s*\(/g)].map((each) => each[1] ?? "");
  const called = fields.filter((field) => !/^(?:mutation|query|input)$/i.test(field));
  const unknown = called.find((field) => !harmless.has(field));
  if (called.length > 0 && (unknown === undefined || called.some((each) => harmless.has(each))))
    return undefined;
  return {
    kind: "creates",
    what: "something",
    because: `what the GraphQL mutation ${unknown ?? "in it"} does at RunPod is not known here`,
  };
}

/** Whether a text, as far as it can be read, asks and changes nothing. */
export function isQuery(text: string): boolean {
  if (/\bmutation\b/i.test(text)) return false;
  return /(?:^|query\\?["']?\s*[:=]\s*\\?["']?|["'`])\s*(?:\\[nt])*\s*(?:query\b\s*\w*\s*[({]|\{\s*\w+|fragment\s)/i.test(
    text.replaceAll("\\n", " "),
  );
}
