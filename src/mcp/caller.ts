import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { cleanName } from "#control-characters.ts";

/** Who calls, by its own account. */
export interface Caller {
  /** `claude-code`; what a client calls itself is text from outside. */
  readonly name: string;
  /** Whether it can put a form before a person. */
  readonly canAsk: boolean;
}

/** Clients of the protocol up to 2025 say it once, when they connect; later ones with each request. */
export function callerOf({ mcpReq }: ServerContext, { server }: McpServer): Caller {
  const said = mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  const info = (
    said === undefined
      ? // oxlint-disable-next-line typescript/no-deprecated -- the SDK has it nowhere else for those that say it once
        server.getClientVersion()
      : said[CLIENT_INFO_META_KEY]
  ) as Partial<Implementation> | undefined;
  const capabilities = (
    said === undefined
      ? // oxlint-disable-next-line typescript/no-deprecated -- as above
        server.getClientCapabilities()
      : said[CLIENT_CAPABILITIES_META_KEY]
  ) as ClientCapabilities | undefined;
  const name = cleanName(info?.name ?? "").trim();
  const asks = capabilities?.elicitation;
  return {
    name: name === "" ? "an MCP client" : name,
    // One that names no kind of question at all means forms: there was no other once.
    canAsk: asks !== undefined && (asks.form !== undefined || asks.url === undefined),
  };
}
