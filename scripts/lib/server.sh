# SPDX-License-Identifier: Apache-2.0
# Starts, asks and stops one `slipway up` for ./quickstart.
# shellcheck shell=bash disable=SC2153

BIN=${SLIPWAY_BIN_DIR:-$ROOT/build/release/bin}
SERVER_PID=
# The descriptor that holds the lock on the state folder; the server must not inherit it.
STATE_LOCK=

# free_port FIRST: the first port from FIRST on where nobody answers.
free_port() {
    local port=$1
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

# server_start PORT OPTION...: returns when everything is ready; sets URL.
server_start() {
    local log=$STATE/up.log options=(--state "$STATE/slipway" --listen "127.0.0.1:$1" --workers 1 "${@:2}")
    options+=(--agent-listen "127.0.0.1:$(free_port 9989)")
    say "Starting Slipway …"
    # A session of its own, so that Ctrl-C reaches this script first and it stops things in order; should this script
    # be killed outright, the kernel tells the server to stop.
    setsid setpriv --pdeathsig TERM -- "$BIN/slipway" up "${options[@]}" >"$log" 2>&1 </dev/null {STATE_LOCK}<&- &
    SERVER_PID=$!
    until_true 60 "Slipway to be ready" server_said_ready
    URL=$(sed -n 's/^ready //p' "$log" | head -n 1)
    URL=${URL%/}
}

server_said_ready() {
    server_alive
    grep -q '^ready ' "$STATE/up.log"
}

server_alive() {
    kill -0 "$SERVER_PID" 2>/dev/null && return
    tail -n 15 "$STATE/up.log" >&2
    die "slipway up has ended; everything it said is in $STATE/up.log"
}

server_wait() {
    local status=0
    wait "$SERVER_PID" || status=$?
    SERVER_PID=
    ((status == 0)) || die "slipway up has ended with status $status; see $STATE/up.log"
}

# server_stop: the end of every run, whatever ended it.
server_stop() {
    local status=$?
    trap '' INT TERM HUP
    if [[ -n $SERVER_PID ]] && kill -TERM "$SERVER_PID" 2>/dev/null; then
        # The server gives its parts 10 seconds; one that still lives after 30 is ended with all of its session.
        timeout 30 tail --pid="$SERVER_PID" -f /dev/null || pkill -KILL -s "$SERVER_PID" || true
        wait "$SERVER_PID" 2>/dev/null || true
    fi
    SERVER_PID=
    return "$status"
}

# until_true SECONDS WHAT CMD...: asks five times a second, and gives up with a message.
until_true() {
    local seconds=$1 what=$2 end=$((SECONDS + $1))
    shift 2
    until "$@"; do
        ((SECONDS < end)) || die "waited $seconds seconds for $what, in vain; the logs are in $STATE/up.log and $STATE/slipway/log"
        sleep 0.2
    done
}

# rest PATH [CURL ARGS...]: GETs below /api/v2. A server that restarts is asked again by the one who waits.
rest() {
    local path=$1
    shift
    curl -sf --max-time 10 -H 'Accept: application/json' "$@" "$URL/api/v2/$path"
}

# build_finished BUILDER REVISION: sets BUILD to the finished build of that revision. A build that lost its worker (RETRY)
# is not the answer, as its request is built again.
build_finished() {
    server_alive
    BUILD=$(rest "builders/$1/builds?property=*&order=buildid" | jq -ce --arg revision "$2" '
        [.builds[] | select(.complete and .results != 5)
                   | select($revision == "" or .properties.revision[0] == $revision
                                            or .properties.got_revision[0] == $revision)][-1] // empty')
}

build_field() { jq -r "$1" <<<"$BUILD"; }

build_url() { echo "$URL/#/builders/$(build_field .builderid)/builds/$(build_field .number)"; }

result_name() {
    local names=(SUCCESS WARNINGS FAILURE SKIPPED EXCEPTION RETRY CANCELLED)
    echo "${names[$(build_field .results)]}"
}

# expect_result NAME
expect_result() {
    [[ $(result_name) == "$1" ]] ||
        die "build $(build_url) should be $1 and is $(result_name) ($(build_field .state_string)); see $STATE/up.log"
}
