import type { ToolCall } from "#hook/detect/in-call.ts";

/** Who calls the hook, as the payload itself says. */
type HookAgent = "claude-code" | "codex" | "cursor" | "gemini-cli";

export interface Payload {
  readonly agent: HookAgent;
  readonly event: "before-tool" | "after-tool" | "stop" | "session-start" | "other";
  /** As the agent calls it. */
  readonly eventName: string;
  /** Undefined where it is none that could stand in a file or a line of a shell. */
  readonly session: string | undefined;
  readonly call: ToolCall | undefined;
  /** All words in what the call came to; empty where it says nothing, or was not made yet. */
  readonly cameTo: string;
  /** The hook has held the agent already, or there is nothing that it could still do. */
  readonly isHeldAlready: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const events: Readonly<Record<string, Payload["event"]>> = {
  pretooluse: "before-tool",
  permissionrequest: "before-tool",
  beforetool: "before-tool",
  beforeshellexecution: "before-tool",
  beforemcpexecution: "before-tool",
  posttooluse: "after-tool",
  posttoolusefailure: "after-tool",
  aftertool: "after-tool",
  aftershellexecution: "after-tool",
  aftermcpexecution: "after-tool",
  stop: "stop",
  afteragent: "stop",
  sessionstart: "session-start",
};

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined;
}

function text(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === "string" ? value : undefined;
}

function agentOf(fields: Fields, eventName: string): HookAgent {
  if ("cursor_version" in fields || "conversation_id" in fields || /^[a-z]/.test(eventName))
    return "cursor";
  if (/^(?:Before|After)/.test(eventName) || "timestamp" in fields) return "gemini-cli";
  const isCodex =
    "turn_id" in fields || /[/\\]\.codex[/\\]/.test(text(fields, "transcript_path") ?? "");
  return isCodex ? "codex" : "claude-code";
}

function callOf(fields: Fields): ToolCall | undefined {
  const context = fieldsOf(fields["mcp_context"]) ?? fieldsOf(fields["mcp_server"]);
  const server = [
    context && (text(context, "server_name") ?? text(context, "name")),
    context && text(context, "url"),
    context && text(context, "command"),
  ].filter((each) => each !== undefined);
  const command = text(fields, "command");
  const tool = text(fields, "tool_name");
  if (tool === undefined) {
    return command === undefined ? undefined : { tool: "shell", input: { command } };
  }
  // Cursor names the server's own address, or the command that starts it, beside the tool.
  const beside = [text(fields, "url"), command].filter((each) => each !== undefined);
  const servers = [...server, ...beside].join(" ");
  const named = servers === "" ? {} : { server: servers };
  return { tool, ...named, input: fields["tool_input"] };
}

const results = ["tool_response", "tool_output", "output", "result_json", "error"];

/** In JSON, whose ends of lines are blanks. */
function cameToIn(fields: Fields): string {
  const found = results.flatMap((key) => fields[key] ?? []);
  return found.length === 0 ? "" : JSON.stringify(found).replaceAll(/\\+[nrt]/g, " ");
}

const plainSession = /^[A-Za-z0-9._-]{1,64}$/;

/** What an agent hands its hook; undefined for what no agent that is known hands it. */
export function readPayload(value: unknown): Payload | undefined {
  const fields = fieldsOf(value);
  const eventName = fields && text(fields, "hook_event_name");
  if (fields === undefined || eventName === undefined) return undefined;
  const session = text(fields, "session_id") ?? text(fields, "conversation_id");
  const loops = fields["loop_count"];
  return {
    agent: agentOf(fields, eventName),
    event: events[eventName.toLowerCase()] ?? "other",
    eventName,
    session: session !== undefined && plainSession.test(session) ? session : undefined,
    call: callOf(fields),
    cameTo: cameToIn(fields),
    isHeldAlready:
      fields["stop_hook_active"] === true ||
      (typeof loops === "number" && loops > 0) ||
      (text(fields, "status") ?? "completed") !== "completed",
  };
}

/** Whether what cannot be read as a payload is surely none that asks before a tool is called. */
export function isSurelyNoRefusal(raw: string): boolean {
  const name = /"hook_event_name"\s*:\s*"(\w+)"/.exec(raw)?.[1];
  const event = name === undefined ? undefined : events[name.toLowerCase()];
  return event !== undefined && event !== "before-tool";
}
