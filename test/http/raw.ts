import { connect, type Socket } from "node:net";

/** A bound for what never comes, and not a measure: busy machines are slow. */
const patienceMs = 60_000;

export interface RawAnswer {
  readonly status: number;
  /** By their names in lower case; those that came twice are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  /** As it stands in the request line. */
  readonly target?: string;
  /** Added to `Host` and `Connection: close`, or in their place; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: string;
  /** The address that it comes from. */
  readonly from?: string;
}

/** The request as it goes over the wire: nothing is put right on the way. */
export function requestText(
  port: number,
  { method = "GET", target = "/", headers = {}, body }: Asked,
): string {
  const all = {
    Host: `127.0.0.1:${port}`,
    Connection: "close",
    ...(body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) }),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((each) => `${name}: ${each}`),
  );
  return [`${method} ${target} HTTP/1.1`, ...lines, "", body ?? ""].join("\r\n");
}

/** Asks by a socket of its own. Rejects where what comes is no answer, or none comes. */
export async function ask(port: number, asked: Asked = {}): Promise<RawAnswer> {
  const text = await said(port, requestText(port, asked), asked.from);
  const answer = answerIn(text);
  if (answer === undefined) throw new Error(`no answer, but ${JSON.stringify(text)}`);
  return answer;
}

/** Sends these bytes, and gives all that comes back until the other side has closed. */
export async function said(
  port: number,
  bytes: string | Uint8Array,
  from = "127.0.0.1",
): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: from });
  socket.write(bytes);
  return untilClosed(socket);
}

let neighbours = 0;

/** Another address of this machine, which nobody has come from before: who shows wrong tokens is slowed by it. */
export function anotherAddress(): string {
  neighbours += 1;
  return `127.${1 + Math.floor(neighbours / 250)}.7.${1 + (neighbours % 250)}`;
}

/** All that comes until the other side has closed, however rudely. */
export function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const limit = setTimeout(() => {
      socket.destroy();
      reject(new Error(`nobody closed the connection; until then came ${JSON.stringify(text)}`));
    }, patienceMs);
    socket.setEncoding("latin1");
    socket.on("data", (piece: string) => (text += piece));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(limit);
      resolve(Buffer.from(text, "latin1").toString("utf8"));
    });
  });
}

export function answerIn(text: string): RawAnswer | undefined {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1];
  if (end === -1 || status === undefined) return undefined;
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name = "", value = ""] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  const rest = text.slice(end + 4);
  const isChunked = headers["transfer-encoding"] === "chunked";
  return { status: Number(status), headers, body: isChunked ? unchunked(rest) : rest };
}

function unchunked(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  const pieces: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (lineEnd === -1 || !(size > 0)) return Buffer.concat(pieces).toString("utf8");
    pieces.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
