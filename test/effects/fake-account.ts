import type { Look } from "../../src/guard/model.ts";
import type { Account, EndAnswer } from "../../src/ports.ts";

export interface ScriptedAccount extends Account {
  /** All that was asked, in order: `look`, `stop p1`. */
  readonly asked: readonly string[];
}

/** An account that shows these looks one after the other; the last one stays. */
export function accountShowing(
  looks: readonly [Look, ...Look[]],
  answer: EndAnswer = { kind: "accepted" },
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
    end(podId, action) {
      asked.push(`${action} ${podId}`);
      return Promise.resolve(answer);
    },
  };
}
