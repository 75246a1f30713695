/** What goes wrong where this process is the first of its container; undefined where it is not. */
export function firstProcessWarning(pid: number): string | undefined {
  if (pid !== 1) return undefined;
  return (
    "This is the first process of its container, and collects no orphans: what an agent leaves behind " +
    "stays as a zombie until the container ends. Start the container with --init (docker, podman), or " +
    "with a small init such as tini before runpodboss"
  );
}
