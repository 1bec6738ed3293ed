# SPDX-License-Identifier: Apache-2.0
# ./quickstart REPOSITORY: a configuration guessed from the files of a repository, and its first build.
# shellcheck shell=bash disable=SC2153

guess_run() {
    local repository=$1 name branch port config=$STATE/slipway.yaml
    [[ ! -d $repository ]] || repository=$(realpath "$repository")
    git clone -q --depth 1 -- "$repository" "$STATE/look" 2>"$STATE/clone.log" ||
        die "could not clone $repository: $(tail -n 1 "$STATE/clone.log")"
    branch=$(git -C "$STATE/look" rev-parse --abbrev-ref HEAD) || die "$repository has no commit yet"
    name=$(guess_name "$repository")
    port=$(free_port 8010)
    guess_config "$repository" "$name" "$branch" "http://127.0.0.1:$port/" >"$config"
    say "Steps guessed for $name ($branch):"
    sed -n 's/^      - run: /  /p' "$config"
    server_start "$port" --config "$config"

    say "Building $name …"
    SLIPWAY_ADMIN_TOKEN_FILE=$STATE/slipway/admin.token "$BIN/slipway" force force --url "$URL" \
        --builder "$name" "branch=$branch" >"$STATE/force.log" 2>&1 ||
        die "could not force a build: $(tail -n 1 "$STATE/force.log")"
    until_true 3600 "the build of $name" build_finished "$name" ""
    say
    heading "Slipway is at $URL/"
    say "  $name: $(result_name)  $(build_url)"
    say "  configuration: $config  (edit it, then: $BIN/slipway apply --state $STATE/slipway $config)"
    say "  admin token:   $STATE/slipway/admin.token"
    [[ $MODE != once ]] || expect_result SUCCESS
}

# A builder's name, from the last part of a path or URL.
guess_name() {
    local name=${1%/}
    name=${name##*[/:]}
    name=${name%.git}
    printf '%s' "${name:-project}" | tr -c 'A-Za-z0-9_.-' _
}

# A text as YAML reads it back, whatever it holds: JSON's strings are YAML's.
yaml_text() { jq -n --arg text "$1" '$text'; }

guess_config() {
    local repository=$1 name=$2 branch=$3 url=$4
    cat <<YAML
# Guessed from the files of $repository; change it and run:
# $BIN/slipway apply --state $STATE/slipway $STATE/slipway.yaml
title: $name
url: $url

change_sources:
  - type: git_poller
    repository: $(yaml_text "$repository")
    branches: [$(yaml_text "$branch")]
    poll_interval: 10s

schedulers:
  - {type: single_branch, name: main, change_filter: {branch: $(yaml_text "$branch")}, builders: ["$name"]}
  - {type: force, name: force, builders: ["$name"]}

builders:
  - name: "$name"
    steps:
      - git: {repository: $(yaml_text "$repository"), branch: $(yaml_text "$branch")}
YAML
    guess_steps "$STATE/look" | while IFS=$'\t' read -r step command; do
        printf '      - run: %s\n        name: %s\n        halt_on_failure: true\n' "$(yaml_text "$command")" "$step"
    done
    cat <<YAML

notifiers:
  - type: mail
    from: slipway@localhost
    mode: [failing, change]
    relay: {maildir: $(yaml_text "$STATE/mail")}
    extra_recipients: [team@localhost]
YAML
}

# guess_steps FOLDER: lines of name, tab, command; the first build system that is recognized wins.
guess_steps() {
    local kind
    cd "$1" || return
    for kind in cmake meson cargo go maven gradle node python autotools make; do
        "guess_$kind" && return
    done
    printf 'list\tls -l\n'
}

step() { printf '%s\t%s\n' "$1" "$2"; }

guess_cmake() {
    [[ -f CMakeLists.txt ]] || return
    step configure "cmake -S . -B build"
    step compile "cmake --build build -j"
    step test "ctest --test-dir build --output-on-failure"
}

guess_meson() {
    [[ -f meson.build ]] || return
    step configure "meson setup --reconfigure build || meson setup build"
    step compile "meson compile -C build"
    step test "meson test -C build --print-errorlogs"
}

guess_cargo() {
    [[ -f Cargo.toml ]] || return
    step compile "cargo build"
    step test "cargo test"
}

guess_go() {
    [[ -f go.mod ]] || return
    step compile "go build ./..."
    step test "go test ./..."
}

guess_maven() {
    [[ -f pom.xml ]] || return
    step verify "mvn -B verify"
}

guess_gradle() {
    [[ -f gradlew ]] || return
    step build "./gradlew build"
}

guess_node() {
    [[ -f package.json ]] || return
    if [[ -f package-lock.json ]]; then step install "npm ci"; else step install "npm install"; fi
    step build "npm run build --if-present"
    step test "npm run test --if-present"
}

guess_python() {
    [[ -f pyproject.toml || -f setup.py ]] || return
    step install "python3 -m venv .venv && .venv/bin/pip install -e . pytest"
    # Status 5 is pytest's "no tests".
    step test ".venv/bin/python -m pytest || [ \$? -eq 5 ]"
}

guess_autotools() {
    [[ -f configure || -f configure.ac ]] || return
    if [[ ! -f configure ]]; then step autoreconf "autoreconf -i"; fi
    step configure "./configure"
    step compile "make -j4"
    step test "make check"
}

guess_make() {
    local file target
    for file in GNUmakefile makefile Makefile; do
        [[ -f $file ]] || continue
        step compile "make"
        for target in test check; do
            grep -qE "^${target}[[:space:]]*:" "$file" && step test "make $target" && break
        done
        return 0
    done
    return 1
}
