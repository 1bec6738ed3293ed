# SPDX-License-Identifier: Apache-2.0
# What every shell script here shares: the project's root, messages, and running things as somebody.
# Sourced, never run; the one who sources it has set -euo pipefail.
# shellcheck shell=bash disable=SC2034

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PG_BIN=${PG_BIN:-/usr/lib/postgresql/15/bin}

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    BOLD=$'\e[1m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'
else
    BOLD='' RED='' GREEN='' PLAIN=''
fi

say() { printf '%s\n' "$*"; }
heading() { printf '%s\n' "${BOLD}$*${PLAIN}"; }
warn() { printf '%s\n' "${RED}$*${PLAIN}" >&2; }
die() {
    warn "error: $*"
    exit 1
}

# quietly LOG TITLE CMD...: runs CMD with its output in LOG, and shows the end of LOG when it fails.
quietly() {
    local log=$1 title=$2
    shift 2
    mkdir -p "$(dirname "$log")"
    say "$title"
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 30 "$log" >&2
        die "${title% …} failed; everything it said is in $log"
    fi
}

# as_root CMD...: installing packages is all that ever needs root.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "installing packages needs root, and there is no sudo: run as root: $*"
    fi
}

# as_nobody CMD...: PostgreSQL's programs refuse root, so root lends them an unprivileged user.
as_nobody() {
    if ((EUID != 0)); then
        "$@"
    else
        local user=nobody
        if id -u postgres >/dev/null 2>&1; then user=postgres; fi
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- env HOME=/tmp "$@"
    fi
}

# owner_nobody PATH: gives PATH to the user that as_nobody runs as.
owner_nobody() {
    if ((EUID == 0)); then
        if id -u postgres >/dev/null 2>&1; then chown postgres "$1"; else chown nobody "$1"; fi
    fi
}
