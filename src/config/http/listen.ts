import { BlockList, isIP } from "node:net";

/** Where to listen, or in words why not. */
export type Listen =
  | {
      readonly kind: "listen";
      readonly host: string;
      readonly port: number;
      readonly isLoopback: boolean;
    }
  | { readonly kind: "fault"; readonly because: string };

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Tailscale's own addresses: what goes there is encrypted on its way. */
const tailnet = new BlockList();
tailnet.addSubnet("100.64.0.0", 10, "ipv4");
tailnet.addSubnet("fd7a:115c:a1e0::", 48, "ipv6");

/** `127.0.0.1:8092`, `[::1]:8092`, `localhost:8092`. A name would have to be looked up: it is refused. */
export function listenOf(words: string): Listen {
  const [, v6, v4, digits] = /^(?:\[([^\]%]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(words) ?? [];
  const host = v6 ?? (v4?.toLowerCase() === "localhost" ? "127.0.0.1" : (v4 ?? ""));
  const port = Number(digits);
  if (isIP(host) !== (v6 === undefined ? 4 : 6) || port < 1 || port > 65_535) {
    return {
      kind: "fault",
      because: 'must be an IP address and a port, such as "127.0.0.1:8092" or "[::1]:8092"',
    };
  }
  return { kind: "listen", host, port, isLoopback: isLoopback(host) };
}

/** Of an IP address. */
export function isLoopback(address: string): boolean {
  return isIn(loopback, address);
}

export function isTailnet(address: string): boolean {
  return isIn(tailnet, address);
}

function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
}
