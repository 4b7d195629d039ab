#!/bin/sh
# knockd: this script, then a compressed Deno, then the program. The first start unpacks
# both into a directory that only its owner can change; every start runs them from there.
set -eu

runtime=@RUNTIME@
runtime_size=@RUNTIME_SIZE@
runtime_packed=@RUNTIME_PACKED@
runtime_sha256=@RUNTIME_SHA256@
program=@PROGRAM@
program_size=@PROGRAM_SIZE@
program_packed=@PROGRAM_PACKED@
program_sha256=@PROGRAM_SHA256@
payload_at=$((@HEADER_SIZE@ + 1))
payload_sha256=@PAYLOAD_SHA256@

newline='
'

fail() {
  printf 'knockd: error: %s\n' "${1%%"$newline"*}" >&2
  printf 'knockd: hint: %s\n' "$2" >&2
  exit 1
}

# Where to unpack: never below $HOME for root, which sudo may leave as another user's.
choose_directory() {
  if [ "$uid" -eq 0 ]; then
    choice=CACHE_DIRECTORY
    directory=${CACHE_DIRECTORY:-/var/cache/knockd}
    directory=${directory%%:*} # systemd lists several, when a unit asks for several
    base=${directory%/*}
  else
    choice=XDG_CACHE_HOME
    base=${XDG_CACHE_HOME:-${HOME:-}}
    directory=${XDG_CACHE_HOME:-${HOME:-}/.cache}/knockd
  fi
  elsewhere="set $choice to an absolute path below which only you can write"
  case $directory in
    *"$newline"* | */../* | */./* | *//* | */) fail "cannot unpack into $directory" "$elsewhere" ;;
    /*/?*) ;;
    *) fail "no directory to unpack into" "$elsewhere" ;;
  esac
  # What the system has above may be a link (macOS's /var); what is made below may not.
  if real=$(cd -P -- "${base:-/}" 2>/dev/null && pwd -P); then
    directory=${real%/}${directory#"$base"}
  fi
  runtime_file=$directory/$runtime/knockd
  program_directory=$directory/$program
}

# Refuses what another user could change or exchange, from the root down to what runs.
# Owner, mode and size are looked at on every start, SHA-256 when unpacking only: reading
# 95 MB would cost each start more than Deno itself takes, and whoever could change a file
# here could change the program that would check it.
inspect() {
  set -- "$directory/$runtime" "$runtime_file" "$directory/deno" \
    "$program_directory" "$program_directory"/*
  path=$directory
  while [ -n "$path" ]; do
    set -- "$path" "$@"
    path=${path%/*}
  done
  complete=yes
  found=0
  # These change what ls prints, so that nothing would be found where it is.
  listing=$(
    unset TIME_STYLE BLOCK_SIZE LS_BLOCK_SIZE QUOTING_STYLE CLICOLOR_FORCE
    LC_ALL=C ls -ldn / "$@" 2>/dev/null
  ) || complete=no
  # A shell's `read` asks the system for every byte, which took longer than all the rest.
  set -f
  IFS=$newline
  for line in $listing; do
    unset IFS
    path=/${line#*/}
    # shellcheck disable=SC2086
    set -- $line
    mode=${1-} owner=${3-} size=${5-}
    ours=no remedy=$elsewhere
    case $path in "$directory" | "$directory"/*) ours=yes remedy="remove it, or $elsewhere" ;; esac
    case $mode in
      l*) fail "${path%% -> *} is a symbolic link" "$remedy" ;;
    esac
    # Whoever owns / could exchange everything: root, who is nobody to a sandbox.
    [ "$path" != / ] || system=$owner
    case $ours$owner in
      yes"$uid" | no"$uid" | no0 | no"$system") ;;
      *) fail "$path belongs to user $owner" "$remedy" ;;
    esac
    case $ours$mode in
      nod????????[tT]*) ;; # Like /tmp: others cannot rename what is ours.
      *?????w???? | *????????w? | *?????w????[.+@] | *????????w?[.+@])
        fail "others can write to $path ($mode)" "chmod go-w $path" ;;
    esac
    case $path in
      "$runtime_file") [ "$size" = "$runtime_size" ] || complete=no ;;
      "$program_directory"/*) found=$((found + size)) ;;
    esac
  done
  unset IFS
  set +f
  [ "$found" -eq "$program_size" ] || complete=no
}

sha256() {
  if command -v sha256sum >/dev/null; then
    sha256sum
  elif command -v shasum >/dev/null; then
    shasum -a 256
  else
    openssl dgst -sha256 -r
  fi
}

# Fails unless what it reads has the SHA-256 $1.
verify() {
  sum=$(sha256)
  [ "${sum%% *}" = "$1" ]
}

cannot_unpack() {
  reason=${1#"$newline"}
  fail "cannot unpack into $directory: ${reason:-what was written differs}" \
    "free some space, or $elsewhere"
}

# Unpacks beside where it belongs and renames: starts at the same moment do not disturb
# one another, and a start that is cut off leaves nothing that a later one would run.
unpack() (
  umask 077
  export LC_ALL=C # The files of the program are joined in the order of their names.
  whole="is the file complete? Compare its SHA-256, or copy it again"
  [ -r "$self" ] || fail "cannot read $self" "the first start needs to: chmod +r $self"
  tail -c "+$payload_at" "$self" | verify "$payload_sha256" ||
    fail "$self is damaged" "$whole"

  reason=$(mkdir -p "$directory/$runtime" "$program_directory" "$directory/deno" 2>&1) ||
    fail "cannot unpack: $reason" "$elsewhere"
  inspect
  for left in "$directory"/.new.*; do
    pid=${left#"$directory"/.new.}
    kill -0 "${pid%%.*}" 2>/dev/null || rm -rf "$left"
  done
  new=$(mktemp -d "$directory/.new.$$.XXXXXX" 2>&1) ||
    fail "cannot unpack: $new" "$elsewhere"
  trap 'rm -rf "$new"' EXIT
  trap 'exit 1' HUP INT TERM

  reason=$(tail -c "+$payload_at" "$self" 2>/dev/null |
    head -c "$runtime_packed" 2>/dev/null |
    { gzip -dc >"$new/knockd"; } 2>&1) && verify "$runtime_sha256" <"$new/knockd" ||
    cannot_unpack "$reason"
  mkdir "$new/program"
  reason=$(tail -c "$program_packed" "$self" 2>/dev/null |
    tar -xof - -C "$new/program" 2>&1) &&
    cat "$new"/program/* | verify "$program_sha256" ||
    cannot_unpack "$reason"
  chmod 700 "$new/knockd"
  "$new/knockd" --version >/dev/null 2>&1 || fail \
    "cannot run what is unpacked in $directory" \
    "is it mounted noexec, or this machine not a @TARGET@? In the first case $elsewhere"
  sync "$new/knockd" "$new"/program/* 2>/dev/null || :
  mv -f "$new/knockd" "$runtime_file"
  mv -f "$new"/program/* "$program_directory/"
  # What was compiled of an earlier program is of no use any more.
  rm -f "$directory"/deno/v8_code_cache*
  # Deno notes down what a program's files import, which takes it 16 MB that a daemon would
  # keep for as long as it runs.
  DENO_DIR="$directory/deno" HOME="$directory/deno" \
    "$runtime_file" run @FLAGS@ "$program_directory/main.js" --version >/dev/null 2>&1 || :
)

# Takes away what would keep Deno from starting.
prepare() {
  # Where no file may grow, Deno keeps nothing of what it compiles, and is not ended by it.
  trap '' XFSZ 2>/dev/null || :
  # A directory that is gone has no path, and Deno ends there with a trace of its stack.
  cd -P . 2>/dev/null || :
  case $PWD in /*) ;; *) cd / ;; esac
  # DENO_* and these would change how the program runs, and what it may do.
  unset NODE_OPTIONS NODE_CHANNEL_FD OTEL_DENO
  case $(export -p) in *DENO_*) ;; *) return 0 ;; esac
  set -f
  IFS=$newline
  for line in $(export -p); do
    name=DENO_${line#*DENO_}
    name=${name%%=*}
    case $line in *" $name"*) ;; *) continue ;; esac
    case $name in *[!A-Za-z0-9_]*) continue ;; esac
    unset "$name"
  done
  unset IFS
  set +f
}

start() {
  self=$0
  case $self in */*) ;; *) self=$(command -v -- "$self") ;; esac
  case $self in /*) ;; *) self=$PWD/$self ;; esac
  prepare

  path_was=${PATH-}
  PATH=/usr/bin:/bin:/usr/sbin:/sbin
  unset IFS
  uid=$(id -u)
  choose_directory
  inspect
  if [ "$complete" = no ]; then
    unpack
    inspect
    [ "$complete" = yes ] || fail "$directory holds other files" "remove it"
  fi
  [ -x "$runtime_file" ] ||
    fail "cannot run $runtime_file" "is it mounted noexec? Then $elsewhere"

  case "@TARGET@" in
    *linux*)
      # Deno ends with a crash there, and asks for a report of it.
      [ -e /proc/self/exe ] || fail "/proc is not mounted" "mount -t proc proc /proc" ;;
  esac

  PATH=$path_was
  [ -n "$path_was" ] || unset PATH
  export DENO_DIR="$directory/deno" DENO_NO_UPDATE_CHECK=1
  # Deno reads an .npmrc at home, and ends at one that it does not understand.
  export KNOCKD_HOME="${HOME-}" HOME="$DENO_DIR"
  export KNOCKD_ARGV0="$0" KNOCKD_SELF="$self"
  exec "$runtime_file" run @FLAGS@ "$program_directory/main.js" "$@"
}

start "$@"
exit 1
