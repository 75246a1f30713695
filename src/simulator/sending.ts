import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface Answer {
  readonly status: number;
  /** None where there is no body. */
  readonly type?: "application/json" | "application/problem+json" | "text/html" | "text/plain";
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One way to put an answer on the wire, well or badly. */
export type Send = (response: ServerResponse) => void;

const mebibyte = 1024 * 1024;
const dripEveryMs = 100;

export function json(status: number, value: unknown): Answer {
  return { status, type: "application/json", body: JSON.stringify(value) };
}

export function whole(answer: Answer): Send {
  return (response) => {
    if (answer.status === 204) {
      writeHead(response, answer);
      response.end();
      return;
    }
    const body = Buffer.from(answer.body);
    writeHead(response, answer, { "content-length": String(body.length) });
    response.end(body);
  };
}

export const dropped: Send = (response) => {
  response.socket?.destroy();
};

export const unanswered: Send = () => {};

/** A change of protocol that nobody asked for, and then nothing. */
export const switching: Send = (response) => {
  response.socket?.write(
    "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
  );
};

/** The headers promise the whole, half of it comes. */
export function short(answer: Answer): Send {
  return (response) => {
    const body = Buffer.from(answer.body);
    writeHead(response, answer, { "content-length": String(body.length) });
    response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy());
  };
}

/** The headers at once, then a blank now and then, until the client hangs up. */
export function dripping(answer: Answer): Send {
  return (response) => {
    writeHead(response, answer);
    response.write(" ");
    const drip = setInterval(() => response.write(" "), dripEveryMs).unref();
    response.on("close", () => clearInterval(drip));
  };
}

/** The true JSON object behind 33 MiB of padding: a client that reads it all would believe it. */
export function huge(answer: Answer): Send {
  return (response) => {
    writeHead(response, answer);
    // A client that hangs up on so much is right to.
    pipeline(Readable.from(padded(answer.body)), response).catch(() => {});
  };
}

function* padded(object: string): Generator<string> {
  yield '{"padding":"';
  for (let sent = 0; sent < 33; sent++) yield "x".repeat(mebibyte);
  yield `",${object.slice(1)}`;
}

function writeHead(
  response: ServerResponse,
  answer: Answer,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(answer.status, {
    ...(answer.type === undefined ? {} : { "content-type": answer.type }),
    ...answer.headers,
    ...headers,
  });
}
