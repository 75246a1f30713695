import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { rememberTested, saveLimitMs } from "#commands/notify/remember-tested.ts";
import type { Settings } from "#config/settings.ts";
import { createFakeClock } from "../../fake-clock.ts";

const channel = {
  type: "slack",
  name: "team",
  minSeverity: "info",
  timeLimitMs: 30_000,
  webhookUrl: "https://slack.example/x",
} as const;

it("a disk that hangs holds up no command whose messages are all sent: what is not saved is said", async () => {
  let said = "";
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      said += String(chunk);
      done();
    },
  });
  const context = {
    stderr: stderr as unknown as NodeJS.WriteStream,
    redact: (text: string) => text,
    isJson: false,
  };
  const settings = { channels: [channel], stateFile: "/nowhere" } as unknown as Settings;
  const clock = createFakeClock();
  const hanging = () => new Promise<void>(() => undefined);

  const remembering = rememberTested(["team"], settings, context, clock, hanging);
  await clock.advanceTo(saveLimitMs);
  await remembering;

  expect(said.replaceAll(/\s+/g, " ")).toBe(
    "warning: the test could not be saved beside the state file: not done after 10 s ",
  );
});
