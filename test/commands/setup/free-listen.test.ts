import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import { freeListen, isPortFree } from "#commands/setup/free-listen.ts";
import { tempFolder } from "../../temp-folder.ts";

let home = "";
beforeEach(() => {
  home = tempFolder();
  vi.stubEnv("HOME", home);
  return () => vi.unstubAllEnvs();
});

const another = { path: "/etc/lab.json" };

function usualConfig(text: string): void {
  mkdirSync(join(home, ".runpodboss"));
  writeFileSync(join(home, ".runpodboss", "config.json"), text);
}

it("the page goes to its usual port where nobody is", async () => {
  expect(await freeListen(another, async () => true)).toBe("127.0.0.1:8092");
});

it("the page goes to the next port where somebody listens", async () => {
  const isFree = async (port: number) => port > 8093;

  expect(await freeListen(another, isFree)).toBe("127.0.0.1:8094");
});

it("the page goes nowhere that another account names, whose daemon may not run now", async () => {
  mkdirSync(join(home, ".runpodboss/accounts"), { recursive: true });
  for (const [name, port] of [
    ["lab", 8092],
    ["prod", 8093],
  ] as const) {
    const text = JSON.stringify({ http: { listen: `127.0.0.1:${port}` } });
    writeFileSync(join(home, `.runpodboss/accounts/${name}.json`), text);
  }
  const own = { path: join(home, ".runpodboss/accounts/prod.json") };

  expect(await freeListen(another, async () => true)).toBe("127.0.0.1:8094");
  expect(await freeListen(own, async () => true)).toBe("127.0.0.1:8093");
});

it.each([
  ["names it", '{"http": {"listen": "127.0.0.1:8092"} /* ours */}', "127.0.0.1:8093"],
  ["names it by default", '{"http": {}}', "127.0.0.1:8093"],
  ["names another", '{"http": {"listen": "127.0.0.1:9000"}}', "127.0.0.1:8092"],
  ["has no page", "{}", "127.0.0.1:8092"],
  ["cannot be read", "{", "127.0.0.1:8092"],
])("a second account's page goes elsewhere where the first one %s", async (_words, text, where) => {
  usualConfig(text);

  expect(await freeListen(another, async () => true)).toBe(where);
});

it("the first account's own page does not drive it away", async () => {
  usualConfig('{"http": {}}');

  const path = join(home, ".runpodboss", "config.json");

  expect(await freeListen({ path }, async () => true)).toBe("127.0.0.1:8092");
});

it("where every port is taken the usual one is proposed: the daemon tells that it cannot serve", async () => {
  expect(await freeListen(another, async () => false)).toBe("127.0.0.1:8092");
});

it("a port counts as taken while a program listens on it, and no longer", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  expect(await isPortFree(port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await isPortFree(port)).toBe(true);
});
