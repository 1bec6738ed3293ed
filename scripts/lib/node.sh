# SPDX-License-Identifier: Apache-2.0
# Node.js for the web UI and the browser test: the one on PATH when it is new enough, else one from npm.
# shellcheck shell=bash

# Debian 12 has 18, and the UI and the browser test run on it; only a node that is older still needs one from npm.
NODE_NEEDED=18.15.0
NODE_FETCHED=22.23.3

node_new_enough() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        [[ $(printf '%s\n' "$NODE_NEEDED" "$(node --version | tr -d v)" | sort -V | head -1) == "$NODE_NEEDED" ]]
}

# node_ready: puts a node that is new enough on PATH.
node_ready() {
    local tools=$ROOT/build/tools/node bin
    bin=$tools/node_modules/node-linux-$(node_machine)/bin
    [[ -x $bin/node ]] && PATH=$bin:$PATH
    node_new_enough && return
    if ! command -v npm >/dev/null; then
        quietly "$ROOT/build/logs/apt.log" "Installing nodejs and npm …" packages_fetch nodejs npm
        hash -r
        node_new_enough && return
    fi
    mkdir -p "$tools"
    quietly "$ROOT/build/logs/node.log" "Fetching Node.js $NODE_FETCHED from npm …" \
        npm install --prefix "$tools" --no-save --no-audit --no-fund "node-linux-$(node_machine)@$NODE_FETCHED"
    PATH=$bin:$PATH
    hash -r
    node_new_enough || die "Node.js $NODE_NEEDED or newer is needed; found $(node --version 2>/dev/null || echo none)"
}

node_machine() {
    case $(uname -m) in
    x86_64) echo x64 ;;
    aarch64) echo arm64 ;;
    *) uname -m ;;
    esac
}

# npm_install FOLDER: npm ci, but only when the lock file is not the one last installed from.
npm_install() {
    local folder=$1 stamp=$1/node_modules/.slipway-lock
    cmp -s "$folder/package-lock.json" "$stamp" && return
    quietly "$ROOT/build/logs/npm-$(basename "$folder").log" "Installing npm packages of ${folder#"$ROOT"/} …" \
        npm ci --prefix "$folder" --no-audit --no-fund
    cp "$folder/package-lock.json" "$stamp"
}
