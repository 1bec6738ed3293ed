# SPDX-License-Identifier: Apache-2.0
# The quickstart's own story: a small C project, a good commit, a breaking one, and the mail about it.
# shellcheck shell=bash disable=SC2153

demo_run() {
    local port config=$STATE/slipway.yaml
    port=$(free_port 8010)
    demo_repository
    demo_config "http://127.0.0.1:$port/" >"$config"
    server_start "$config" "$port"
    until_true 60 "the first poll of the repository" demo_polled

    say "Pushing a good commit …"
    demo_good_commit
    demo_push_and_wait
    local good=$BUILD
    say "Pushing a breaking commit …"
    demo_breaking_commit
    demo_push_and_wait
    local bad=$BUILD
    until_true 60 "the mail about the failed build" demo_mail_arrived

    BUILD=$good
    expect_result SUCCESS
    say
    heading "Slipway is at $URL/"
    say "  good commit:     ${GREEN}$(result_name)${PLAIN}  $(build_url)"
    BUILD=$bad
    expect_result FAILURE
    say "  breaking commit: ${RED}$(result_name)${PLAIN}  $(build_url)"
    say "  its red step:    $(demo_red_log)"
    say "  its mail:        $URL/#/messages  (delivered to $STATE/mail/new/)"
    say "  configuration:   $config"
    say "  admin token:     $STATE/slipway/admin.token  (for the buttons that change something)"
}

in_work() {
    git -C "$STATE/hello" -c user.name='Ada Lovelace' -c user.email=ada@example.org -c commit.gpgSign=false "$@"
}

# demo_repository: the forge's bare repository, and a developer's clone of it with a first commit.
demo_repository() {
    git init -q --bare -b main "$STATE/hello.git"
    git init -q -b main "$STATE/hello"
    in_work remote add origin "$STATE/hello.git"
    cat >"$STATE/hello/README" <<'TEXT'
A program that adds, and tests that say whether it does.
TEXT
    demo_commit "Start the project"
    in_work push -q origin main
}

demo_commit() {
    in_work add -A
    in_work commit -q -m "$1"
}

demo_config() {
    cat <<YAML
# The quickstart's configuration; change it and run:
# $BIN/slipway apply --state $STATE/slipway $STATE/slipway.yaml
title: Slipway quickstart
url: $1

change_sources:
  - type: git_poller
    repository: $STATE/hello.git
    branches: [main]
    poll_interval: 1s

schedulers:
  - {type: single_branch, name: main, change_filter: {branch: main}, builders: [hello]}
  - {type: force, name: force, builders: [hello]}

builders:
  - name: hello
    steps:
      - git: {}
      - run: make
        name: compile
        halt_on_failure: true
      - run: make test
        name: test

notifiers:
  - type: mail
    from: slipway@localhost
    mode: [failing, change]
    relay: {maildir: $STATE/mail}
    extra_recipients: [team@localhost]
YAML
}

demo_good_commit() {
    cat >"$STATE/hello/add.h" <<'TEXT'
int add(int a, int b);
TEXT
    cat >"$STATE/hello/add.c" <<'TEXT'
#include "add.h"

int add(int a, int b)
{
    return a + b;
}
TEXT
    cat >"$STATE/hello/hello.c" <<'TEXT'
#include "add.h"

#include <stdio.h>

int main(void)
{
    printf("Hello! One and one is %d.\n", add(1, 1));
    return 0;
}
TEXT
    cat >"$STATE/hello/test_add.c" <<'TEXT'
#include "add.h"

#include <stdio.h>

static int failures;

static void expect(int a, int b, int sum)
{
    int got = add(a, b);
    printf("%s: %d + %d = %d", got == sum ? "ok" : "FAILED", a, b, got);
    if (got != sum) {
        printf(", expected %d", sum);
        failures++;
    }
    printf("\n");
}

int main(void)
{
    expect(0, 0, 0);
    expect(1, 1, 2);
    expect(-3, 3, 0);
    expect(40, 2, 42);
    printf("%d failed\n", failures);
    return failures ? 1 : 0;
}
TEXT
    cat >"$STATE/hello/Makefile" <<'TEXT'
CC = gcc
CFLAGS = -O2 -Wall -Wextra

hello: hello.o add.o
	$(CC) $(CFLAGS) -o $@ $^

test_add: test_add.o add.o
	$(CC) $(CFLAGS) -o $@ $^

test: test_add
	./test_add

clean:
	rm -f *.o hello test_add

.PHONY: test clean
TEXT
    demo_commit "Add two numbers, and test it"
}

demo_breaking_commit() {
    sed -i 's/return a + b;/return a - b;/' "$STATE/hello/add.c"
    demo_commit "Simplify addition"
}

# demo_push_and_wait: sets BUILD to the finished build of the commit just made.
demo_push_and_wait() {
    local revision
    revision=$(in_work rev-parse HEAD)
    in_work push -q origin main
    until_true 120 "the build of commit ${revision:0:10}" build_finished hello "$revision"
}

# A poller's first look only records what is there, so a commit pushed before it would build nothing.
demo_polled() {
    server_alive
    local socket
    # The fifth line of postmaster.pid is the folder of the socket.
    socket=$(sed -n 5p "$STATE/slipway/postgres/postmaster.pid") || return
    [[ $(psql -XAtq "postgresql://slipway@/slipway?host=$socket" \
        -c 'SELECT bool_and(initialized) FROM pollers WHERE active' 2>/dev/null) == t ]]
}

demo_red_log() {
    local step
    step=$(rest "builds/$(build_field .buildid)/steps" | jq -r '[.steps[] | select(.results == 2)][0].number')
    echo "$(build_url)/steps/$step/logs/stdio"
}

demo_mail_arrived() {
    server_alive
    grep -qs '^Build [0-9]* of hello: failed' "$STATE"/mail/new/*
}
