import { expect, it } from "vitest";
import { createSignedSender } from "#outside/beat/send-signed.ts";
import { exchange } from "#requests/exchange.ts";
import { serving } from "../probes/pages.ts";
import { servedByNode } from "./node-served.ts";

it("names its account in what it sends, as the account's own machine does: one closes what the other opened", async (test) => {
  const bodies: Record<string, string>[] = [];
  const base = await serving((request, response) => {
    let text = "";
    request.on("data", (piece) => (text += String(piece)));
    request.on("end", () => {
      bodies.push(JSON.parse(text) as Record<string, string>);
      response.end("ok");
    });
  });
  const { address } = await servedByNode(test, [
    {
      type: "webhook",
      name: "webhook",
      url: `${base}/hook`,
      account: "lab",
      headers: {},
      minSeverity: "info",
      timeLimitMs: 10_000,
    },
  ]);

  const send = createSignedSender(exchange, Date.now);
  const sent = await send("drill", "{}", address, new AbortController().signal);

  expect(sent).toMatchObject({ kind: "answered" });
  expect(bodies.map(({ id, incident, title }) => [id, incident, title])).toEqual([
    [
      expect.stringMatching(/^lab:/),
      expect.stringMatching(/^lab:/),
      expect.stringMatching(/^lab: /),
    ],
  ]);
});
