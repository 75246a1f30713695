import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { looksOf, until } from "../e2e/guard.ts";
import { ask, type RawAnswer, requestText } from "../http/raw.ts";
import { hourMs, servedWith, token } from "../http/served.ts";

const headers = { Authorization: `Bearer ${token}` };

interface Stream {
  readonly socket: Socket;
  /** What has come until now. */
  readonly text: () => string;
}

function openStream(port: number): Stream {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  socket.on("error", () => undefined);
  socket.write(requestText(port, { target: "/api/live", headers }));
  onTestFinished(() => void socket.destroy());
  return { socket, text: () => text };
}

const statusesIn = ({ text }: Stream): number => text().split("event: status").length - 1;

/** The connections and listeners of this process: the daemon's, the account's, and those of whoever asks. */
function sockets(): number {
  return process.getActiveResourcesInfo().filter((each) => each.startsWith("TCP")).length;
}

it("a hundred streams and 200 requests a second: all are answered, polls go on, nothing is left", async (test) => {
  const warnings: string[] = [];
  const warned = (warning: Error): void => void warnings.push(String(warning));
  process.on("warning", warned);
  onTestFinished(() => void process.off("warning", warned));
  const { guard, port, start, drain } = await servedWith(test);
  const running = await start();
  const quietSockets = sockets();
  const streams = Array.from({ length: 100 }, () => openStream(port));
  await until("a first status in each stream", () => streams.every((each) => statusesIn(each) > 0));
  const looksBefore = looksOf(guard).length;

  const targets = ["/api/status", "/api/balance?points=200", "/api/history", "/metrics"];
  const answers: Promise<RawAnswer>[] = [];
  for (let tenth = 0; tenth < 30; tenth += 1) {
    for (let n = 0; n < 20; n += 1) {
      const target = targets[n % targets.length] ?? "/";
      answers.push(ask(port, { target, headers }));
    }
    drain(hourMs / 100);
    await pause(100);
  }
  const all = await Promise.all(answers);
  const refused = all.filter(({ status }) => status !== 200);

  // Whoever is refused is told why.
  expect(refused.filter(({ status }) => status !== 429 && status !== 503)).toEqual([]);
  for (const { body } of refused) expect(JSON.parse(body)).toHaveProperty("error");
  expect(all.length - refused.length).toBeGreaterThan(300);
  expect(looksOf(guard).length).toBeGreaterThan(looksBefore + 3);
  await until("each stream goes on", () => streams.every((each) => statusesIn(each) > 1));
  for (const { socket } of streams) socket.destroy();
  await until("no socket is left", () => sockets() <= quietSockets);
  expect(warnings).toEqual([]);
  running.signal("SIGTERM");
  expect(await running.ended).toMatchObject({ by: 130 });
});

it("the daemon ends with a hundred streams open, and leaves its port", async (test) => {
  const before = sockets();
  const { port, start, guard } = await servedWith(test);
  const running = await start();
  const streams = Array.from({ length: 100 }, () => openStream(port));
  await until("a first status in each stream", () => streams.every((each) => statusesIn(each) > 0));

  running.signal("SIGTERM");

  expect(await running.ended).toMatchObject({ by: 130 });
  await until("every stream is closed", () => streams.every(({ socket }) => socket.closed));
  await expect(ask(port)).rejects.toThrow("no answer");
  await guard.simulator.close();
  await until("no socket is left", () => sockets() <= before);
});
