/* SPDX-License-Identifier: Apache-2.0 */
/* Gives a fuzzer every file of the folders named as arguments: its corpus as an ordinary test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_MAX = 1 << 22, PATH_SIZE = 4096 };

static int replay(const char *path, const char *suffix)
{
    size_t len = strlen(path), tail = strlen(suffix), size;
    uint8_t *data;
    FILE *file;

    if (len < tail || strcmp(path + len - tail, suffix) != 0)
        return 0;
    file = fopen(path, "rbe");
    data = malloc(FILE_MAX);
    if (!file || !data)
        abort();
    size = fread(data, 1, FILE_MAX, file);
    (void)fclose(file);
    /* In a block of its own size, so that a sanitizer sees a read behind it. */
    data = realloc(data, size > 0 ? size : 1);
    if (!data)
        abort();
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

/* replay SUFFIX FOLDER...: fails when there was nothing to replay. */
int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 2; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        const struct dirent *entry;
        char path[PATH_SIZE];

        while (dir && (entry = readdir(dir))) {
            if (entry->d_name[0] == '.')
                continue;
            (void)snprintf(path, sizeof(path), "%s/%s", argv[i], entry->d_name);
            count += replay(path, argv[1]);
        }
        if (dir)
            (void)closedir(dir);
    }
    printf("replayed %d\n", count);
    return count > 0 ? 0 : 1;
}
