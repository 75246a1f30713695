import type { Asked, Found } from "#hook/detect/found.ts";
import { hole } from "#hook/detect/shell/syntax.ts";
import { isQuery, mutationIn, ownMutation } from "./graphql.ts";

export interface Request {
  readonly method: string;
  readonly url: string;
  /** Undefined where it cannot be read; empty where there is none. */
  readonly body: string | undefined;
}

const resources: Readonly<Record<string, "pod" | "cluster" | "endpoint">> = {
  pod: "pod",
  pods: "pod",
  cluster: "cluster",
  clusters: "cluster",
  serverless: "endpoint",
  endpoint: "endpoint",
  endpoints: "endpoint",
};
/** Kept, not run. */
const stored =
  /^(?:templates?|network-?volumes?|volumes|registries|container-?registry-?auth|account|billing|catalog|ssh-keys|secrets|openapi\.json|docs)$/i;
const jobs =
  /^(?:run|runsync|status|stream|cancel|retry|health|purge-queue|openai|requests|ping|metrics)$/i;

interface Address {
  readonly host: string;
  readonly path: readonly string[];
}

/** Where RunPod is asked; undefined for every other host, and for pods and workers that answer for themselves. */
function runPodAddress(url: string): Address | undefined {
  const bare = url
    .replaceAll("\\", "")
    .replace(/^[a-z][\w+.-]*:\/\//i, "")
    .replace(/^[^/@]*@/, "");
  const [place = "", ...path] = bare.split(/[?#]/)[0]?.split("/") ?? [];
  const host = place.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
  const isNamed = /(?:^|\.)(?:get)?runpod\.(?:io|ai|net)$/.test(host);
  const isHeld = host.includes(hole) && /run-?pod/i.test(host);
  if (!isNamed && !isHeld) return undefined;
  if (/\.proxy\.runpod\.net$|\.api\.runpod\.ai$/.test(host)) return undefined;
  return { host, path: path.filter((part) => part !== "") };
}

export function isRunPods(url: string): boolean {
  return runPodAddress(url) !== undefined;
}

function field(body: string, names: string): string | undefined {
  const pattern = new RegExp(
    `["']?(?:${names})\\\\?["']?\\s*[:=]\\s*\\[?\\s*\\\\?["']?([^"',}\\]\\\\&]+)`,
    "i",
  );
  const value = pattern.exec(body)?.[1]?.trim();
  return value === undefined || value.includes(hole) ? undefined : value;
}

export function askedIn(body: string): Asked {
  const gpu = field(body, "gpuTypeIds?|gpuType");
  const image = field(body, "imageName|image");
  const name = field(body, "name");
  return {
    ...(gpu === undefined ? {} : { gpu }),
    ...(image === undefined ? {} : { image }),
    ...(name === undefined ? {} : { name }),
  };
}

function idIn(id: string | undefined): { readonly podId?: string } {
  return id !== undefined && /^[\w-]+$/.test(id) ? { podId: id } : {};
}

function unread(called: string): Found {
  return {
    kind: "creates",
    what: "something",
    because: `${called} goes to RunPod with a body that cannot be read from the command`,
  };
}

/** Whether a body sets how many workers always run to anything but none. */
export function keepsWorkers(body: string): boolean {
  const least =
    field(body, "workersMin") ??
    /workers\\?["']?\s*:\s*\{[^}]*min\\?["']?\s*:\s*(\d+)/.exec(body)?.[1];
  return /workersMin|workers\\?["']?\s*:/.test(body) && !/^0+(?:\.0*)?$/.test(least ?? "");
}

function pod(request: Request, called: string, path: readonly string[]): Found | undefined {
  const [id, action] = path;
  if (id === undefined) {
    if (request.method !== "POST") return undefined;
    const asked = askedIn(request.body ?? "");
    return { kind: "creates", what: "pod", asked, because: `${called} creates a pod` };
  }
  if (request.method === "PATCH" || request.method === "PUT" || action === undefined)
    return undefined;
  const doing =
    action === "action"
      ? request.body === undefined
        ? undefined
        : field(request.body, "action")
      : action;
  if (doing === undefined) return unread(called);
  if (/^(?:stop|terminate|delete|update|logs|bidUpdate)$/i.test(doing)) return undefined;
  return { kind: "starts", what: "pod", ...idIn(id), because: `${called} starts a pod` };
}

function endpoint(request: Request, called: string, path: readonly string[]): Found | undefined {
  if (path[0] === undefined && request.method === "POST")
    return {
      kind: "creates",
      what: "endpoint",
      because: `${called} creates a serverless endpoint`,
    };
  if (request.body === undefined) return unread(called);
  if (!keepsWorkers(request.body)) return undefined;
  const because = `${called} keeps workers of an endpoint running`;
  return { kind: "starts", what: "endpoint", because };
}

function rest(request: Request, path: readonly string[]): Found | undefined {
  const called = `${request.method} /${path.slice(0, 3).join("/")}`.replaceAll(
    /\uE000[^\uE000]*\uE000/g,
    "…",
  );
  const from = /^v\d+$/i.test(path[0] ?? "") ? 1 : 0;
  const [resource = "", ...below] = path.slice(from);
  if (stored.test(resource)) return undefined;
  if (!Object.hasOwn(resources, resource.toLowerCase())) {
    // A request to an endpoint: its workers answer, and go when nobody asks.
    if (from === 1 && below[0] !== undefined && jobs.test(below[0])) return undefined;
    return {
      kind: "creates",
      what: "something",
      because: `what ${called} does at RunPod is not known here`,
    };
  }
  const what = resources[resource.toLowerCase()];
  if (what === "pod") return pod(request, called, below);
  if (what === "endpoint") return endpoint(request, called, below);
  if (below.length > 0 && request.method !== "POST") return undefined;
  return { kind: "creates", what: "cluster", because: `${called} creates a cluster` };
}

/** What a request would create or start at RunPod; undefined for what goes elsewhere, asks or ends. */
export function requested(request: Request): Found | undefined {
  const own = request.body === undefined ? undefined : ownMutation(request.body);
  if (own !== undefined) return own;
  const address = runPodAddress(request.url);
  if (address === undefined) return undefined;
  const inAddress = mutationIn(request.url.replaceAll("+", " ").replaceAll(/%20/g, " "));
  if (inAddress !== undefined) return inAddress;
  const isChanging =
    ["POST", "PUT", "PATCH"].includes(request.method) || request.method.includes(hole);
  if (!isChanging) return undefined;
  if (!/^graphql$/i.test(address.path[0] ?? "")) return rest(request, address.path);
  if (request.body === undefined) return unread("the GraphQL request");
  const mutation = mutationIn(request.body);
  if (mutation !== undefined) return mutation;
  return isQuery(request.body) || /\bmutation\b/i.test(request.body)
    ? undefined
    : unread("the GraphQL request");
}
