import { BlockList, isIP } from "node:net";

/** How a host is reached. `unusable` says why, without what the variable holds. */
export type Proxy =
  | { readonly kind: "none" }
  | { readonly kind: "proxy"; readonly url: URL; readonly variable: string }
  | { readonly kind: "unusable"; readonly because: string };

const none: Proxy = { kind: "none" };

/**
 * The proxy that the environment names for a URL, as curl reads it: `https_proxy`, `http_proxy`,
 * `all_proxy` and `no_proxy`, in capitals too. This machine itself is never asked for through one.
 */
export function proxyOf(url: URL, env: NodeJS.ProcessEnv): Proxy {
  const scheme = url.protocol.slice(0, -1);
  const variable = [`${scheme}_proxy`, "all_proxy"]
    .flatMap((name) => [name, name.toUpperCase()])
    .find((name) => Boolean(env[name]?.trim()));
  if (variable === undefined || isLoopback(url) || isExcepted(url, env)) return none;
  const text = addressOf(env[variable]?.trim() ?? "");
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy?.protocol === "http:" || proxy?.protocol === "https:") {
    return { kind: "proxy", url: proxy, variable };
  }
  const what =
    proxy === undefined
      ? "is no address of a proxy"
      : `names a ${proxy.protocol.slice(0, -1)} proxy`;
  const because = `${variable} ${what}; give one as http://host:port, or name the host in NO_PROXY`;
  return { kind: "unusable", because };
}

/** A proxy may be named without its scheme. */
function addressOf(value: string): string {
  return value.includes("://") ? value : `http://${value}`;
}

/** Every address that may be taken for a proxy's, as it is read. */
export function proxyAddresses(env: NodeJS.ProcessEnv): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    /^(https?|all)_proxy$/i.test(name) && value !== undefined ? [addressOf(value.trim())] : [],
  );
}

/** Without a key that may stand in it. */
export function proxyWords({ url, variable }: Extract<Proxy, { kind: "proxy" }>): string {
  return `${url.protocol}//${url.host} (${variable})`;
}

function hostOf(url: URL): string {
  return url.hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  return host === "localhost" || host.endsWith(".localhost") || isIn(loopback, host);
}

/** Each entry of `no_proxy` is `*`, a name (its subdomains too), an address or a range, perhaps with a port. */
function isExcepted(url: URL, env: NodeJS.ProcessEnv): boolean {
  const entries = (env["no_proxy"] ?? env["NO_PROXY"] ?? "").split(/[\s,]+/).filter(Boolean);
  const host = hostOf(url);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return entries.some((entry) => {
    if (entry === "*") return true;
    const [, name = "", entryPort] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
    if (entryPort !== undefined && entryPort !== port) return false;
    return covers(name.replace(/^\[|\]$/g, "").toLowerCase(), host);
  });
}

function covers(entry: string, host: string): boolean {
  const [address = "", bits] = entry.split("/");
  if (isIP(address) !== 0) {
    const range = new BlockList();
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const most = family === "ipv6" ? 128 : 32;
    const length = bits === undefined ? most : Number(bits);
    if (!Number.isInteger(length) || length < 0 || length > most) return false;
    range.addSubnet(address, length, family);
    return isIn(range, host);
  }
  const domain = entry.replace(/^\*?\./, "").replace(/\.$/, "");
  return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

function isIn(range: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && range.check(host, version === 6 ? "ipv6" : "ipv4");
}
