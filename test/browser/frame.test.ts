import { expect, it, vi } from "vitest";
import { answer, startService } from "../notify/services/service.ts";
import { visitorOf, patienceMs } from "./visitor.ts";

const html = { "content-type": "text/html" };
const elsewhere = "http://elsewhere.example";

it.for<readonly [what: string, body: string, headers: Record<string, string>, fault: RegExp]>([
  ["an error that nobody caught", `<script>nothing.there()</script>`, {}, /page: .*nothing/],
  ["an error on the console", `<script>console.error("oh")</script>`, {}, /console: oh/],
  [
    "what a policy refused",
    `<p style="color: red">red</p>`,
    { "content-security-policy": "default-src 'none'" },
    /console: .*Content Security Policy/,
  ],
  [
    "a picture of another place",
    `<img src="${elsewhere}/a.png">`,
    {},
    /asked another place: http:\/\/elsewhere\.example\/a\.png/,
  ],
  ["a request of a script", `<script>fetch("${elsewhere}/b")</script>`, {}, /another place.*\/b/],
])("%s is a fault of the page", async ([, body, headers, fault], test) => {
  const { origin } = await startService(
    answer(200, `<!doctype html><link rel="icon" href="data:,">${body}`, { ...html, ...headers }),
  );
  const { page, awaits, faults } = await visitorOf(test, { origin });
  awaits(/./);

  await page.goto(origin);

  await vi.waitFor(() => expect(faults().join("\n")).toMatch(fault), patienceMs);
});

it("a page without fault is none", async (test) => {
  const { origin } = await startService(answer(200, "<!doctype html><h1>fine</h1>", html));
  const { page, faults } = await visitorOf(test, { origin });

  await page.goto(origin);

  expect(await page.getByRole("heading").textContent()).toBe("fine");
  expect(faults()).toEqual([]);
});
