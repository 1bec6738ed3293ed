/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's files. */
#include "demo_project.h"

#include <stddef.h>

const struct demo_file demo_start[] = {
    {"README", "A program that adds, and tests that say whether it does.\n"},
    {NULL,     NULL                                                        },
};

static const char makefile[] = "CFLAGS = -O2 -Wall -Wextra\n"
                               "\n"
                               "hello: hello.o add.o\n"
                               "\t$(CC) $(CFLAGS) -o $@ $^\n"
                               "\n"
                               "test_add: test_add.o add.o\n"
                               "\t$(CC) $(CFLAGS) -o $@ $^\n"
                               "\n"
                               "test: test_add\n"
                               "\t./test_add\n"
                               "\n"
                               ".PHONY: test\n";

static const char hello_c[] = "#include \"add.h\"\n"
                              "\n"
                              "#include <stdio.h>\n"
                              "\n"
                              "int main(void)\n"
                              "{\n"
                              "    printf(\"Hello! One and one is %d.\\n\", add(1, 1));\n"
                              "    return 0;\n"
                              "}\n";

static const char test_add_c[] =
    "#include \"add.h\"\n"
    "\n"
    "#include <stdio.h>\n"
    "\n"
    "static int failures;\n"
    "\n"
    "static void expect(int a, int b, int sum)\n"
    "{\n"
    "    int got = add(a, b);\n"
    "\n"
    "    printf(\"%s: %d + %d = %d\", got == sum ? \"ok\" : \"FAILED\", a, b, got);\n"
    "    if (got != sum) {\n"
    "        printf(\", expected %d\", sum);\n"
    "        failures++;\n"
    "    }\n"
    "    printf(\"\\n\");\n"
    "}\n"
    "\n"
    "int main(void)\n"
    "{\n"
    "    expect(0, 0, 0);\n"
    "    expect(1, 1, 2);\n"
    "    expect(-3, 3, 0);\n"
    "    expect(40, 2, 42);\n"
    "    printf(\"%d failed\\n\", failures);\n"
    "    return failures ? 1 : 0;\n"
    "}\n";

const struct demo_file demo_good[] = {
    {"Makefile",   makefile                                                                },
    {"add.h",      "int add(int a, int b);\n"                                              },
    {"add.c",      "#include \"add.h\"\n\nint add(int a, int b)\n{\n    return a + b;\n}\n"},
    {"hello.c",    hello_c                                                                 },
    {"test_add.c", test_add_c                                                              },
    {NULL,         NULL                                                                    },
};

const struct demo_file demo_bad[] = {
    {"add.c", "#include \"add.h\"\n\nint add(int a, int b)\n{\n    return a - b;\n}\n"},
    {NULL,    NULL                                                                    },
};
