# SPDX-License-Identifier: Apache-2.0
# The steps of ./check and what runs them. A step is a function step_NAME: it fails by its status, its output is its log.
# shellcheck shell=bash

LOGS=$ROOT/build/logs/check
JOBS=${JOBS:-$(nproc)}

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1:suppressions=$ROOT/scripts/tsan.supp}

# The sanitizers of GCC 12 cannot place their shadow memory under the address randomization of newer kernels.
fixed_addresses() {
    if setarch -R true 2>/dev/null; then setarch -R "$@"; else "$@"; fi
}

# -k 0: one broken program must not hide what the tests of the others say.
build_preset() {
    cmake --preset "$1" && cmake --build "build/$1" -j "$JOBS" -- -k 0
}

# test_preset PRESET [CTEST ARGS...]; the tests of the S3 client need their server, those of GitHub's hooks its deliveries.
test_preset() {
    local preset=$1
    shift
    node_ready && npm_install "$ROOT/tests/s3" && npm_install "$ROOT/tests/webhooks" || return
    fixed_addresses scripts/with-postgres ctest --test-dir "build/$preset" -j "$JOBS" --output-on-failure \
        --no-tests=error --timeout 120 "$@"
}

step_packages() { packages_install build run test browser && node_ready; }
step_packages_fast() { packages_install build run test && node_ready; }

step_format() {
    git ls-files -z '*.c' '*.h' | xargs -0 -r clang-format-14 --dry-run --Werror &&
        scripts/function-lengths
}

step_scripts() { check_shell && check_python; }

check_shell() {
    local scripts
    mapfile -t scripts < <(shell_scripts)
    local script
    for script in "${scripts[@]}"; do bash -n "$script" || return; done
    shellcheck -x "${scripts[@]}" scripts/lib/*.sh
}

# Bench's programs have no tests of their own: they have to parse at least.
check_python() {
    local files
    mapfile -t files < <(git grep -lE -e '^#!.*python3' -- bench && git ls-files '*.py')
    /usr/bin/python3 -c 'import ast, sys; [ast.parse(open(f).read(), f) for f in sys.argv[1:]]' "${files[@]}"
}

shell_scripts() {
    git grep -lE -e '^#!.*\bbash' -- check quickstart .ci scripts bench cli k8s docs examples ||
        echo check
}

step_dev() { build_preset dev; }
step_unit_fast() { test_preset dev; }
step_asan() { build_preset asan; }
step_unit() { test_preset asan; }
step_tsan() { build_preset tsan; }
step_races() { test_preset tsan; }
step_clang() { build_preset clang; }
step_release() {
    build_preset release && scripts/settings-doc --check build/release/bin && scripts/configuration-doc --check build/release/bin
}

step_ui() {
    node_ready && npm_install "$ROOT/services/www/ui" &&
        npm --prefix services/www/ui run check && npm --prefix services/www/ui run build
}

step_system() {
    # The tests wait more than they work, so three run at once; a file's tests stay together, as they share servers.
    node_ready && npm_install "$ROOT/tests/s3" && npm_install "$ROOT/tests/oidc" && npm_install "$ROOT/tests/openapi" || return
    SLIPWAY_BIN_DIR=$ROOT/build/asan/bin fixed_addresses timeout 1200 \
        /usr/bin/python3 -m pytest -q -p no:cacheprovider --durations=10 -n 3 --dist loadfile tests/system
}

step_browser() {
    node_ready && npm_install "$ROOT/tests/browser" &&
        SLIPWAY_BIN_DIR=$ROOT/build/asan/bin fixed_addresses timeout 600 npm --prefix tests/browser test &&
        SLIPWAY_BIN_DIR=$ROOT/build/asan/bin fixed_addresses timeout 900 npm --prefix tests/browser run pages &&
        SLIPWAY_BIN_DIR=$ROOT/build/asan/bin fixed_addresses timeout 200 npm --prefix tests/browser run client
}

# A folder that the unprivileged user of PostgreSQL can reach, wherever the checkout lies.
step_quickstart() {
    local state
    state=$(mktemp -d /tmp/slipway-quickstart.XXXXXX)
    chmod 755 "$state"
    if ./quickstart --once --state "$state"; then
        rm -rf "$state"
    else
        tail -n 40 "$state"/up.log "$state"/slipway/log/*.log
        return 1
    fi
}

# steps_run STEP...: runs each, whatever became of those before, and exits with the verdict.
steps_run() {
    local step started passed=0 failed=()
    mkdir -p "$LOGS"
    for step in "$@"; do
        started=$SECONDS
        printf '%s' "${BOLD}== $step${PLAIN} … "
        # A subshell, so that a die in a step ends that step; node_ready's PATH is set anew by each that needs it.
        if ("step_$step") >"$LOGS/$step.log" 2>&1 </dev/null; then
            say "${GREEN}ok${PLAIN} ($((SECONDS - started)) s)$(closing_line "$step")"
            passed=$((passed + 1))
        else
            say "${RED}FAILED${PLAIN} ($((SECONDS - started)) s)"
            tail -n 60 "$LOGS/$step.log"
            failed+=("$step")
        fi
    done
    steps_report "$passed" "${failed[@]}"
}

# What a test runner counted, so that a step that ran nothing is seen.
closing_line() {
    local line
    line=$(grep -hoE '[0-9]+ (tests? passed|passed)[^=]*|[0-9]+% tests passed.*|\bpass [0-9]+$' "$LOGS/$1.log" | tail -n 1)
    [[ -z $line ]] || printf ': %s' "$line"
}

steps_report() {
    local passed=$1 step
    shift
    say
    for step in "$@"; do warn "failed: $step, see $LOGS/$step.log"; done
    say "$passed passed, $# failed"
    (($# == 0))
}
