import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { onTestFinished } from "vitest";
import type { EmailDeps } from "#notify/mail/email.ts";

/** A key and a certificate of `mail.example` for tests; it protects nothing. */
const pem = readFileSync(join(import.meta.dirname, "mail-example.pem"), "utf8");
export const certificate = pem.slice(pem.indexOf("-----BEGIN CERTIFICATE-----"));
const own = { key: pem.slice(0, pem.indexOf("-----BEGIN CERTIFICATE-----")), cert: certificate };

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly isSecure: boolean;
  readonly user: string | undefined;
  /** As it came, with its head. */
  readonly source: string;
}

export const user = "guard@mail.example";
export const password = "p4ss/word:with@signs";

/** A real mail server on loopback that keeps what it takes, until the test ends. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<{
  readonly port: number;
  readonly mails: readonly Mail[];
  readonly open: () => number;
}> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    ...own,
    authMethods: ["PLAIN", "LOGIN", "CRAM-MD5"],
    closeTimeout: 1,
    // No name server is asked.
    disableReverseLookup: true,
    logger: false,
    onAuth(asked, _session, done) {
      const { username, password: given, method } = asked;
      const isGood = method === "CRAM-MD5" ? asked.validatePassword(password) : given === password;
      if (username === user && isGood) return done(null, { user: username });
      const error = Object.assign(new Error(`5.7.8 no: ${String(given)}`), { responseCode: 535 });
      return done(error);
    },
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          isSecure: session.secure,
          user: typeof session.user === "string" ? session.user : undefined,
          source: Buffer.concat(pieces).toString("utf8"),
        });
        done(null, "2.0.0 OK queued as 7F3A");
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  const listener = server.listen(0, "127.0.0.1");
  await new Promise<void>((resolve) => listener.once("listening", () => resolve()));
  onTestFinished(() => server.close());
  const { port } = listener.address() as AddressInfo;
  return { port, mails, open: () => server.connections.size };
}

/** Says the lines to each thing that it is told, by how that begins; what has no line gets silence. */
export async function startScript(
  greeting: string | undefined,
  lines: Readonly<Record<string, string>>,
): Promise<{
  readonly port: number;
  /** Resolves when it has been told so much, or greets nobody and somebody is there. */
  readonly told: (start: string) => Promise<void>;
  readonly closed: Promise<void>;
  /** How many ends of a mail were heard. */
  readonly mails: () => number;
  readonly toldMails: (count: number) => Promise<void>;
}> {
  let heard = "";
  let mailsHeard = 0;
  const waiting = new Set<() => void>();
  const close: { done?: () => void } = {};
  const closed = new Promise<void>((resolve) => {
    close.done = resolve;
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let isData = false;
    let rest = "";
    if (greeting !== undefined) socket.write(`${greeting}\r\n`);
    socket.on("error", () => undefined);
    socket.on("close", () => close.done?.());
    socket.on("data", (chunk) => {
      rest += chunk.toString();
      for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        heard += `\n${line}`;
        if (isData && line !== ".") continue;
        if (isData) mailsHeard += 1;
        const key = Object.keys(lines).find((each) => line.toUpperCase().startsWith(each));
        isData = key === "DATA" && lines[key]?.startsWith("354") === true;
        if (key !== undefined) socket.write(`${lines[key]}\r\n`);
      }
      for (const wake of waiting) wake();
    });
    for (const wake of waiting) wake();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const isTold = (start: string): boolean =>
    sockets.size > 0 && (start === "" || heard.toUpperCase().includes(`\n${start}`));
  return {
    port: (server.address() as AddressInfo).port,
    closed,
    mails: () => mailsHeard,
    toldMails: (count) =>
      new Promise((resolve) => {
        const wake = (): void => {
          if (mailsHeard >= count) resolve();
        };
        waiting.add(wake);
        wake();
      }),
    told: (start) =>
      new Promise((resolve) => {
        const wake = (): void => {
          if (isTold(start)) resolve();
        };
        waiting.add(wake);
        wake();
      }),
  };
}

/** Whatever host is asked for, loopback answers: for servers that are not on this machine. */
export const fromFar: NonNullable<EmailDeps["connect"]> = ((options: object) =>
  connect({ ...options, host: "127.0.0.1" } as { host: string; port: number })) as typeof connect;
