import * as z from "zod";

/** A moment, as ISO 8601 in UTC. */
export const iso = z.iso.datetime();
