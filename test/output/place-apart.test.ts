import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { createPlaceApart, type ApartOptions, type Target } from "#output/place-apart.ts";
import { makeFifo, tempFolder } from "../temp-folder.ts";

/** As it stands beside the bundle of the executable. */
const writer = join(dirname(inject("fastCli")), "log-writer.mjs");
const patience = { timeout: 60_000, interval: 10 };
const longMs = 60_000;

function setUp(target: Target, options: Partial<ApartOptions> = {}) {
  const told: string[] = [];
  const place = createPlaceApart(
    target,
    {
      onFault: (because) => told.push(because),
      onSound: () => told.push("sound"),
      onSetAside: (to) => told.push(`set aside: ${to}`),
      lostLine: (count) => `{${count} lost}\n`,
    },
    { argv: [process.execPath, writer], restartMs: 10, ...options },
  );
  return { place, told };
}

const textOf = (path: string): string => fs.readFileSync(path, "utf8");

/** The writers that write to this path now. */
function writersOf(path: string): readonly number[] {
  return fs.readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      return textOf(`/proc/${pid}/cmdline`).includes(path) ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

describe.runIf(process.platform === "linux")("a log that a process apart writes", () => {
  it("is whole at the end, in order, and the writer is gone", async () => {
    const path = join(tempFolder(), "a", "guard.log");
    const { place, told } = setUp({ path });
    const lines = Array.from({ length: 3_000 }, (_, n) => `{${n} ${"x".repeat(100)}}\n`);

    for (const line of lines) place.write(line);
    await place.finish(longMs);

    expect(textOf(path)).toBe(lines.join(""));
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    expect(new Set(told)).toEqual(new Set(["sound"]));
    expect(writersOf(path)).toEqual([]);
  });

  it("tells why a line is not written, and that lines are again", async () => {
    const path = join(tempFolder(), "guard.log");
    fs.mkdirSync(path);
    const { place, told } = setUp({ path });

    place.write("{1}\n");
    await vi.waitFor(() => expect(told).toEqual([`${path} is not a regular file`]), patience);
    fs.rmdirSync(path);
    place.write("{2}\n");
    await place.finish(longMs);

    expect(told.at(-1)).toBe("sound");
    expect(textOf(path)).toBe("{2}\n");
  });

  it("tells where the log of another program went", async () => {
    const path = join(tempFolder(), "guard.log");
    fs.writeFileSync(path, "2026-02-01 INFO\n");
    const { place, told } = setUp({ path });

    place.write("{1}\n");
    await place.finish(longMs);

    expect(told).toEqual([`set aside: ${path}.set-aside`, "sound"]);
  });

  it("loses nothing when the writer is killed: another one goes on", async () => {
    const path = join(tempFolder(), "guard.log");
    const { place, told } = setUp({ path });
    place.write("{1}\n");
    await vi.waitFor(() => expect(told).toEqual(["sound"]), patience);

    for (const pid of writersOf(path)) process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(told).toHaveLength(2), patience);
    place.write("{2}\n");
    await vi.waitFor(() => expect(told.at(-1)).toBe("sound"), patience);
    await place.finish(longMs);

    expect(told[1]).toBe("the process that writes it ended (SIGKILL)");
    expect(textOf(path)).toBe("{1}\n{2}\n");
  });

  it("that hangs is told, is given up at the end, and is written when it hangs no more", async () => {
    const path = join(tempFolder(), "guard.log");
    const { place, told } = setUp({ path }, { limitMs: 10 });
    place.write("{1}\n");
    await vi.waitFor(() => expect(told.at(-1)).toBe("sound"), patience);
    const [pid = 0] = writersOf(path);
    process.kill(pid, "SIGSTOP");

    place.write("{2}\n");
    await vi.waitFor(
      () => expect(told.at(-1)).toBe("nothing could be written for 0.01 s"),
      patience,
    );
    await place.finish(10);
    expect(textOf(path)).toBe("{1}\n");

    process.kill(pid, "SIGCONT");
    await vi.waitFor(() => expect(textOf(path)).toBe("{1}\n{2}\n"), patience);
  });

  it("that hangs takes so many lines, and then says how many it did not take", async () => {
    const path = join(tempFolder(), "guard.log");
    const { place, told } = setUp({ path }, { mostLines: 2 });
    place.write("{1}\n");
    await vi.waitFor(() => expect(told).toEqual(["sound"]), patience);
    const [pid = 0] = writersOf(path);
    process.kill(pid, "SIGSTOP");

    const long = `{${"x".repeat(70_000)}}\n`;
    place.write(long);
    for (const n of [2, 3, 4, 5]) place.write(`{${n}}\n`);
    process.kill(pid, "SIGCONT");
    await place.finish(longMs);

    expect(textOf(path)).toBe(`{1}\n${long}{2 lost}\n{4}\n{5}\n`);
  });

  it("is told when the writer cannot be started", async () => {
    const path = join(tempFolder(), "guard.log");
    const { place, told } = setUp({ path }, { argv: ["/no/such/program"] });

    place.write("{1}\n");
    await vi.waitFor(() => expect(told[0]).toContain("ENOENT"), patience);
    await place.finish(10);
  });
});

describe("an output that may hold whoever writes to it", () => {
  it("is written by a process apart, through the very descriptor", async () => {
    const path = join(tempFolder(), "stderr.txt");
    const fd = fs.openSync(path, "a");
    onTestFinished(() => fs.closeSync(fd));
    const { place } = setUp({ fd });

    place.write("1\n");
    place.write("2\n");
    await place.finish(longMs);

    expect(textOf(path)).toBe("1\n2\n");
  });

  it("holds up nobody when nobody reads it, and has all when somebody does", async () => {
    const path = join(tempFolder(), "fifo");
    makeFifo(path);
    // Both ends, so that opening does not wait for a reader.
    const fd = fs.openSync(path, fs.constants.O_RDWR);
    onTestFinished(() => fs.closeSync(fd));
    const { place, told } = setUp({ fd }, { limitMs: 10 });
    const line = `${"x".repeat(200_000)}\n`;

    place.write(line);
    await vi.waitFor(() => expect(told).toContain("nothing could be written for 0.01 s"), patience);
    await place.finish(10);
    const reader = spawn("head", ["-c", String(line.length), path], { stdio: "pipe" });
    let read = "";
    reader.stdout.on("data", (chunk: Buffer) => (read += chunk.toString()));
    await vi.waitFor(() => expect(read).toBe(line), patience);
  });
});
