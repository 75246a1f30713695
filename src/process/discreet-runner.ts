import { printable } from "#control-characters.ts";
import type { Runner } from "#ports.ts";
import { redactedJson } from "#redact.ts";
import { changesFor, type Environment } from "./child-environment.ts";

export interface Discretion extends Environment {
  readonly redact: (text: string) => string;
}

/**
 * The same runner, but programs get only the secrets that their command is trusted with, and what
 * comes back of their words holds none: cleaned first, as hidden characters may hide one.
 */
export function discreetRunner(inner: Runner, discretion: () => Discretion): Runner {
  return {
    async run(command, signal) {
      const { redact, ...environment } = discretion();
      const { trust, ...rest } = command;
      const { env, unsetEnv } = changesFor(trust, environment);
      const ran = await inner.run(
        {
          ...rest,
          env: { ...env, ...command.env },
          unsetEnv: [...unsetEnv, ...(command.unsetEnv ?? [])],
        },
        signal,
      );
      if (ran.kind === "not-started") return { ...ran, because: redact(ran.because) };
      const tail = redact(printable(ran.tail));
      return ran.kind === "exited" && ran.stdout !== undefined
        ? { ...ran, tail, stdout: redactedJson(ran.stdout, redact) }
        : { ...ran, tail };
    },
  };
}
