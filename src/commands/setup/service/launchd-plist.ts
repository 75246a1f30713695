export interface PlistParts {
  readonly label: string;
  readonly program: readonly string[];
  readonly configPath: string;
  readonly path: string;
  readonly home: string;
  /** What the daemon writes goes there. */
  readonly logPath: string;
}

/** What XML 1.0 can hold in no way at all. */
// eslint-disable-next-line no-control-regex
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Undefined where a name in it cannot be written in XML. */
export function plistText({
  label,
  program,
  configPath,
  path,
  home,
  logPath,
}: PlistParts): string | undefined {
  const argv = [...program, "-c", configPath, "watch"];
  if ([...argv, path, home, logPath].some((each) => unwritable.test(each))) return undefined;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by runpodboss setup. -->
<plist version="1.0">
<dict>
  <key>Label</key>
  ${string(label)}
  <key>ProgramArguments</key>
  <array>
${argv.map((word) => `    ${string(word)}`).join("\n")}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>PATH</key>
    ${string(path)}
  </dict>
  <key>WorkingDirectory</key>
  ${string(home)}
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <true/>
  <key>ExitTimeOut</key>
  <integer>20</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>HardResourceLimits</key>
  <dict>
    <key>Core</key>
    <integer>0</integer>
  </dict>
  <key>StandardOutPath</key>
  ${string(logPath)}
  <key>StandardErrorPath</key>
  ${string(logPath)}
</dict>
</plist>
`;
}

function string(text: string): string {
  return `<string>${text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;")}</string>`;
}
