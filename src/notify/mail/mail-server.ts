import { decoded } from "#notify/secrets.ts";

/** How a mail server is spoken to. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /**
   * `at-once`: TLS from the first byte. `required`: STARTTLS, or nothing. `offered`: STARTTLS where the
   * server has it. `none`: in clear.
   */
  readonly tls: "at-once" | "required" | "offered" | "none";
  /** A server on this machine may show any certificate. */
  readonly isNear: boolean;
  readonly login: { readonly user: string; readonly pass: string } | undefined;
}

/** Of `smtps://user:password@host:465` or `smtp://…`, with `?tls=none` at its end for no TLS at all. */
export function mailServerOf(smtpUrl: string): MailServer {
  const url = new URL(smtpUrl);
  const { hostname, port, username, password } = url;
  const host = hostname.replaceAll(/^\[|\]$/g, "");
  const isAtOnce = url.protocol === "smtps:";
  const isNear = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(host);
  const user = decoded(username);
  return {
    host,
    port: port === "" ? (isAtOnce ? 465 : 587) : Number(port),
    tls: isAtOnce ? "at-once" : tlsOf(url, isNear),
    isNear,
    login: user === "" ? undefined : { user, pass: decoded(password) },
  };
}

function tlsOf({ searchParams }: URL, isNear: boolean): MailServer["tls"] {
  if (searchParams.get("tls") === "none") return "none";
  return isNear ? "offered" : "required";
}

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

const withName = /^([^<>]*)<([^\s<>]+@[^\s<>]+)>$/;
const alone = /^[^\s<>]+@[^\s<>]+$/;

/** `Name <name@host>` or `name@host`; undefined where it is neither. */
export function mailboxOf(text: string): Mailbox | undefined {
  const [, name = "", address] = withName.exec(text) ?? [];
  if (address !== undefined) return { name: name.trim().replace(/^"(.*)"$/, "$1"), address };
  return alone.test(text) ? { name: "", address: text } : undefined;
}
