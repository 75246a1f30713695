import type {
  CallToolResult,
  InputRequiredResult,
  McpServer,
  ServerContext,
  ToolAnnotations,
} from "@modelcontextprotocol/server";
import type * as z from "zod";
import { ownHost } from "#operations/launch/lease-id.ts";
import { startedByWords } from "#operations/launch/start-words.ts";
import type { Paces } from "#paces.ts";
import { agentSessionOf } from "#process/agent-session.ts";
import type { Asking } from "./asking.ts";
import type { Call } from "./call.ts";
import { callerOf } from "./caller.ts";
import type { McpDeps } from "./deps.ts";
import { type Came, errorOf, resultOf } from "./result.ts";
import type { Calls } from "./calls.ts";

export interface Tool<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  /** For a model: what it does and costs, and what comes next. */
  readonly description: string;
  readonly annotations: Required<Omit<ToolAnnotations, "title">>;
  readonly input: Input;
  readonly output: Output;
  /** Longer it is not waited for, whatever holds it. */
  readonly limitMs: (paces: Paces, args: z.infer<Input>) => number;
  readonly run: (
    args: z.infer<Input>,
    call: Call,
    context: ServerContext,
  ) => Promise<Came<Told<z.infer<Output>>> | InputRequiredResult>;
}

/** The same, as who tells it need not be able to change it. */
type Told<Data> = Data extends object ? { readonly [Key in keyof Data]: Told<Data[Key]> } : Data;

/** What all connections of a process share. */
export interface Shared {
  readonly calls: Calls;
  readonly asking: Asking;
}

/** Lets the server have a tool: within its limit, and with every error as a result. */
export function addTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  server: McpServer,
  tool: Tool<Input, Output>,
  deps: McpDeps,
  { calls, asking }: Shared,
): void {
  const { name, title, description, annotations, input, output } = tool;
  const listed = { title, description, annotations, inputSchema: input, outputSchema: output };
  const answer = async (
    args: z.infer<Input>,
    context: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult> => {
    try {
      const came = await calls.one((signal) => tool.run(args, callFor(signal, context), context), {
        limitMs: tool.limitMs(deps.paces, args),
        signal: context.mcpReq.signal,
      });
      return "resultType" in came ? came : resultOf(came, deps);
    } catch (error) {
      return errorOf(error, deps);
    }
  };
  // The SDK infers the arguments of each schema; of any schema it cannot.
  server.registerTool(name, listed, answer as never);

  function callFor(signal: AbortSignal, context: ServerContext): Call {
    const caller = callerOf(context, server);
    const session = agentSessionOf(deps.env)?.session;
    const startedBy = { kind: "agent", agent: caller.name, session, host: ownHost() } as const;
    const by = startedByWords(startedBy);
    return { deps, caller, startedBy, by, asking, signal, note: noting(context, deps) };
  }
}

/** Progress is a courtesy: one that does not arrive changes nothing. */
function noting({ mcpReq }: ServerContext, { redact }: McpDeps): (words: string) => void {
  const { _meta: asked } = mcpReq;
  const progressToken = asked?.progressToken;
  let progress = 0;
  return (words) => {
    if (progressToken === undefined || mcpReq.signal.aborted) return;
    progress += 1;
    const params = { progressToken, progress, message: redact(words) };
    void mcpReq.notify({ method: "notifications/progress", params }).catch(() => undefined);
  };
}
