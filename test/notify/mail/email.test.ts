import { describe, expect, it } from "vitest";
import { createClock } from "#clock.ts";
import type { Sent } from "#notify/channel.ts";
import { createEmailChannel, type EmailDeps } from "#notify/mail/email.ts";
import type { Message } from "#notify/message.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { createFakeClock } from "../../fake-clock.ts";
import {
  certificate,
  fromFar,
  password,
  startMailServer,
  startScript,
  user,
} from "./mail-service.ts";
import { common, sample } from "../services/service.ts";

type EmailSettings = Extract<ChannelSettings, { readonly type: "email" }>;

const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
const never = new AbortController().signal;

function settings(smtpUrl: string, more: Partial<EmailSettings> = {}): EmailSettings {
  return { ...common, type: "email", name: "mail", smtpUrl, to: ["ops@mail.example"], ...more };
}

function channel(
  smtpUrl: string,
  more: Partial<EmailSettings> = {},
  deps: Partial<EmailDeps> = {},
) {
  return createEmailChannel(settings(smtpUrl, more), { clock: createClock(), ...deps });
}

function failure(sent: Sent | { readonly kind: "untried" }): string {
  if (sent.kind !== "failed") throw new Error(`it has not failed: ${JSON.stringify(sent)}`);
  return sent.because;
}

/** Of the head, long lines made one. */
function head(source: string): string {
  return source.slice(0, source.indexOf("\r\n\r\n")).replaceAll(/\r\n[ \t]+/g, " ");
}

describe("a mail is taken", () => {
  it("over STARTTLS, by a server whose certificate is trusted, after a login", async () => {
    const { port, mails } = await startMailServer();
    const far = channel(
      `smtp://${login}@mail.example:${port}`,
      {},
      { connect: fromFar, trusted: certificate },
    );

    const sent = await far.send(sample(), never);

    expect(sent).toEqual({ kind: "sent", answer: "250 2.0.0 OK queued as 7F3A" });
    expect(mails).toMatchObject([{ from: user, to: ["ops@mail.example"], isSecure: true, user }]);
  });

  it.each(["PLAIN", "LOGIN", "CRAM-MD5"] as const)(
    "over TLS from the start, with a login by %s",
    async (method) => {
      const { port, mails } = await startMailServer({ secure: true, authMethods: [method] });

      const sent = await channel(`smtps://${login}@127.0.0.1:${port}`).send(sample(), never);

      expect(sent.kind).toBe("sent");
      expect(mails).toMatchObject([{ isSecure: true, user }]);
    },
  );

  it.each<[string, object, boolean]>([
    ["without TLS by a server of this machine that has none", { hideSTARTTLS: true }, false],
    ["with TLS by one that has it, whatever its certificate", {}, true],
  ])("%s", async (_sentence, options, isSecure) => {
    const { port, mails } = await startMailServer({ authOptional: true, ...options });

    const sent = await channel(`smtp://127.0.0.1:${port}`).send(sample(), never);

    expect(sent.kind).toBe("sent");
    expect(mails).toMatchObject([{ from: "ops@mail.example", isSecure }]);
  });

  it("in clear from far away, where ?tls=none says so", async () => {
    const { port, mails } = await startMailServer({ authOptional: true });
    const far = channel(`smtp://mail.example:${port}?tls=none`, {}, { connect: fromFar });

    expect((await far.send(sample(), never)).kind).toBe("sent");
    expect(mails).toMatchObject([{ isSecure: false }]);
  });
});

describe("a mail says", () => {
  async function mailOf(message: Partial<Message>, more: Partial<EmailSettings> = {}) {
    const { port, mails } = await startMailServer({ authOptional: true, hideSTARTTLS: true });
    const mine = channel(`smtp://127.0.0.1:${port}`, more);
    await mine.send(sample(message), never);
    const [mail] = mails;
    if (mail === undefined) throw new Error("no mail has come");
    return { ...mail, head: head(mail.source) };
  }

  it("in its head what it is, for people, threads and filters", async () => {
    const mail = await mailOf(
      {},
      { from: "Guard <guard@mail.example>", to: ["Jörg, Ops <j@b.org>"] },
    );

    const lines = mail.head.split("\r\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "From: Guard <guard@mail.example>",
        "Subject: [RunPod critical] Balance below warning ($10.00)",
        "Importance: high",
        "X-Priority: 1",
        "Auto-Submitted: auto-generated",
        "X-Runpodboss-Event: trip",
        "X-Runpodboss-Severity: critical",
        "Date: Thu, 26 Nov 2026 03:12:01 +0000",
        expect.stringMatching(/^Message-Id: <notify-trip-warning-\S+@mail\.example>$/i),
        expect.stringMatching(/^In-Reply-To: <threshold-warning-\S+\.thread@mail\.example>$/),
        expect.stringMatching(/^References: <threshold-warning-\S+\.thread@mail\.example>$/),
        expect.stringMatching(/^To: =\?UTF-8\?\S+\?= <j@b\.org>$/),
      ]),
    );
    expect(mail.to).toEqual(["j@b.org"]);
  });

  it("in its text what happened, the numbers, the pods, what comes next and what prevents it", async () => {
    const { source } = await mailOf({});

    const text = source
      .replaceAll("=\r\n", "")
      .replaceAll("=C2=B7", "·")
      .replaceAll("=E2=80=A2", "•");
    for (const words of [
      "Balance $9.19 is below $10.00",
      "Balance $9.19 · burning $6.65/h · about 1 h 23 min left",
      "• eval-sweep (e1) $1.49/h",
      "stop pod eval-sweep (e1)",
      "To keep it: runpodboss touch e1",
      "<code>runpodboss touch e1</code>",
      "trip · critical · notify:trip:warning:1764126720000:0@phone",
    ]) {
      expect(text).toContain(words);
    }
  });

  it("the same id at each try, one of its own for another message, and one thread for both", async () => {
    const ids = await Promise.all(
      [{}, { sentAtMs: 5 }, { id: "other" }].map(async (message) => (await mailOf(message)).head),
    );

    const found = (name: RegExp) => ids.map((lines) => name.exec(lines)?.[1]);
    const [first, again, other] = found(/^Message-Id: (.+)$/im);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(new Set(found(/^References: (.+)$/m)).size).toBe(1);
  });

  it.each<[string, Partial<Message>, readonly string[]]>([
    ["an info is of low priority", { severity: "info" }, ["Importance: low", "X-Priority: 5"]],
    ["a warning of none", { severity: "warning" }, ["Importance: normal", "X-Priority: 3"]],
    [
      "an end of an incident says so",
      { severity: "info", isResolution: true, title: "Balance back above warning" },
      ["Subject: [RunPod resolved] Balance back above warning"],
    ],
  ])("%s", async (_sentence, message, lines) => {
    expect((await mailOf(message)).head.split("\r\n")).toEqual(expect.arrayContaining([...lines]));
  });

  it("a pod's name in its subject as it is, no other words in code", async () => {
    const { head: lines } = await mailOf({ title: "Soon: stop pod =?UTF-8?B?QWxsIGlzIHdlbGw=?=" });

    expect(lines).toMatch(/^Subject: .*= \?UTF-8\?B\?QWxsIGlzIHdlbGw/m);
  });

  it("nothing that a pod's name puts into its head", async () => {
    const name = "x\r\nBcc: thief@evil.example\r\n\r\n<script>alert(1)</script>";
    const mail = await mailOf({
      title: `Soon: stop pod ${name}`,
      text: name,
      incident: name,
      id: name,
      pods: [{ id: "p1", name, costPerHrUsd: 1 }],
    });

    expect(mail.head).not.toMatch(/^Bcc:/im);
    expect(mail.to).toEqual(["ops@mail.example"]);
    const page = mail.source.slice(mail.source.indexOf("Content-Type: text/html"));
    expect(page).not.toContain("<script>");
    expect(page).toContain("&lt;script&gt;");
  });

  it("lines that begin with a dot as they are, and goes on after one that has only a dot", async () => {
    const { source } = await mailOf({ text: "a\n.\n..b\n.c\nthe end of it" });

    expect(source).toContain("\r\n.\r\n..b\r\n.c\r\nthe end of it");
  });

  it("letters of all scripts", async () => {
    const { source, head: lines } = await mailOf({
      title: "Größe 深度学習 🚀",
      text: "深度学習 🚀",
    });

    const encoded = [...source.matchAll(/^[A-Za-z0-9+/=\r\n]{16,}$/gm)].join("");
    const decoded = source.replaceAll(/=([0-9A-F]{2})/g, "%$1").replaceAll("=\r\n", "");
    const subject = [...lines.matchAll(/=\?UTF-8\?(.)\?([^?]+)\?=/g)].map(([, how, text = ""]) =>
      how === "B"
        ? Buffer.from(text, "base64").toString()
        : decodeURIComponent(text.replaceAll("_", " ").replaceAll("=", "%")),
    );
    expect(subject.join("")).toContain("Größe 深度学習 🚀");
    expect(
      decoded.includes(encodeURIComponent("深度学習")) ||
        Buffer.from(encoded, "base64").includes("深度学習"),
    ).toBe(true);
  });
});

describe("a mail is not taken", () => {
  it("by a server whose certificate nobody vouches for", async () => {
    const { port, mails } = await startMailServer({ authOptional: true });
    const far = channel(`smtp://mail.example:${port}`, {}, { connect: fromFar });

    expect(failure(await far.send(sample(), never))).toMatch(
      /^the certificate of the mail server is not trusted here \(\w+\); NODE_EXTRA_CA_CERTS names/,
    );
    expect(mails).toEqual([]);
  });

  it("by one whose certificate is another's", async () => {
    const { port } = await startMailServer({ secure: true });
    const far = channel(
      `smtps://other.example:${port}`,
      {},
      { connect: fromFar, trusted: certificate },
    );

    expect(failure(await far.send(sample(), never))).toBe(
      "the certificate of the mail server is for another host than other.example",
    );
  });

  it("by one from far away that has no STARTTLS, and the password is not sent to it", async () => {
    const { port, mails } = await startMailServer({
      disabledCommands: ["STARTTLS"],
      allowInsecureAuth: true,
    });
    const far = channel(`smtp://${login}@mail.example:${port}`, {}, { connect: fromFar });

    const sent = await far.send(sample(), never);

    expect(sent).toMatchObject({ kind: "failed", isRefused: true });
    expect(failure(sent)).toMatch(/^the mail server does not go over to TLS \(5\d\d .*\?tls=none$/);
    expect(mails).toEqual([]);
  });

  it("with a wrong password, and the server's own words do not give it away", async () => {
    const { port } = await startMailServer();
    const wrong = channel(`smtp://${encodeURIComponent(user)}:wr0ng-Secret@127.0.0.1:${port}`);

    const sent = await wrong.send(sample(), never);

    expect(sent).toEqual({
      kind: "failed",
      because: "the login was not taken: 535 5.7.8 no: [redacted]",
      isRefused: true,
    });
  });

  it("with a password, by a server that offers no login", async () => {
    const { port } = await startMailServer({ disabledCommands: ["AUTH"] });

    expect(failure(await channel(`smtp://${login}@127.0.0.1:${port}`).send(sample(), never))).toBe(
      "the server offers no login here; take user and password out of smtp_url, or name another port",
    );
  });

  it("where nothing listens, or what listens is no mail server", async () => {
    const { port } = await startScript("HTTP/1.1 400 Bad Request", {});

    expect(failure(await channel("smtp://127.0.0.1:1").send(sample(), never))).toBe(
      "nothing listens at 127.0.0.1, port 1",
    );
    expect(failure(await channel(`smtp://127.0.0.1:${port}`).send(sample(), never))).toMatch(
      /HTTP\/1\.1 400 Bad Request/,
    );
    expect(failure(await channel(`smtps://127.0.0.1:${port}`).send(sample(), never))).toMatch(
      /^port \d+ does not speak TLS from the start; use smtp:/,
    );
  });

  const good = {
    EHLO: "250 mail.example",
    MAIL: "250 ok",
    RCPT: "250 ok",
    DATA: "354 go",
    QUIT: "221 bye",
  };

  it.each<[string, string, Readonly<Record<string, string>>, boolean, RegExp]>([
    ["a greeting of 421", "421 4.3.2 closing", {}, false, /421 4\.3\.2 closing/],
    ["a greeting of 554", "554 go away", {}, true, /554 go away/],
    ["421 to MAIL", "220 hi", { ...good, MAIL: "421 4.7.0 later" }, false, /^421 4\.7\.0 later$/],
    [
      "450 to RCPT",
      "220 hi",
      { ...good, RCPT: "450 4.2.0 greylisted" },
      false,
      /^ops@mail\.example: 450 4\.2\.0 greylisted$/,
    ],
    [
      "550 to RCPT",
      "220 hi",
      { ...good, RCPT: "550 5.1.1 nobody" },
      true,
      /^ops@mail\.example: 550 5\.1\.1 nobody$/,
    ],
    ["552 to DATA", "220 hi", { ...good, DATA: "552 too much" }, true, /^552 too much$/],
    ["451 to the mail", "220 hi", { ...good, ".": "451 4.3.0 disk" }, false, /^451 4\.3\.0 disk$/],
    ["550 to the mail", "220 hi", { ...good, ".": "550 spam" }, true, /^550 spam$/],
  ])("%s: temporary or for good", async (_sentence, greeting, lines, isRefused, because) => {
    const { port } = await startScript(greeting, lines);

    const sent = await channel(`smtp://127.0.0.1:${port}`).send(sample(), never);

    expect(sent).toMatchObject({ kind: "failed", isRefused });
    expect(failure(sent)).toMatch(because);
  });

  it.each<[string, string | undefined, Readonly<Record<string, string>>, string]>([
    ["before its greeting", undefined, {}, ""],
    ["after EHLO", "220 hi", {}, "EHLO"],
    ["after STARTTLS", "220 hi", { EHLO: "250-x\r\n250 STARTTLS" }, "STARTTLS"],
    [
      "in the handshake of TLS",
      "220 hi",
      { EHLO: "250-x\r\n250 STARTTLS", STARTTLS: "220 go" },
      "STARTTLS",
    ],
    ["after the login", "220 hi", { EHLO: "250-x\r\n250 AUTH PLAIN" }, "AUTH"],
    [
      "after MAIL",
      "220 hi",
      { ...good, EHLO: "250-x\r\n250 AUTH PLAIN", AUTH: "235 ok", MAIL: "" },
      "MAIL",
    ],
    [
      "after RCPT",
      "220 hi",
      { ...good, EHLO: "250-x\r\n250 AUTH PLAIN", AUTH: "235 ok", RCPT: "" },
      "RCPT",
    ],
    [
      "after DATA",
      "220 hi",
      { ...good, EHLO: "250-x\r\n250 AUTH PLAIN", AUTH: "235 ok", DATA: "" },
      "DATA",
    ],
  ])(
    "by a server that falls silent %s: given up at the limit, and the connection is closed",
    async (_sentence, greeting, lines, last) => {
      const clock = createFakeClock();
      const script = await startScript(greeting, lines);
      const silent = channel(
        `smtp://${login}@127.0.0.1:${script.port}`,
        { timeLimitMs: 30_000 },
        { clock },
      );

      const sending = silent.send(sample(), never);
      await script.told(last);
      await clock.advanceTo(30_000);

      expect(await sending).toEqual({
        kind: "failed",
        because: "no answer of the mail server within 30 s",
        isRefused: false,
      });
      await script.closed;
    },
  );

  it("at once by one that falls silent with the whole mail: its answer is waited for 5 minutes, and only then is a copy sent", async () => {
    const clock = createFakeClock();
    const script = await startScript("220 hi", good);
    const mine = channel(`smtp://127.0.0.1:${script.port}`, { timeLimitMs: 30_000 }, { clock });

    const first = mine.send(sample(), never);
    await script.toldMails(1);
    await clock.advanceTo(30_000);
    expect(failure(await first)).toMatch(
      /^the mail server has the whole mail, but has not said within 30 s/,
    );

    const second = mine.send(sample({ sentAtMs: 60_000 }), never);
    await clock.advanceTo(60_000);
    expect(failure(await second)).toMatch(/^the mail server has the whole mail/);

    await clock.advanceTo(330_000);
    await script.closed;
    expect(script.mails()).toBe(1);
    const third = mine.send(sample(), never);
    await script.toldMails(2);
    expect(script.mails()).toBe(2);
    await clock.advanceTo(360_000);
    expect(failure(await third)).toMatch(/^the mail server has the whole mail/);
  });

  it("when it is interrupted, and the connection is closed", async () => {
    const clock = createFakeClock();
    const script = await startScript("220 hi", {});
    const interrupt = new AbortController();

    const sending = channel(`smtp://127.0.0.1:${script.port}`, {}, { clock }).send(
      sample(),
      interrupt.signal,
    );
    await script.told("EHLO");
    interrupt.abort();
    await clock.advanceTo(2_000);

    expect(await sending).toEqual({ kind: "interrupted" });
    await script.closed;
  });

  it("from a server that never ends its answer", async () => {
    const { port } = await startScript(`220-${"x".repeat(70_000)}`, {});

    expect(failure(await channel(`smtp://127.0.0.1:${port}`).send(sample(), never))).toMatch(
      /exceeds maximum allowed size/,
    );
  });
});

describe("a server that looks longer at a mail than the limit", () => {
  async function slowServer() {
    const answers: (() => void)[] = [];
    let come = (): void => undefined;
    const there = new Promise<void>((resolve) => (come = resolve));
    const { port } = await startMailServer({
      authOptional: true,
      hideSTARTTLS: true,
      onData(stream, _session, done) {
        stream.resume();
        stream.on("end", () => {
          answers.push(() => done(null, "queued late"));
          come();
        });
      },
    });
    return { port, answers, there };
  }

  it.each(["before the next try", "during the next try"])(
    "and takes it %s: no second copy is sent, and the try says that it was taken",
    async (when) => {
      const clock = createFakeClock();
      const { port, answers, there } = await slowServer();
      const mine = channel(`smtp://127.0.0.1:${port}`, { timeLimitMs: 30_000 }, { clock });

      const first = mine.send(sample(), never);
      await there;
      await clock.advanceTo(30_000);
      expect((await first).kind).toBe("failed");
      if (when === "before the next try") answers[0]?.();
      const second = mine.send(sample({ sentAtMs: 90_000 }), never);
      if (when === "during the next try") answers[0]?.();

      expect(await second).toEqual({ kind: "sent", answer: "250 queued late" });
      expect(answers).toHaveLength(1);
    },
  );

  it("does not hold up another mail", async () => {
    const clock = createFakeClock();
    const { port, answers, there } = await slowServer();
    const mine = channel(`smtp://127.0.0.1:${port}`, { timeLimitMs: 30_000 }, { clock });
    const first = mine.send(sample(), never);
    await there;
    await clock.advanceTo(30_000);
    await first;

    const other = mine.send(sample({ id: "another" }), never);
    await expect.poll(() => answers.length).toBe(2);
    answers[1]?.();

    expect((await other).kind).toBe("sent");
  });
});

describe("of several receivers", () => {
  it("one that is refused is told, and the next try goes to that one alone", async () => {
    let isKnown = false;
    const { port, mails } = await startMailServer({
      authOptional: true,
      onRcptTo({ address }, _session, done) {
        if (address === "b@mail.example" && !isKnown) {
          return done(Object.assign(new Error("5.1.1 nobody here"), { responseCode: 550 }));
        }
        return done();
      },
    });
    const mine = channel(`smtp://127.0.0.1:${port}`, {
      to: ["a@mail.example", "b@mail.example", "c@mail.example"],
    });

    const first = await mine.send(sample(), never);
    isKnown = true;
    const second = await mine.send(sample(), never);

    expect(first).toEqual({
      kind: "failed",
      because: "sent to 2 of 3: b@mail.example: 550 5.1.1 nobody here",
      isRefused: true,
    });
    expect(second.kind).toBe("sent");
    expect(mails.map(({ to }) => to)).toEqual([
      ["a@mail.example", "c@mail.example"],
      ["b@mail.example"],
    ]);
  });
});

it("a message goes out again where it is asked for again: what was taken is not remembered", async () => {
  const { port, mails } = await startMailServer({ authOptional: true, hideSTARTTLS: true });
  const mine = channel(`smtp://127.0.0.1:${port}`, { to: ["a@b.org", "a@b.org"] });

  await mine.send(sample(), never);
  await mine.send(sample(), never);

  expect(mails.map(({ to }) => to)).toEqual([["a@b.org"], ["a@b.org"]]);
});

describe("asked whether it would take mail", () => {
  it("it logs in and sends none", async () => {
    const { port, mails } = await startMailServer();

    expect(await channel(`smtp://${login}@127.0.0.1:${port}`).probe(never)).toEqual({
      kind: "sent",
      answer: "the server takes the login",
    });
    expect(mails).toEqual([]);
  });

  it("it says what is wrong with the login", async () => {
    const { port } = await startMailServer();

    const asked = await channel(
      `smtp://${encodeURIComponent(user)}:no-p4ss@127.0.0.1:${port}`,
    ).probe(never);

    expect(failure(asked)).toBe("the login was not taken: 535 5.7.8 no: [redacted]");
  });
});
