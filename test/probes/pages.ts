import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** The address of a real server, without a path, until the test ends. */
export async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers with these pages, one after the other, the last one again and again. */
export function pages(...texts: readonly string[]): RequestListener {
  let asked = 0;
  return (_request, response) => {
    response.end(texts[Math.min(asked, texts.length - 1)]);
    asked += 1;
  };
}
