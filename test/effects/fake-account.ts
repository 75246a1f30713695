import type { Look, Measured } from "#guard/model/account.ts";
import type { Account, EndAnswer } from "#ports.ts";

export interface ScriptedAccount extends Account {
  /** All that was asked, in order: `look`, `measure`, `stop p1`. */
  readonly asked: readonly string[];
}

/** An account that shows these looks one after the other; the last one stays. */
export function accountShowing(
  looks: readonly [Look, ...Look[]],
  answer: EndAnswer = { kind: "accepted" },
  measured: Measured = { kind: "unmeasured", atMs: 0, because: "nothing to measure" },
): ScriptedAccount {
  const asked: string[] = [];
  let n = 0;
  return {
    asked,
    look() {
      asked.push("look");
      const look = looks[n] ?? looks.at(-1) ?? looks[0];
      n += 1;
      return Promise.resolve(look);
    },
    measure() {
      asked.push("measure");
      return Promise.resolve(measured);
    },
    end({ id }, action) {
      asked.push(`${action} ${id}`);
      return Promise.resolve(answer);
    },
  };
}
