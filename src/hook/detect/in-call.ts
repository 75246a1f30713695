import { keepsWorkers, requested } from "./api/request.ts";
import type { Asked, Found } from "./found.ts";
import { inCommand } from "./in-command.ts";
import { inCode } from "./programs/code.ts";
import { mentionsRunPod } from "./programs/names.ts";

/** A call of a tool, as an agent's hook tells of it. */
export interface ToolCall {
  readonly tool: string;
  /** The MCP server that has the tool, where it has one: its name, address and command. */
  readonly server?: string;
  readonly input: unknown;
}

type Input = Readonly<Record<string, unknown>>;

/** They write files; nothing of it runs. */
const writing =
  /^(?:write|edit|multiedit|notebookedit|apply_?patch|write_?file|create_?file|edit_?file|replace|strreplace|str_replace\w*|search_?replace|tabwrite|read|read_?file|grep|glob|ls|todo_?write|task|agent|websearch|webfetch)$/i;

function objectIn(input: unknown): Input {
  if (typeof input === "string") {
    try {
      return objectIn(JSON.parse(input) as unknown);
    } catch {
      return { command: input };
    }
  }
  return typeof input === "object" && input !== null && !Array.isArray(input)
    ? (input as Input)
    : {};
}

function lineOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return undefined;
  const words = value.filter((word) => typeof word === "string");
  return words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
}

/** The lines for a shell in what a tool is handed. */
function shellLines(input: Input): readonly string[] {
  const line = lineOf(input["command"] ?? input["cmd"]);
  const args = lineOf(input["args"] ?? input["arguments"]);
  const whole = line === undefined ? [] : [args === undefined ? line : `${line} ${args}`];
  const others = ["script", "chars", "keystrokes", "shell_command", "commandLine"].flatMap(
    (key) => lineOf(input[key]) ?? [],
  );
  return [...whole, ...others];
}

function text(input: Input, ...keys: readonly string[]): string | undefined {
  const value = keys.map((key) => input[key]).find((each) => each !== undefined);
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === "string" ? one : undefined;
}

function asked(input: Input): Asked {
  const gpu = text(input, "gpuTypeIds", "gpuTypeId", "gpu_type_ids", "gpu");
  const image = text(input, "imageName", "image_name", "image");
  const name = text(input, "name");
  return {
    ...(gpu === undefined ? {} : { gpu }),
    ...(image === undefined ? {} : { image }),
    ...(name === undefined ? {} : { name }),
  };
}

const itsOwn = new Set([
  "gpuTypeIds",
  "gpuPoolIds",
  "computeType",
  "cloudType",
  "dataCenterIds",
  "imageName",
  "templateId",
  "containerDiskInGb",
  "podId",
  "endpointId",
  "workersMin",
]);

/** The part of a tool's name behind its server's, in the spelling of RunPod's own server. */
function plainName(tool: string): string {
  const last = tool.split(/__|[:./]/).at(-1) ?? "";
  return last
    .replaceAll(/([a-z])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase()
    .replace(/^.*run-?pod-(?=\w)/, "");
}

function starts(input: Input, called: string): Found {
  const podId = text(input, "podId", "pod_id", "id");
  const because = `${called} starts a pod`;
  return { kind: "starts", what: "pod", ...(podId === undefined ? {} : { podId }), because };
}

/** What a tool of RunPod's own MCP server, or of another one of that kind, creates or starts. */
function ofServer(name: string, input: Input): Found | undefined {
  const action = text(input, "action");
  if (name === "pod-action") {
    const isEnd = action !== undefined && /^(?:stop|terminate)$/i.test(action);
    return isEnd ? undefined : starts(input, `pod-action ${action ?? ""}`.trim());
  }
  if (/^(?:start|resume|restart|reset)-pods?$/.test(name)) return starts(input, name);
  if (/^(?:update|scale)-endpoint$/.test(name)) {
    if (!keepsWorkers(JSON.stringify(input))) return undefined;
    return {
      kind: "starts",
      what: "endpoint",
      because: `${name} keeps workers of an endpoint running`,
    };
  }
  if (/(?:template|volume|registry|auth|delegation|secret|key|job)/.test(name)) return undefined;
  const [, verb, noun = ""] =
    /^(create|deploy|launch|rent|provision|start|resume|spin-up)-?(.*)$/.exec(name) ?? [];
  if (verb === undefined) return undefined;
  if (/pod|instance|gpu/.test(noun))
    return { kind: "creates", what: "pod", asked: asked(input), because: `${name} creates a pod` };
  if (noun.includes("cluster"))
    return { kind: "creates", what: "cluster", because: `${name} creates a cluster` };
  return { kind: "creates", what: "endpoint", because: `${name} creates a serverless endpoint` };
}

function withRequest(input: Input): readonly Found[] {
  const url = text(input, "url", "uri", "endpoint");
  if (url === undefined) return [];
  const body = input["body"] ?? input["data"] ?? input["json"] ?? "";
  const found = requested({
    method: (text(input, "method") ?? "GET").toUpperCase(),
    url,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return found === undefined ? [] : [found];
}

/** What a call of a tool creates or starts at RunPod past this guard; empty for none. */
export function inCall(call: ToolCall): readonly Found[] {
  const isServers = call.server !== undefined || /^mcp[_:]/i.test(call.tool);
  if (!isServers && writing.test(call.tool)) return [];
  const input = objectIn(call.input);
  const server = `${call.server ?? ""} ${call.tool}`;
  // Our own tools hold to caps and leases by themselves.
  if (isServers && /runpodboss/i.test(call.tool)) return [];
  if (isServers) {
    const isTheirs =
      mentionsRunPod(server) || Object.keys(input).filter((key) => itsOwn.has(key)).length > 0;
    const found = isTheirs ? ofServer(plainName(call.tool), input) : undefined;
    if (found !== undefined) return [found];
  }
  const code = text(input, "code", "source", "expression");
  return [
    ...shellLines(input).flatMap((line) => inCommand(line)),
    ...(code === undefined ? [] : inCode(code).found),
    ...withRequest(input),
  ];
}

/** Which of the pods that are new may be a call's. */
export type MayBeOf = "any" | ReadonlySet<string>;

/** As RunPod's are, and few words else: with a digit and a letter that no hexadecimal number has. */
const idShape = /(?<![\w-])(?=[a-z]*\d)(?=[a-f\d]*[g-z])[a-z\d]{9,20}(?![\w-])/g;

/**
 * What a call may have started that was not found in it: anything, where it has to do with RunPod at all; else, as
 * where a script was there before, the pods whose ids stand in what it came to.
 */
export function mayHaveStarted(call: ToolCall, cameTo: string): MayBeOf {
  if (/^mcp[_:].*runpodboss/i.test(call.tool)) return new Set();
  const input = JSON.stringify(call.input) ?? "";
  if (mentionsRunPod(`${call.server ?? ""} ${call.tool} ${input}`) || inCall(call).length > 0)
    return "any";
  // Our own commands show everybody's pods, and start none past us.
  const isOther = !writing.test(call.tool) && !/run-?podboss/i.test(input);
  return new Set(isOther ? cameTo.match(idShape) : []);
}
