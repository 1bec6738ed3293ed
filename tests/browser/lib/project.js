// SPDX-License-Identifier: Apache-2.0
// What is built: a program that adds, its tests, and the slipway.yaml about them.

export const START = { README: 'A program that adds, and tests that say whether it does.\n' };

export const GOOD = {
  'add.c': 'int add(int a, int b)\n{\n    return a + b;\n}\n',
  'test_add.c': `#include <stdio.h>

int add(int a, int b);

static int failures;

static void expect(int a, int b, int sum)
{
    int got = add(a, b);

    if (got == sum) {
        printf("\\033[32mok\\033[0m: %d + %d = %d\\n", a, b, got);
        return;
    }
    fprintf(stderr, "\\033[31mFAILED\\033[0m: %d + %d = %d, expected %d\\n", a, b, got, sum);
    failures++;
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    expect(0, 0, 0);
    expect(1, 1, 2);
    expect(-3, 3, 0);
    expect(40, 2, 42);
    printf("%d failed\\n", failures);
    return failures ? 1 : 0;
}
`,
  Makefile: `CFLAGS = -O2 -Wall -Wextra

test_add: test_add.o add.o
	$(CC) $(CFLAGS) -o $@ $^

test: test_add
	./test_add

.PHONY: test
`,
};

export const BREAKING = { 'add.c': GOOD['add.c'].replace('a + b', 'a - b') };

/** What the breaking commit makes the tests say. */
export const FAILING_LINE = 'FAILED: 1 + 1 = 0, expected 2';

/** The builder "ferry" repeats what comes through the pipe until its other end is closed. */
export function configuration({ url, repository, pipe, maildir }) {
  return `title: Browser test
url: ${url}

change_sources:
  - type: git_poller
    repository: ${repository}
    branches: [main]
    poll_interval: 1s

schedulers:
  - {type: single_branch, name: main, change_filter: {branch: main}, builders: [hello]}
  - {type: force, name: force, builders: [hello, ferry]}

builders:
  - name: hello
    steps:
      - git: {}
      - run: make test_add
        name: compile
        halt_on_failure: true
      - run: make test
        name: test
  - name: ferry
    steps:
      - run: 'exec 3<${pipe}; echo waiting; while read -r line <&3; do echo "$line"; done; echo done'
        name: repeat

notifiers:
  - type: mail
    from: slipway@localhost
    mode: [failing, change]
    relay: {maildir: ${maildir}}
    extra_recipients: [team@localhost]
`;
}
