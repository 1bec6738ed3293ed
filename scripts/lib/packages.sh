# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages of scripts/packages.txt that are missing; asks nothing of the network when none is.
# shellcheck shell=bash

# packages_in SECTION...: the packages of those sections, one a line.
packages_in() {
    local section
    for section in "$@"; do
        awk -v want="[$section]" '
            /^#/ || /^$/ {next}
            /^\[/ {on = ($0 == want); next}
            on' "$ROOT/scripts/packages.txt"
    done | sort -u
}

packages_missing() {
    local wanted
    mapfile -t wanted < <(packages_in "$@")
    # A package that dpkg has never heard of is an error message only; comm finds it missing.
    comm -23 <(printf '%s\n' "${wanted[@]}" | sort) \
        <({ dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true; } |
            sed -n 's/^installed //p' | sort -u)
}

# packages_install SECTION...: Debian 12 is what the project is built and tested on.
packages_install() {
    command -v dpkg-query >/dev/null ||
        die "this is no Debian system; install by hand what scripts/packages.txt names"
    local missing
    mapfile -t missing < <(packages_missing "$@")
    ((${#missing[@]})) || return 0
    local log=$ROOT/build/logs/apt.log
    quietly "$log" "Installing ${#missing[@]} packages (${missing[*]}) …" packages_fetch "${missing[@]}"
}

packages_fetch() {
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}
