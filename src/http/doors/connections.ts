import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionLimits } from "./limits.ts";

/** Connections over which a right token came. */
const known = new WeakSet<object>();

/** From now on it is none of the first that are cut when there are too many. */
export function markKnown(socket: object | undefined): void {
  if (socket !== undefined) known.add(socket);
}

interface Unread {
  readonly bytes: number;
  readonly looks: number;
}

/**
 * Holds the connections of a server. When there are too many, the oldest goes over which no right token came: strangers
 * cannot keep the owner out. Who does not read what is sent is cut as well.
 */
export function keepConnections(
  server: Server,
  limits: Pick<ConnectionLimits, "connections" | "unreadMs" | "unreadBytes">,
) {
  const open = new Map<Socket, Unread>();
  server.on("connection", (socket: Socket) => {
    if (open.size >= limits.connections) makeRoom(open, socket);
    if (socket.destroyed) return;
    open.set(socket, { bytes: 0, looks: 0 });
    socket.on("close", () => open.delete(socket));
  });
  const sweeping = setInterval(
    () => cutUnread(open, limits.unreadBytes),
    limits.unreadMs / unreadLooks,
  );
  sweeping.unref();
  return {
    close(): void {
      clearInterval(sweeping);
      for (const socket of open.keys()) socket.destroy();
    },
  };
}

function makeRoom(open: ReadonlyMap<Socket, Unread>, newest: Socket): void {
  for (const socket of open.keys()) {
    if (known.has(socket)) continue;
    socket.destroy();
    return;
  }
  newest.destroy();
}

const unreadLooks = 3;

function cutUnread(open: Map<Socket, Unread>, mostBytes: number): void {
  for (const [socket, before] of open) {
    const { writableLength, bytesWritten } = socket;
    // What has left us for good: as long as that grows, somebody reads.
    const bytes = bytesWritten - writableLength;
    const isStuck = writableLength > 0 && bytes === before.bytes;
    const looks = isStuck ? before.looks + 1 : 0;
    if (looks >= unreadLooks || writableLength > mostBytes) socket.destroy();
    else open.set(socket, { bytes, looks });
  }
}
