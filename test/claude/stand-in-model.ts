import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the model does next: it calls a tool, or ends its turn with words. */
export type Move =
  | { readonly tool: string; readonly input: Readonly<Record<string, unknown>> }
  | { readonly say: string };

/** What the model has before it when it is asked. */
interface Seen {
  /** What the last tool that it called gave back. Throws where there is none. */
  readonly result: { readonly text: string; readonly isError: boolean };
  /** All that it was told by others than itself, in order, with the results of its tools, and what hooks added. */
  readonly heard: readonly string[];
  /** The tools that it may call. */
  readonly tools: readonly string[];
}

/** What it does in a turn, and on after that. */
export type Script = readonly ((seen: Seen) => Move)[];

export interface StandInModel {
  readonly url: string;
  /** Every request that was neither of the model nor answered, and every host that was asked for. */
  readonly strays: readonly string[];
  /** What a step of the script threw, which ends the conversation: the test is to throw it. */
  readonly failure: () => unknown;
  readonly close: () => Promise<void>;
}

/**
 * Anthropic's Messages API, as far as Claude Code uses it, and a model that follows a script whatever
 * it is asked: its nth turn is the nth step. It is the proxy to everywhere else, too, and lets nothing out.
 */
export async function startModel(script: Script): Promise<StandInModel> {
  const strays: string[] = [];
  let failure: unknown;

  function move(asked: Asked): Move {
    const turn = asked.messages.filter(({ role }) => role === "assistant").length;
    const step = script[turn];
    if (step === undefined) return { say: "The script is at its end." };
    try {
      return step(seenIn(asked));
    } catch (error) {
      failure ??= error;
      return { say: "The script has failed." };
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await bodyOf(request);
    const { pathname } = new URL(request.url ?? "/", "http://model");
    if (request.method === "POST" && pathname === "/v1/messages") {
      stream(asked, move(asked), response);
    } else {
      strays.push(`${request.method} ${request.url}`);
      response.writeHead(404, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ type: "error", error: { type: "not_found_error", message: pathname } }),
      );
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      failure ??= error;
      response.destroy();
    });
  });
  server.on("connect", ({ url }: IncomingMessage, socket) => {
    strays.push(`CONNECT ${url}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    strays,
    failure: () => failure,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Asked {
  readonly model?: string;
  readonly tools?: readonly { readonly name: string }[];
  readonly messages: readonly {
    readonly role: string;
    readonly content: string | readonly Block[];
  }[];
}

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly content?: string | readonly Block[];
  readonly is_error?: boolean;
}

async function bodyOf(request: IncomingMessage): Promise<Asked> {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  return body === "" ? { messages: [] } : (JSON.parse(body) as Asked);
}

function seenIn({ messages, tools = [] }: Asked): Seen {
  const blocks = messages
    .filter(({ role }) => role !== "assistant")
    .flatMap(({ content }) =>
      typeof content === "string" ? [{ type: "text", text: content }] : content,
    );
  const last = blocks.findLast(({ type }) => type === "tool_result");
  return {
    get result() {
      if (last === undefined) throw new Error("the model has called no tool yet");
      return { text: textOf(last), isError: last.is_error === true };
    },
    heard: blocks.map(textOf),
    tools: tools.map(({ name }) => name),
  };
}

function textOf({ text, content }: Block): string {
  if (text !== undefined) return text;
  return typeof content === "string" ? content : (content ?? []).map(textOf).join("\n");
}

/** An answer as it is streamed: a message of one block. */
function stream({ model = "stand-in", messages }: Asked, next: Move, response: ServerResponse) {
  const id = String(messages.length);
  const [empty, delta, stopReason] =
    "say" in next
      ? ([{ type: "text", text: "" }, { type: "text_delta", text: next.say }, "end_turn"] as const)
      : ([
          { type: "tool_use", id: `toolu_${id}`, name: next.tool, input: {} },
          { type: "input_json_delta", partial_json: JSON.stringify(next.input) },
          "tool_use",
        ] as const);
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = {
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    model,
    content: [],
    usage,
  };
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of [
    { type: "message_start", message: { ...message, stop_reason: null, stop_sequence: null } },
    { type: "content_block_start", index: 0, content_block: empty },
    { type: "content_block_delta", index: 0, delta },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { output_tokens: 1 },
    },
    { type: "message_stop" },
  ]) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  response.end();
}
