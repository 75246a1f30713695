import { wordsOf } from "#errors.ts";
import type { MailServer } from "./mail-server.ts";

/** A receiver that the server did not take. */
export interface Refusal {
  readonly words: string;
  /** The server will not take it later either. */
  readonly isForGood: boolean;
}

/** What of nodemailer's errors is used; any of it may be missing. */
interface SmtpError {
  readonly message: string;
  readonly code?: string | undefined;
  readonly originalCode?: string | undefined;
  readonly response?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly command?: string | undefined;
  readonly recipient?: string | undefined;
  readonly rejectedErrors?: readonly SmtpError[] | undefined;
}

/** Why a mail was not taken, in words that say what to do where that is known. */
export function reasonOf(
  error: unknown,
  server: MailServer,
): { readonly because: string; readonly isRefused: boolean } {
  const known: SmtpError = error instanceof Error ? error : { message: wordsOf(error) };
  const { responseCode = 0, rejectedErrors = [] } = known;
  const isRefused = responseCode >= 500 && responseCode < 600;
  if (rejectedErrors.length > 0) {
    const refusals = rejectedErrors.map(refusalOf);
    return {
      because: refusals.map(({ words }) => words).join("; "),
      isRefused: refusals.every(({ isForGood }) => isForGood),
    };
  }
  return { because: wordsFor(known, server), isRefused };
}

/** Those of several receivers that were not taken. */
export function refusalsIn({
  rejectedErrors = [],
}: {
  readonly rejectedErrors?: readonly SmtpError[] | undefined;
}): readonly Refusal[] {
  return rejectedErrors.map(refusalOf);
}

function refusalOf({
  recipient = "a receiver",
  response,
  message,
  responseCode = 0,
}: SmtpError): Refusal {
  return {
    words: `${recipient}: ${response ?? message}`,
    isForGood: responseCode >= 500 && responseCode < 600,
  };
}

function wordsFor(error: SmtpError, { host, port }: MailServer): string {
  const { code, response, command } = error;
  const message = wordsOf(error) || code || "the connection failed";
  const systemCode = error.originalCode ?? code;
  if (command === "STARTTLS" && response !== undefined) {
    return `the mail server does not go over to TLS (${response}); use smtps:// for port 465, or ?tls=none`;
  }
  if (code === "EAUTH" && response !== undefined) return `the login was not taken: ${response}`;
  if (response !== undefined) return response;
  switch (systemCode) {
    case "ENOTFOUND":
      return `there is no host ${host}`;
    case "ECONNREFUSED":
      return `nothing listens at ${host}, port ${port}`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `the certificate of the mail server is for another host than ${host}`;
    case "CERT_HAS_EXPIRED":
      return "the certificate of the mail server has expired";
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return `the certificate of the mail server is not trusted here (${systemCode}); NODE_EXTRA_CA_CERTS names a file of others to trust`;
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return `port ${port} does not speak TLS from the start; use smtp:// there, or smtps:// with port 465`;
    default:
      return message;
  }
}
