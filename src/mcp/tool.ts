import type {
  CallToolResult,
  InputRequiredResult,
  McpServer,
  ServerContext,
  ToolAnnotations,
} from "@modelcontextprotocol/server";
import type * as z from "zod";
import type { Paces } from "#paces.ts";
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
  readonly limitMs: (paces: Paces) => number;
  readonly run: (
    args: z.infer<Input>,
    call: Call,
    context: ServerContext,
  ) => Promise<Came<z.infer<Output>> | InputRequiredResult>;
}

/** Lets the server have a tool: within its limit, and with every error as a result. */
export function addTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  server: McpServer,
  tool: Tool<Input, Output>,
  deps: McpDeps,
  calls: Calls,
): void {
  const { name, title, description, annotations, input, output } = tool;
  const listed = { title, description, annotations, inputSchema: input, outputSchema: output };
  const answer = async (
    args: z.infer<Input>,
    context: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult> => {
    try {
      const came = await calls.one((signal) => tool.run(args, callFor(signal, context), context), {
        limitMs: tool.limitMs(deps.paces),
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
    return { deps, caller, by: `by agent ${caller.name}`, signal, note: noting(context, deps) };
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
