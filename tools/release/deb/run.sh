#!/bin/sh
# knockd, by the Deno that lies beside the program.
set -eu
newline='
'

@PREPARE@
prepare
# What Deno notes down of the program, the package has it note before anybody starts it.
export DENO_DIR=/var/cache/knockd/deno DENO_NO_UPDATE_CHECK=1
# Deno reads an .npmrc at home, and ends at one that it does not understand.
export KNOCKD_HOME="${HOME-}" HOME="$DENO_DIR"
export KNOCKD_ARGV0="$0" KNOCKD_SELF=/usr/bin/knockd
exec /usr/lib/knockd/knockd run @FLAGS@ /usr/lib/knockd/program/main.js "$@"
