/** Both stand in a command that people paste into a shell: no word of it begins like an option. */
const userShape = /^[A-Za-z0-9][\w.-]{0,127}$/;
const hostShape = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/;

/** `user@host`; undefined where one of the two is anything but a plain name. */
export function sshNameOf(user: unknown, host: unknown): string | undefined {
  if (typeof user !== "string" || typeof host !== "string") return undefined;
  return userShape.test(user) && hostShape.test(host) ? `${user}@${host}` : undefined;
}
