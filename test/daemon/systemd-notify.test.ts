import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createSystemdNotify } from "#daemon/systemd-notify.ts";
import { realPaces } from "#paces.ts";
import { createRunner } from "#process/runner.ts";
import type { Command, Ran } from "#ports.ts";
import { createFolder } from "../process/programs.ts";
import { tempFolder } from "../temp-folder.ts";

const done: Ran = { kind: "exited", code: 0, tail: "", tookMs: 1 };

/** A runner whose runs end when the test says so. */
function setUp(env: NodeJS.ProcessEnv = { NOTIFY_SOCKET: "/run/notify" }) {
  const commands: Command[] = [];
  const ends: ((ran: Ran) => void)[] = [];
  const troubles: string[] = [];
  const systemd = createSystemdNotify({
    env,
    runner: {
      run(command) {
        commands.push(command);
        return new Promise((resolve) => {
          ends.push(resolve);
        });
      },
    },
    onTrouble: (because) => troubles.push(because),
  });
  return {
    systemd,
    commands,
    troubles,
    said: () => commands.map(({ argv }) => argv.slice(1)),
    /** Ends the run that is under way, and lets the next one start. */
    end: async (ran: Ran = done): Promise<void> => {
      ends.shift()?.(ran);
      await new Promise(setImmediate);
    },
  };
}

describe("what it says", () => {
  it("goes through systemd-notify, with a time limit, to the socket of the environment", () => {
    const { systemd, commands } = setUp();

    systemd.ready("balance $9.82");

    expect(commands).toEqual([
      {
        argv: ["systemd-notify", `--pid=${process.pid}`, "READY=1", "STATUS=balance $9.82"],
        env: { NOTIFY_SOCKET: "/run/notify" },
        timeLimitMs: 5_000,
      },
    ]);
  });

  it("is a ping where a watchdog waits for one, and otherwise a status only", () => {
    const watched = setUp({ NOTIFY_SOCKET: "@notify", WATCHDOG_USEC: "180000000" });
    const unwatched = setUp();

    watched.systemd.alive("fine");
    unwatched.systemd.alive("fine");

    expect(watched.said()).toEqual([["WATCHDOG=1", "STATUS=fine"]]);
    expect(unwatched.said()).toEqual([["STATUS=fine"]]);
  });

  it("tells a reload with its time, as Type=notify-reload needs it, and a stop", async () => {
    const { systemd, said, end } = setUp();
    systemd.ready("a");
    await end();

    const beforeUs = process.hrtime.bigint() / 1_000n;
    systemd.reloading();
    const afterUs = process.hrtime.bigint() / 1_000n;
    systemd.stopping();
    await end();

    const [, reload, stop] = said();
    const toldUs = BigInt(reload?.[1]?.replace("MONOTONIC_USEC=", "") ?? "");
    expect(reload?.[0]).toBe("RELOADING=1");
    expect(toldUs >= beforeUs && toldUs <= afterUs).toBe(true);
    expect(stop).toEqual(["STOPPING=1"]);
  });

  it.each([
    ["a line end, which would be an assignment of its own", "a\nSTOPPING=1\r\nb", "a STOPPING=1 b"],
    ["other control characters", "a\0\u001b[1mb", "a [1mb"],
    ["more than a message may hold", "x".repeat(5_000), "x".repeat(500)],
  ])("holds a status without %s", (_sentence, status, shown) => {
    const { systemd, said } = setUp();

    systemd.alive(status);

    expect(said()).toEqual([[`STATUS=${shown}`]]);
  });

  it("takes the protocol's variables from the environment of what is called", () => {
    const env = { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "2000", WATCHDOG_PID: "1", HOME: "/h" };

    setUp(env);

    expect(env).toEqual({ HOME: "/h" });
  });
});

describe("the watchdog's time", () => {
  const own = String(process.pid);
  it.each<[string, NodeJS.ProcessEnv, number | undefined]>([
    ["half of it", { WATCHDOG_USEC: "180000000" }, 90_000],
    ["half of it, for this process", { WATCHDOG_USEC: "180000000", WATCHDOG_PID: own }, 90_000],
    [
      "none, meant for another process",
      { WATCHDOG_USEC: "180000000", WATCHDOG_PID: "1" },
      undefined,
    ],
    ["none without a socket", { WATCHDOG_USEC: "180000000", NOTIFY_SOCKET: "" }, undefined],
    ["none when not given", {}, undefined],
    ["none when 0", { WATCHDOG_USEC: "0" }, undefined],
    ["none when no number", { WATCHDOG_USEC: "3min" }, undefined],
    ["none when endless", { WATCHDOG_USEC: "Infinity" }, undefined],
    ["none when negative", { WATCHDOG_USEC: "-2000" }, undefined],
  ])("is %s", (_sentence, env, ms) => {
    expect(setUp({ NOTIFY_SOCKET: "/n", ...env }).systemd.watchdogMs).toBe(ms);
  });
});

describe("a new config that is refused", () => {
  const refused = "config not reloaded, still using the old one: protect: must be a list";

  it("stands in every status from then on, until one is taken", async () => {
    const { systemd, said, end } = setUp();

    systemd.ready("balance $9.82");
    await end();
    systemd.reloading();
    systemd.reloaded(refused);
    await end();
    await end();
    systemd.alive("balance $9.81");
    await end();
    systemd.reloading();
    systemd.reloaded(undefined);
    await end();
    await end();

    const statuses = said().flatMap((words) => words.filter((word) => word.startsWith("STATUS=")));
    expect(statuses).toEqual([
      "STATUS=balance $9.82",
      `STATUS=balance $9.82; ${refused}`,
      `STATUS=balance $9.81; ${refused}`,
      "STATUS=balance $9.81",
    ]);
  });

  it("before the first poll makes nobody believe that it is ready", async () => {
    const { systemd, said, end } = setUp();

    systemd.reloading();
    systemd.reloaded(refused);
    const before = said().length;
    systemd.ready("balance $9.82");
    await end();

    expect(before).toBe(0);
    expect(said()[0]?.at(-1)).toBe(`STATUS=balance $9.82; ${refused}`);
  });

  it("whose faults take many lines stays on one, within what systemd reads", async () => {
    const { systemd, said, end } = setUp();

    systemd.ready("balance $9.82");
    await end();
    systemd.reloaded(`config not reloaded:\n${"  protect  must be a list\n".repeat(100)}`);
    await end();

    const status = said()[1]?.at(-1) ?? "";
    expect(status).toMatch(/^STATUS=balance \$9\.82; config not reloaded: +protect/);
    expect(status.length).toBeLessThan(520);
  });
});

describe("without a socket", () => {
  it("says nothing", async () => {
    const { systemd, said, troubles } = setUp({});

    systemd.ready("a");
    systemd.alive("b");
    systemd.reloading();
    systemd.stopping();
    await systemd.idle();

    expect(said()).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

describe("while a message is under way", () => {
  it("keeps the latest status only", async () => {
    const { systemd, said, end } = setUp();

    for (const status of ["first", "second", "third", "last"]) systemd.alive(status);

    expect(said()).toEqual([["STATUS=first"]]);
    await end();
    expect(said()).toEqual([["STATUS=first"], ["STATUS=last"]]);
    await end();
    await systemd.idle();
    expect(said()).toHaveLength(2);
  });

  it("keeps the order, and the end of a reload after its beginning", async () => {
    const { systemd, said, end } = setUp();

    systemd.ready("a");
    await end();
    systemd.alive("a");
    for (const refused of ["b", "c"]) {
      systemd.reloading();
      systemd.reloaded(refused);
    }
    systemd.stopping();
    for (let n = 0; n < 4; n++) await end();

    expect(said().map((words) => words.find((word) => word.endsWith("=1")) ?? words[0])).toEqual([
      "READY=1",
      "STATUS=a",
      "RELOADING=1",
      "READY=1",
      "STOPPING=1",
    ]);
    expect(said()[3]).toContain("STATUS=a; c");
  });
});

describe("a message that is not taken", () => {
  const refused: Ran = { kind: "exited", code: 1, tail: "Failed to notify\n", tookMs: 1 };

  it.each<[string, Ran, string]>([
    ["refused", refused, "systemd-notify exited with 1: Failed to notify"],
    ["missing", { kind: "not-started", because: "not found on PATH" }, "not found on PATH"],
    ["too slow", { kind: "timed-out", tail: "", tookMs: 1 }, "systemd-notify took over 5 s"],
    [
      "killed",
      { kind: "signalled", by: "SIGKILL", tail: "", tookMs: 1 },
      "systemd-notify was ended by SIGKILL",
    ],
  ])("is tried again, and told once: %s", async (_sentence, ran, because) => {
    const { systemd, said, troubles, end } = setUp();

    systemd.ready("a");
    await end(ran);
    expect(troubles).toEqual([]);
    await end(ran);
    expect(troubles).toEqual([because]);
    systemd.alive("b");
    await end(ran);
    await end(ran);

    expect(said()).toHaveLength(4);
    expect(troubles).toEqual([because]);
  });

  it("is no trouble when the second try works, and is told anew after better times", async () => {
    const { systemd, troubles, end } = setUp();
    const ends = async (...rans: readonly Ran[]): Promise<void> => {
      systemd.alive("a");
      for (const ran of rans) await end(ran);
    };

    await ends(refused, done);
    expect(troubles).toEqual([]);
    await ends(refused, refused);
    await ends(done);
    await ends(refused, refused);

    expect(troubles).toHaveLength(2);
  });
});

/** Opens the socket and prints every message as a line of JSON; a barrier ends by being read. */
const listener = `
import json, socket, sys
ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ear.bind(sys.argv[1])
print("listening", flush=True)
while True:
    message = ear.recv(4096).decode()
    if message != "BARRIER=1":
        print(json.dumps(message.split("\\n")), flush=True)
`;
const python = "/usr/bin/python3";
const hasBoth = existsSync("/usr/bin/systemd-notify") && existsSync(python);

describe("with real programs", () => {
  it("calls the systemd-notify on PATH, each thing to say being one argument", async () => {
    const folder = createFolder();
    const script = `#!/bin/sh\nprintf '[%s]' "$NOTIFY_SOCKET" "$@" >> '${folder.path}/said'\n`;
    folder.write("systemd-notify", script);
    vi.stubEnv("PATH", `${folder.path}:${process.env["PATH"]}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { systemd, troubles } = withRunner("/nowhere");

    systemd.alive("balance $9.82; 'x' --ready");
    systemd.stopping();
    await systemd.idle();

    expect(troubles).toEqual([]);
    expect(readFileSync(join(folder.path, "said"), "utf8")).toBe(
      "[/nowhere][WATCHDOG=1][STATUS=balance $9.82; 'x' --ready][/nowhere][STOPPING=1]",
    );
  });

  it("tells when nobody listens, or when there is no systemd-notify", async () => {
    const { systemd, troubles } = withRunner(join(tempFolder(), "nobody"));

    systemd.alive("a");
    await systemd.idle();

    expect(troubles).toEqual([expect.stringContaining("systemd-notify")]);
  });

  const real = hasBoth
    ? "is heard on a real socket, word for word"
    : "is not heard here, where systemd-notify or python3 is missing, and takes that as no crash";
  it(real, async () => {
    const socket = join(tempFolder(), "notify");
    const hear = hasBoth ? await listen(socket) : undefined;
    const { systemd, troubles } = withRunner(socket);

    systemd.ready("balance $9.82, burn $1.49/h");
    systemd.alive("balance $9.81");
    systemd.reloading();
    systemd.stopping();
    await systemd.idle();

    const heard = (await hear?.(4))?.map(comparable);
    expect({ heard, troubles: troubles.length }).toEqual(
      hasBoth ? { heard: allSaid, troubles: 0 } : { heard: undefined, troubles: 1 },
    );
  });
});

const allSaid = [
  [`MAINPID=${process.pid}`, "READY=1", "STATUS=balance $9.82, burn $1.49/h"],
  ["STATUS=balance $9.81", "WATCHDOG=1"],
  ["MONOTONIC_USEC=#", "RELOADING=1"],
  ["STOPPING=1"],
];

/** The order of the words, and what newer versions add to them, is systemd-notify's. */
function comparable(message: readonly string[]): readonly string[] {
  return message
    .filter((word) => !word.startsWith("MAINPIDFDID="))
    .map((word) => word.replace(/(?<=^MONOTONIC_USEC=)\d+$/, "#"))
    .sort();
}

function withRunner(socket: string) {
  const troubles: string[] = [];
  const systemd = createSystemdNotify({
    env: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "180000000" },
    runner: createRunner(realPaces.programEnd),
    onTrouble: (because) => troubles.push(because),
  });
  return { systemd, troubles };
}

/** Gives a function that waits for so many messages. */
async function listen(socket: string): Promise<(count: number) => Promise<readonly string[][]>> {
  const child = spawn(python, ["-c", listener, socket], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("listening");
  return async (count) => {
    const messages: string[][] = [];
    while (messages.length < count) {
      messages.push(JSON.parse((await lines.next()).value ?? "") as string[]);
    }
    return messages;
  };
}
