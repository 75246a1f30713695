import { describe, expect, it } from "vitest";
import { createClock } from "#clock.ts";
import * as email from "#notify/mail/email.ts";
import { lazyEmailChannel, readForChannels } from "#notify/mail/lazy-email.ts";
import { common, sample } from "../services/service.ts";

const settings = {
  ...common,
  type: "email",
  name: "mail",
  smtpUrl: "smtp://127.0.0.1:1?tls=none",
  to: ["ops@mail.example"],
} as const;

describe("what mail needs of the program's own files", () => {
  it("is read before there is a mail: an update may replace them under a daemon that runs", async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      return email;
    };

    const channel = lazyEmailChannel(settings, createClock(), read);

    expect(reads).toBe(1);
    await channel.send(sample(), new AbortController().signal);
    expect(reads).toBe(1);
  });

  it("is read again for the next mail when it could not be read", async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      if (reads < 3) throw new Error("no such file");
      return email;
    };
    const channel = lazyEmailChannel(settings, createClock(), read);
    const never = new AbortController().signal;

    await expect(channel.send(sample(), never)).rejects.toThrow("no such file");
    expect((await channel.send(sample(), never)).kind).toBe("failed");
  });

  it("is asked for before a config with mail is in force, and where it is gone the daemon is to be restarted", async () => {
    const gone = () => Promise.reject(new Error("Cannot find module email-VW2Y.mjs"));

    await expect(readForChannels([{ type: "ntfy" }, settings], gone)).rejects.toThrow(
      /the program was updated\. Restart the daemon \(Cannot find module/,
    );
    await readForChannels([{ type: "ntfy" }], gone);
    await readForChannels([settings]);
  });
});
