import { deploy, noCapacity, tooLittleMoney, type Deployment } from "#simulator/deploy.ts";
import { isObject, parsedJson } from "#simulator/json.ts";
import { json, type Answer } from "#simulator/sending.ts";
import { podView } from "./pod-view.ts";
import { problem } from "./problem.ts";
import type { Visit } from "./routes.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What must be so of a field that is there, in words. */
type Rule = readonly [words: string, holds: (value: unknown) => boolean];

const text: Rule = ["must be a string", (value) => typeof value === "string"];
const filled: Rule = ["must not be empty", (value) => typeof value === "string" && value !== ""];
const flag: Rule = ["must be true or false", (value) => typeof value === "boolean"];
const texts: Rule = ["must be a list of strings", (value) => isListOf(value, text)];
const object: Rule = ["must be an object", isObject];
const list: Rule = ["must be a list", Array.isArray];

const bodyRules: Readonly<Record<string, Rule>> = {
  name: filled,
  image: text,
  args: text,
  disk: wholeFrom(1),
  ports: texts,
  env: [
    "must be an object of strings",
    (value) => isObject(value) && isListOf(Object.values(value), text),
  ],
  registry: ["must be a string or null", (value) => value === null || typeof value === "string"],
  cloud: oneOf("SECURE", "COMMUNITY"),
  cpu: object,
  gpu: object,
  mounts: object,
  dataCenterIds: texts,
  globalNetworking: flag,
  startJupyter: flag,
  startSsh: flag,
  templateId: filled,
};
const gpuRules: Readonly<Record<string, Rule>> = {
  id: text,
  count: wholeFrom(1),
  allowedCudaVersions: texts,
  minCudaVersion: text,
};
const mountRules: Readonly<Record<string, Rule>> = { persistent: object, network: list };
const persistentRules: Readonly<Record<string, Rule>> = { size: wholeFrom(10), path: text };
const networkRules: Readonly<Record<string, Rule>> = { volumeId: text, path: text };

/** Makes a pod, as far as its order holds what RunPod's specification wants of it. */
export function createPod({ account, request, lies }: Visit): Answer {
  const body = parsedJson(request.body);
  if (!isObject(body)) return problem(400, "the body must be a JSON object");
  const errors = faultsOf(body);
  if (errors.length > 0) return invalid(errors);
  const broken = brokenRule(body);
  if (broken !== undefined) return problem(400, broken);
  const order = orderOf(body);
  if (order === undefined) return problem(400, noCapacity);

  const answer = deploy(account, order, lies);
  switch (answer.kind) {
    case "placed":
      return json(201, podView(answer.pod, account.nowMs()));
    case "too-little-money":
      return problem(402, tooLittleMoney);
    case "no-capacity":
      return problem(400, noCapacity);
  }
}

/** What does not fit the specification, each in words. */
function faultsOf(body: Fields): readonly string[] {
  const { gpu, mounts } = body;
  const persistent = isObject(mounts) ? mounts["persistent"] : undefined;
  const network = networkIn(body);
  return [
    ...faultsIn("$", body, bodyRules, ["name"]),
    ...faultsIn("$.gpu", gpu, gpuRules, ["id"]),
    ...faultsIn("$.mounts", mounts, mountRules, []),
    ...faultsIn("$.mounts.persistent", persistent, persistentRules, ["size", "path"]),
    ...network.flatMap((each, index) =>
      faultsIn(`$.mounts.network[${index}]`, each, networkRules, ["volumeId", "path"]),
    ),
    ...(network.length > 1 ? ["$.mounts.network: at most 1"] : []),
  ];
}

/** What fits it, and is refused all the same. */
function brokenRule(body: Fields): string | undefined {
  const { gpu, cpu, image, templateId, mounts } = body;
  if ((gpu === undefined) === (cpu === undefined)) return "exactly one of gpu and cpu is required";
  if (image === undefined && templateId === undefined) {
    return "image is required unless templateId is set";
  }
  const hasBoth = isObject(mounts) && "persistent" in mounts && networkIn(body).length > 0;
  return hasBoth ? "mounts.persistent and mounts.network exclude each other" : undefined;
}

/** Undefined for a pod without GPUs: nobody rents those here. */
function orderOf(body: Fields): Deployment | undefined {
  const { gpu, image, mounts, env, ports, dataCenterIds } = body;
  if (!isObject(gpu)) return undefined;
  const persistent = isObject(mounts) ? mounts["persistent"] : undefined;
  const [network] = networkIn(body);
  const [dataCenterId = "EU-SE-1"] = (dataCenterIds ?? []) as readonly string[];
  return {
    name: String(body["name"]),
    gpuTypeId: String(gpu["id"]),
    gpuCount: Number(gpu["count"] ?? 1),
    cloud: body["cloud"] === "COMMUNITY" ? "COMMUNITY" : "SECURE",
    imageName: typeof image === "string" ? image : "runpod/pytorch:latest",
    containerDiskInGb: Number(body["disk"] ?? 20),
    volumeInGb: isObject(persistent) ? Number(persistent["size"]) : 0,
    networkVolumeId: isObject(network) ? String(network["volumeId"]) : null,
    dataCenterId,
    ports: (ports ?? []) as readonly string[],
    env: Object.entries(isObject(env) ? env : {}).map(([key, value]) => `${key}=${String(value)}`),
  };
}

function networkIn({ mounts }: Fields): readonly unknown[] {
  const network = isObject(mounts) ? mounts["network"] : undefined;
  return Array.isArray(network) ? network : [];
}

function faultsIn(
  place: string,
  found: unknown,
  rules: Readonly<Record<string, Rule>>,
  required: readonly string[],
): readonly string[] {
  if (found === undefined) return [];
  if (!isObject(found)) return [`${place} must be an object`];
  return [
    ...required.filter((key) => !(key in found)).map((key) => `${place}: ${key} is required`),
    ...Object.entries(found).flatMap(([key, value]) => {
      const rule = rules[key];
      if (rule === undefined) return [`${place}: additional properties '${key}' not allowed`];
      const [words, holds] = rule;
      return holds(value) ? [] : [`${place}.${key}: ${words}`];
    }),
  ];
}

function invalid(errors: readonly string[]): Answer {
  const refused = problem(422, "Request validation failed.");
  return { ...refused, body: JSON.stringify({ ...(JSON.parse(refused.body) as object), errors }) };
}

function wholeFrom(least: number): Rule {
  return [
    `must be a whole number, at least ${least}`,
    (value) => Number.isInteger(value) && Number(value) >= least,
  ];
}

function oneOf(...words: readonly string[]): Rule {
  return [`must be one of ${words.join(", ")}`, (value) => words.includes(String(value))];
}

function isListOf(found: unknown, [, holds]: Rule): boolean {
  return Array.isArray(found) && found.every(holds);
}
