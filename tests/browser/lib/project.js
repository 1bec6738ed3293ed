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

const REPORT = '<testsuite><testcase name="adds"/><testcase name="subtracts" file="add.c" line="3"><failure/></testcase></testsuite>';

/** The builder "ferry" repeats what comes through the pipe until its other end is closed; "release" leaves
 * behind whatever a build can. */
export function configuration({ url, repository, pipe, maildir }) {
  return `title: Browser test
url: ${url}

web_hooks: {base: {}}

change_sources:
  - type: git_poller
    repository: ${repository}
    branches: [main]
    poll_interval: 1s

schedulers:
  - {type: single_branch, name: main, change_filter: {branch: main}, builders: [hello]}
  - {type: force, name: force, builders: [hello, ferry]}
  - {type: triggerable, name: packages, builders: [package]}
  - type: force
    name: release
    builders: [release]
    parameters:
      - type: nested
        label: Options
        layout: tabs
        fields:
          - {type: nested, name: build, label: Build, fields: [{type: bool, name: clean, label: Clean build}]}
          - {type: nested, name: publish, label: Publish, fields: [{name: channel, label: Channel, required: true, regex: "[a-z]+$"}]}

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
  - name: release
    steps:
      - test:
          command: printf '${REPORT}' > report.xml; exit 1
          reports: [{format: junit, files: [report.xml], description: unit tests}]
        flunk_on_failure: false
      - run: echo tidied
        hide_step_if: result == SUCCESS
      - upload: {files: [report.xml], as: reports}
      - trigger: {schedulers: [packages], wait_for_finish: true}
        name: packages
  - name: package
    steps:
      - run: echo packaged

notifiers:
  - type: mail
    from: slipway@localhost
    mode: [failing, change]
    relay: {maildir: ${maildir}}
    extra_recipients: [team@localhost]
`;
}
