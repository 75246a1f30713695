import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "vitest";
import { addressOf, at, type Guard } from "./guard.ts";

/** Where RunPod is for whoever it tells no value of these fields. */
export async function without(
  fields: readonly string[],
  { onTestFinished }: TestContext,
  { simulator }: Guard,
): Promise<ReturnType<typeof at>> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { method = "GET", url = "", headers } = request;
      const real = new URL(String(Object.values(addressOf(simulator)).at(-1)));
      const asked = await fetch(new URL(url, real), {
        method,
        headers: {
          "content-type": "application/json",
          authorization: headers.authorization ?? "",
        },
        ...(parts.length > 0 && { body: Buffer.concat(parts) }),
      });
      const told: unknown = JSON.parse(await asked.text(), (key, value: unknown) =>
        fields.includes(key) ? null : value,
      );
      response.writeHead(asked.status, { "content-type": "application/json" });
      response.end(JSON.stringify(told));
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const path = new URL(String(Object.values(addressOf(simulator)).at(-1))).pathname;
  return at(`http://127.0.0.1:${port}${path}`);
}
