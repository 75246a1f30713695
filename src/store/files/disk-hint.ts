/** What to do about what the disk threw, for a file that is to be written. */
export function diskHint(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "Let this user write to its folder, and try again.";
    case "EROFS":
      return "Its disk can only be read. Make it writable, or set state_file to another path.";
    case "ENOSPC":
    case "EDQUOT":
      return "Its disk is full. Make room, and try again.";
    default:
      return "Check the folder and the disk that it is on, and try again.";
  }
}
