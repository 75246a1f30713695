import { Hono } from "hono";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { expect, it, onTestFinished } from "vitest";
import type { HttpEnv } from "#http/asker.ts";
import type { HttpDeps } from "#http/deps.ts";
import { liveRoutes } from "#http/routes/live.ts";
import { at } from "../../guard/samples.ts";
import { viewed } from "../view/viewed.ts";

/** The stream behind a real socket, and how many of it are open. */
async function listening() {
  const guard = await viewed();
  guard.poll();
  let open = 0;
  const counts = {
    streamBegan: () => {
      open += 1;
      return () => (open -= 1);
    },
  };
  const app = new Hono<HttpEnv>();
  const { view, clock } = guard;
  const deps = { view, clock, counts, redact: (text: string) => text };
  liveRoutes(app, deps as unknown as HttpDeps);
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => void listener(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { guard, server, port, open: () => open };
}

/** Asks for the stream, and reads nothing unless told to. */
function listen(port: number) {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => undefined);
  socket.write("GET /api/live HTTP/1.1\r\nhost: localhost\r\n\r\n");
  return socket;
}

it("is over once its client has gone, however it goes", async () => {
  const { port, open } = await listening();
  const sockets = [listen(port), listen(port), listen(port)];
  await expect.poll(open).toBe(3);

  sockets[0]?.end();
  sockets[1]?.destroy();
  sockets[2]?.resetAndDestroy();

  await expect.poll(open).toBe(0);
});

it("is over, and gone, once the server ends", async () => {
  const { server, port, open } = await listening();
  const socket = listen(port).resume();
  await expect.poll(open).toBe(1);

  server.closeAllConnections();
  await once(socket, "close");

  await expect.poll(open).toBe(0);
});

it("cuts the connection of one who reads nothing, and keeps sending to the others", async () => {
  const { guard, port, open } = await listening();
  const stuck = listen(port).pause();
  let received = "";
  const reader = listen(port).on("data", (bytes: Buffer) => (received += bytes.toString()));
  await expect.poll(open).toBe(2);
  const words = "x".repeat(100_000);

  // More than any buffer on the way holds.
  for (let n = 0; n < 400 && open() === 2; n += 1) {
    guard.view.operated({
      id: `o${n}`,
      pod_id: "p1",
      pod_name: "trainer",
      action: "stop",
      asked_at: new Date(at(0)).toISOString(),
      state: "running",
      steps: [],
      words,
    });
    await expect.poll(() => open() === 1 || received.includes(`"o${n}"`)).toBe(true);
  }

  expect(open()).toBe(1);
  stuck.resume();
  await once(stuck, "close");
  guard.poll();
  reader.destroy();
  await expect.poll(open).toBe(0);
});
