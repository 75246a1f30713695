import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface Arrived {
  readonly title: string;
  readonly message: string;
  readonly priority: number;
}

/** A server that answers as ntfy does, and the phone that would ring. */
export interface Phone {
  readonly url: string;
  readonly arrived: readonly Arrived[];
  close(): void;
}

export async function startPhone(): Promise<Phone> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      response.setHeader("content-type", "application/json");
      if (request.method !== "POST") return response.end(`{"healthy":true}`);
      arrived.push(JSON.parse(body) as Arrived);
      return response.end(JSON.stringify({ id: `m${arrived.length}`, event: "message" }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
