import { expect, it } from "vitest";
import { closeIncidents } from "#guard/close-incidents.ts";
import { emptyState } from "#guard/model/state.ts";
import { withoutMachine } from "#outside/account/for-machine.ts";
import { noticesOf, policyWith, seen } from "../guard/samples.ts";

it("a channel that is only the machine's is not said to have left the config from outside", () => {
  const policy = policyWith({ tells: false, channels: [{ name: "phone", minSeverity: "info" }] });
  const openIncidents = [{ incident: "trouble:channel mail", way: "phone", atMs: 0 }];

  const state = withoutMachine({ ...emptyState, openIncidents }, "guards", ["phone"]);
  const { owed } = closeIncidents(state, seen(), policy).state;

  expect(noticesOf(owed)).toEqual([]);
});
