/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to who sits at the terminal. */
#include "prompt.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static bool read_line(char *out)
{
    bool got = fgets(out, PROMPT_LONGEST + 2, stdin);

    if (got)
        out[strcspn(out, "\r\n")] = '\0';
    return got && *out;
}

bool prompt_line(const char *question, char *out)
{
    if (isatty(STDIN_FILENO))
        fputs(question, stderr);
    return read_line(out);
}

bool prompt_hidden(const char *question, char *out)
{
    struct termios before, hidden;
    bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;

    if (!terminal)
        return read_line(out);
    hidden = before;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    /* Before the question: who answers it at once is not shown either. */
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    fputs(question, stderr);
    bool got = read_line(out);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    return got;
}
