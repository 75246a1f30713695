function set(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}

/** Programs that take words as words: what they are handed is not run. */
export const wordsOnly = set(`
  echo printf cat grep egrep fgrep zgrep rg ag ack git gh glab hub man info less more most bat head tail ls ll dir tree stat file wc
  sort uniq cut paste tr rev tac tee sed jq yq fx xq diff cmp comm patch cd pushd popd pwd mkdir rmdir rm touch chmod chown
  test [ [[ ]] true false : type which whereis whatis apropos hash help history fc tldr cheat export unset read return exit shift
  wait jobs fg bg kill sleep date basename dirname realpath readlink tar zip unzip gzip gunzip base64 xxd od hexdump sha256sum
  md5sum npm yarn pip pip3 brew apt apt-get dpkg rpm yum dnf pacman apk snap cargo rustup gem vim vi nvim nano emacs code cursor open
  xdg-open say wall notify-send logger claude codex gemini aider runpodboss scp rsync rclone aws gsutil huggingface-cli wandb
  pbcopy xclip xsel fold fmt column nl expand strings locate lsof ps pgrep pkill top htop df du free uname whoami id
  groups hostname clear reset ulimit umask let declare typeset local readonly complete compgen bind shopt prettier eslint tsc
  shellcheck hadolint markdownlint cspell vale aspell pandoc mail mailx sendmail write
`);

/** Programs that run the program they are handed, which stands behind their options. */
export const plainWrappers = set(`
  sudo doas env nohup time timeout gtimeout nice ionice stdbuf setsid chrt taskset caffeinate command builtin exec unbuffer
  xargs gxargs strace ltrace coproc busybox toybox chroot fakeroot gosu su-exec tini dumb-init rlwrap firejail proxychains
  proxychains4 torsocks systemd-run systemd-inhibit then do else not
`);

/** Programs that run a line they are handed as one word, or the program in the words behind them. */
export const lineWrappers = set(`
  ssh mosh autossh sshpass watch viddy su runuser tmux screen zellij script flock parallel retry concurrently hyperfine entr nodemon
  watchexec docker podman nerdctl kubectl docker-compose devcontainer vagrant gcloud wsl cmd npx bunx pnpx pnpm uv uvx pipx poetry pdm
  hatch rye conda mamba micromamba pixi mise asdf direnv dotenv op doppler infisical aws-vault chamber nix nix-shell devbox
  env timeout sudo time unshare nsenter bwrap xvfb-run at batch find fd make just task start-stop-daemon daemonize pm2 forever
  supervisord foreman honcho overmind ts tsp sbatch srun parallel-ssh pssh ansible csshx distrobox toolbox lxc multipass limactl
  orb colima expect runit chpst setpriv sg newgrp pkexec run0 bazel xargs go
`);

export const shells = set(`
  sh bash zsh dash ksh mksh ash fish rbash csh tcsh pwsh powershell posh yash elvish nu xonsh
`);

export const interpreters = set(`
  python python2 python3 pypy pypy3 ipython node nodejs deno bun tsx ts-node ruby irb perl php lua luajit rscript julia osascript
  awk gawk mawk nawk groovy kotlin scala swift raku tclsh guile racket elixir erl ghci
`);

/** Of a program's name, without the version that some carry. */
export function unversioned(name: string): string {
  return name.replace(/(?<=[a-z])[-.]?\d+(?:\.\d+)*$/, "");
}
