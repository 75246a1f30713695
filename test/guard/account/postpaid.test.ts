import { expect, it } from "vitest";
import { after, seen, wordsOf } from "../samples.ts";

const postpaid = { billingMode: "POSTPAID" } as const;
const words =
  "billing: RunPod bills this account afterwards (POSTPAID): it does not stop pods when the balance is low. The thresholds still hold on the balance that it shows";

it("an account that is billed afterwards is told of once, also over polls that do not say so", () => {
  const first = after([seen(postpaid)]);

  expect(wordsOf(first.events)).toEqual([words]);
  expect(wordsOf(after([seen(), seen(postpaid)], undefined, first.state).events)).toEqual([]);
});

it("its thresholds still hold", () => {
  const { state } = after([seen({ ...postpaid, balanceUsd: 1 })]);

  expect(state.fired).toMatchObject({ warning: true, critical: true });
});

it("one that is prepaid meanwhile is told of again", () => {
  const looks = [seen(postpaid), seen({ billingMode: "PREPAID" }), seen(postpaid)];

  expect(wordsOf(after(looks).events)).toEqual([words]);
  expect(wordsOf(after([seen({ billingMode: "PREPAID" })]).events)).toEqual([]);
});
