import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { ServiceDeps } from "#commands/setup/service/deps.ts";
import type { Machine } from "#commands/setup/service/machine.ts";
import { createRunner } from "#process/runner.ts";
import { tempFolder } from "../../../temp-folder.ts";

/** A home folder, and programs on PATH that write down how they were called. */
export interface Stage {
  readonly home: string;
  readonly deps: ServiceDeps;
  /** A program, and what it does by its arguments: a pattern of the shell and what follows, such as `exit 1`. */
  program(name: string, cases?: Readonly<Record<string, string>>): void;
  /** How they were called, in order, a line each. */
  calls(): readonly string[];
  write(path: string, text: string): string;
  /** Undefined where there is no such file. */
  read(path: string): string | undefined;
}

export function stage(
  machine: Partial<Machine> = {},
  more: Partial<Omit<ServiceDeps, "machine">> = {},
): Stage {
  const home = tempFolder();
  const bin = join(home, "bin");
  const calls = join(home, "calls");
  mkdirSync(bin);
  return {
    home,
    deps: {
      runner: createRunner({ termGraceMs: 200, abortGraceMs: 200 }),
      program: { argv: ["/opt/node/bin/node", "/opt/boss/start.cjs"], folder: home },
      platform: "linux",
      signal: new AbortController().signal,
      pause: async () => {},
      ...more,
      env: { PATH: [bin, "/usr/bin", "/bin"].join(delimiter), HOME: home, ...more.env },
      machine: {
        hasSystemd: true,
        isWsl: false,
        uid: 1000,
        user: "ann",
        home,
        runtimeFolder: home,
        lingers: false,
        ...machine,
      },
    },
    program(name, cases = {}) {
      const arms = Object.entries(cases).map(([pattern, does]) => {
        return `${pattern.replaceAll(" ", String.raw`\ `)}) ${does};;`;
      });
      const lines = [
        "#!/bin/sh",
        `printf '%s\\n' "${name} $*" >> '${calls}'`,
        `case "$*" in`,
        ...arms,
        "esac",
      ];
      writeFileSync(join(bin, name), `${lines.join("\n")}\n`);
      chmodSync(join(bin, name), 0o755);
    },
    calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : []),
    write(path, text) {
      const whole = join(home, path);
      mkdirSync(join(whole, ".."), { recursive: true });
      writeFileSync(whole, text);
      return whole;
    },
    read(path) {
      const whole = join(home, path);
      return existsSync(whole) ? readFileSync(whole, "utf8") : undefined;
    },
  };
}
