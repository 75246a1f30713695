import { connect as connectSocket, type Socket } from "node:net";
import { Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import SmtpConnection from "nodemailer/lib/smtp-connection";
import { cleanName, oneLine } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import type { Clock } from "#ports.ts";
import { createRedactor } from "#redact.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import type { Channel, Sent } from "#notify/channel.ts";
import { characters, fit } from "#notify/words/fit.ts";
import { createLateAnswers, lateLimitMs } from "./late-answers.ts";
import { type Mailbox, mailboxOf, type MailServer, mailServerOf } from "./mail-server.ts";
import { mailText } from "./mail-text.ts";
import type { Message } from "#notify/message.ts";
import { channelSecrets } from "#notify/secrets.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { reasonOf, type Refusal, refusalsIn } from "./smtp-words.ts";

type EmailSettings = Extract<ChannelSettings, { readonly type: "email" }>;

export interface EmailDeps {
  readonly clock: Clock;
  /** Tests put a server of their own in the place of a name. */
  readonly connect?: typeof connectSocket;
  /** Certificates that are trusted beside those of this machine. */
  readonly trusted?: string;
}

/** For one address of a host, when it has several. */
const connectAttemptMs = 5_000;
const mostAnswerBytes = 64 * 1_024;
const longestAnswer = 300;
/** Of how many such mails it is remembered. */
const mostRemembered = 200;

/**
 * Mail, by a server that takes it. One connection a mail; nothing of it outlives the time limit, but the
 * wait for the last answer to a mail that the server has whole: the next try gets that. Where some
 * receivers are refused it has failed, and the next try goes to those alone.
 */
export function createEmailChannel(settings: EmailSettings, deps: EmailDeps): Channel {
  const { name, type, timeLimitMs } = settings;
  const { clock } = deps;
  const server = mailServerOf(settings.smtpUrl);
  const redact = createRedactor([...channelSecrets(settings), ...loginForms(server)]);
  const shown = (words: string): string =>
    fit(redact(oneLine(words)).trim(), longestAnswer, characters);
  /** Of messages that some receivers have and others do not, those that do. */
  const taken = new Map<string, ReadonlySet<string>>();
  const late = createLateAnswers(clock);

  function remember(key: string, addresses: readonly string[], isDone: boolean): number {
    const all = new Set([...(taken.get(key) ?? []), ...addresses]);
    taken.delete(key);
    if (!isDone && all.size > 0) taken.set(key, all);
    for (const oldest of [...taken.keys()].slice(0, -mostRemembered)) taken.delete(oldest);
    return all.size;
  }

  async function within(
    signal: AbortSignal,
    work: (session: Session) => Promise<Sent>,
    key?: string,
  ): Promise<Sent> {
    const session = openSession(server, timeLimitMs, deps);
    const working = work(session);
    const answer = working.catch(failureOf);
    let isKept = false;
    const end = (): void => session.end();
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      return await withinLimit(working, timeLimitMs, clock, signal);
    } catch (error) {
      if (signal.aborted) return { kind: "interrupted" };
      if (!(error instanceof GivenUp)) return failureOf(error);
      if (key !== undefined && session.isHandedOver()) isKept = late.await(key, answer, end);
      if (isKept) return handedOver(timeLimitMs);
      const because = `no answer of the mail server within ${timeLimitMs / 1_000} s`;
      return { kind: "failed", because, isRefused: false };
    } finally {
      signal.removeEventListener("abort", end);
      if (!isKept) end();
    }
  }

  function failureOf(error: unknown): Sent {
    const { because, isRefused } = reasonOf(error, server);
    return { kind: "failed", because: shown(because), isRefused };
  }

  async function send(message: Message, signal: AbortSignal): Promise<Sent> {
    const key = keyOf(message);
    const before = late.of(key);
    if (before === undefined) return within(signal, (session) => deliver(message, session), key);
    try {
      return await withinLimit(before, timeLimitMs, clock, signal);
    } catch {
      return signal.aborted ? { kind: "interrupted" } : handedOver(timeLimitMs);
    }
  }

  async function deliver(message: Message, session: Session): Promise<Sent> {
    const from = sender(settings, server);
    const to = settings.to.map(receiver);
    const addresses = [...new Set(to.map(({ address }) => address))];
    const key = keyOf(message);
    const left = addresses.filter((address) => taken.get(key)?.has(address) !== true);
    const mail = await compose(message, from, to);
    const { accepted, refusals, answer } = await session.send(from.address, left, mail);
    const count = remember(key, accepted, refusals.length === 0);
    if (refusals.length === 0) return { kind: "sent", answer: shown(answer) };
    const words = refusals.map((refusal) => refusal.words).join("; ");
    return {
      kind: "failed",
      because: shown(`sent to ${count} of ${addresses.length}: ${words}`),
      isRefused: refusals.every(({ isForGood }) => isForGood),
    };
  }

  return {
    name,
    type,
    send,
    probe: (signal) =>
      within(signal, async (session) => {
        // What can be told without the server is told first.
        sender(settings, server);
        settings.to.forEach(receiver);
        return { kind: "sent", answer: shown(await session.ask()) };
      }),
  };
}

/** The same at each try. */
function keyOf({ id, atMs, title, text }: Message): string {
  return JSON.stringify([id, atMs, title, text]);
}

function handedOver(timeLimitMs: number): Sent {
  return {
    kind: "failed",
    because: `the mail server has the whole mail, but has not said within ${timeLimitMs / 1_000} s whether it takes it; its answer is waited for up to ${lateLimitMs / 60_000} min before the mail is sent again`,
    isRefused: false,
  };
}

interface Session {
  /** Each throws what nodemailer throws. */
  send(
    from: string,
    to: readonly string[],
    mail: Buffer,
  ): Promise<{
    readonly accepted: readonly string[];
    readonly refusals: readonly Refusal[];
    readonly answer: string;
  }>;
  /** Logs in and sends nothing. */
  ask(): Promise<string>;
  /** All that is left is the server's answer to the mail. */
  isHandedOver(): boolean;
  /** At once, whatever is under way. */
  end(): void;
}

function openSession(
  { host, port, tls, isNear, login }: MailServer,
  timeLimitMs: number,
  { connect = connectSocket, trusted }: EmailDeps,
): Session {
  let socket: Socket | undefined;
  let connection: SmtpConnection | undefined;
  let isOver = false;
  let isHandedOver = false;

  async function begin(): Promise<SmtpConnection> {
    const plain = await connected();
    if (isOver) throw new Error("interrupted");
    const smtp = new SmtpConnection({
      host,
      port,
      // Resolved and connected by us: nodemailer asks name servers by itself, and keeps what they said.
      connection: plain,
      secure: tls === "at-once",
      requireTLS: tls === "required",
      ignoreTLS: tls === "none",
      tls: {
        rejectUnauthorized: !isNear,
        minVersion: "TLSv1.2",
        ...(trusted !== undefined && { ca: trusted }),
      },
      connectionTimeout: timeLimitMs,
      greetingTimeout: timeLimitMs,
      socketTimeout: timeLimitMs + lateLimitMs,
      socketCloseTimeout: 1_000,
      maxResponseSize: mostAnswerBytes,
      logger: false,
    });
    connection = smtp;
    await settled((done) => {
      // It stays: an error that nobody listens for would end the guard.
      smtp.on("error", done);
      smtp.once("end", () => done(new Error("the server closed the connection")));
      smtp.connect(done);
    });
    if (login !== undefined) {
      if (!smtp.allowsAuth) throw new Error(noLogin);
      await settled((done) => smtp.login({ credentials: login }, done));
    }
    return smtp;
  }

  async function connected(): Promise<Socket> {
    if (isOver) throw new Error("interrupted");
    const autoSelectFamilyAttemptTimeout = Math.min(connectAttemptMs, Math.ceil(timeLimitMs / 2));
    const opened = connect({ host, port, autoSelectFamilyAttemptTimeout });
    socket = opened;
    await settled((done) => {
      opened.on("error", done);
      opened.once("connect", () => done());
      opened.once("close", () => done(new Error("the connection was closed")));
    });
    return opened;
  }

  return {
    async send(from, to, mail) {
      const smtp = await begin();
      type Info = NonNullable<Parameters<Parameters<typeof smtp.send>[2]>[1]>;
      const info = await new Promise<Info>((resolve, reject) => {
        smtp.once("end", () => reject(new Error("the server closed the connection")));
        // A stream, whose end says that the body was wanted and is gone.
        const body = Readable.from([mail]).once("end", () => (isHandedOver = true));
        smtp.send({ from, to: [...to], size: mail.length }, body, (error, sent) => {
          if (error) reject(error);
          else resolve(sent);
        });
      });
      smtp.quit();
      return {
        accepted: info.accepted.map(String),
        refusals: refusalsIn(info),
        answer: info.response,
      };
    },
    async ask() {
      const smtp = await begin();
      await settled((done) => {
        smtp.once("end", () => done(new Error("the server closed the connection")));
        smtp.reset(done);
      });
      smtp.quit();
      return login === undefined ? "the server answers" : "the server takes the login";
    },
    isHandedOver: () => isHandedOver,
    end() {
      isOver = true;
      // Says what is left to say, and ends a second later at the latest.
      connection?.close();
      if (connection === undefined) socket?.destroy();
      socket?.unref();
    },
  };
}

const noLogin =
  "the server offers no login here; take user and password out of smtp_url, or name another port";

function settled(begin: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    begin((error) => {
      if (error === undefined || error === null) resolve();
      else reject(error instanceof Error ? error : new Error(wordsOf(error)));
    });
  });
}

function compose(message: Message, from: Mailbox, to: readonly Mailbox[]): Promise<Buffer> {
  const { subject, text, html, messageId, threadId, headers } = mailText(message, domainOf(from));
  const thread = `<${threadId}>`;
  return new MailComposer({
    from: { name: cleanName(from.name) || "RunPodBoss", address: from.address },
    to: to.map(({ name, address }) => ({ name: cleanName(name), address })),
    subject,
    text,
    html,
    date: new Date(message.sentAtMs),
    messageId: `<${messageId}>`,
    inReplyTo: thread,
    references: thread,
    headers: { ...headers },
    // Nothing of a message is a file or an address to read.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

/** In letters that any head of a mail may have. */
function domainOf({ address }: Mailbox): string {
  const url = `http://${address.slice(address.lastIndexOf("@") + 1)}`;
  return URL.canParse(url) ? new URL(url).hostname : "runpodboss.invalid";
}

function sender({ from, to }: EmailSettings, { login }: MailServer): Mailbox {
  const text = from ?? (mailboxOf(login?.user ?? "") === undefined ? to[0] : login?.user);
  return receiver(text ?? "");
}

function receiver(text: string): Mailbox {
  const mailbox = mailboxOf(text);
  if (mailbox === undefined) throw new Error("an address in from or to is none");
  return mailbox;
}

/** What is sent to log in, as SMTP's ways to do so write it. */
function loginForms({ login }: MailServer): readonly string[] {
  if (login === undefined || login.pass === "") return [];
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return [login.pass, base64(login.pass), base64(`\0${login.user}\0${login.pass}`)];
}
