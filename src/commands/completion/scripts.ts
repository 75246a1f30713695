import { cleanName } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import type { Context } from "#terminal/context.ts";
import { filesWord } from "./words.ts";

/** Each calls the hidden command `complete`, so that a new version needs no new script. */
const scripts = {
  bash: String.raw`_runpodboss() {
  local line current="${"$"}{COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == ${filesWord} ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do
        COMPREPLY+=("$line")
      done < <([[ $current == "=" ]] && current=""; compgen -f -- "$current")
      return
    fi
    COMPREPLY+=("$line")
  done < <(runpodboss complete -- "${"$"}{COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _runpodboss runpodboss`,
  zsh: String.raw`#compdef runpodboss
_runpodboss() {
  local -a found
  found=("${"$"}{(@f)$(runpodboss complete -- "${"$"}{(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "$found[1]" == ${filesWord} ]]; then
    _files
  elif [[ -n "$found[1]" ]]; then
    compadd -- "${"$"}{found[@]}"
  fi
}
if [[ "$funcstack[1]" == _runpodboss ]]; then
  _runpodboss "$@"
else
  compdef _runpodboss runpodboss
fi`,
  fish: String.raw`function __runpodboss_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -e before[1]
    set -l found (runpodboss complete -- $before "$current" 2>/dev/null)
    if test "$found[1]" = ${filesWord}
        __fish_complete_path "$current"
    else
        printf '%s\n' $found
    end
end
complete -c runpodboss -f -a '(__runpodboss_complete)'`,
} as const;

/** Prints the completion script of a shell. */
export function completion(
  shell: string | undefined,
  { printData }: Pick<Context, "printData">,
): void {
  switch (shell) {
    case "bash":
    case "zsh":
    case "fish":
      printData(scripts[shell]);
      return;
    default:
      throw new UserError(
        shell === undefined
          ? "Name a shell: bash, zsh or fish."
          : `No completion for ${cleanName(shell) || "an empty name"}; only for bash, zsh and fish.`,
        { hint: "For example: source <(runpodboss completion bash)" },
      );
  }
}
