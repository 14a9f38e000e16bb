/* The third reader of the formats, in C11, written from FORMAT.md, PACK.md and the schemas alone.

     reader SCHEMAS verify [--parser N] [--archives N] FILE...   says which rule each file breaks
     reader SCHEMAS tree 3.12.1 FILE...                          prints trees, see tree.c
     reader SCHEMAS pack FILE...                                 prints the entries and the files of packs
     reader SCHEMAS names IDENTIFIER FILE...                     prints the archives that may have the identifier

   `cc -std=c11 -O2 -o reader *.c` compiles it. SCHEMAS is `format-spec/history`. The exit code is 0, 1 if a file is
   damaged, and 3 if files are of another version and none is damaged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"

static int usage(void) {
    fputs("usage: reader SCHEMAS verify|tree|pack|names ... FILE...\n", stderr);
    return 2;
}

/* Prints the tree of one archive. */
static Rule read_tree(const char *path, const char *version) {
    unsigned minor, patch = 99;
    size_t length = 0;
    Archive archive;
    if (sscanf(version, "3.%u.%u", &minor, &patch) < 1) return "no such version";
    uint8_t *bytes = read_file(path, &length);
    if (bytes == NULL) return "no such file";
    Rule broken = open_archive(&archive, bytes, length);
    if (broken == NULL) broken = check_rules(&archive);
    if (broken == NULL && archive.minimum_python > minor) broken = "newer syntax";
    if (broken == NULL) print_tree(&archive, minor, patch);
    close_archive(&archive);
    free(bytes);
    return broken;
}

int main(int count, char **arguments) {
    if (count < 4) return usage();
    load_schemas(arguments[1]);
    const char *command = arguments[2];
    unsigned long parser = 0;
    long archives = -1;
    int next = 3, damaged = 0, other_versions = 0;
    bool verify = strcmp(command, "verify") == 0, tree = strcmp(command, "tree") == 0;
    bool pack = strcmp(command, "pack") == 0, names = strcmp(command, "names") == 0;
    if (!verify && !tree && !pack && !names) return usage();
    for (; verify && next + 1 < count && strncmp(arguments[next], "--", 2) == 0; next += 2) {
        if (strcmp(arguments[next], "--parser") == 0) parser = strtoul(arguments[next + 1], NULL, 10);
        else if (strcmp(arguments[next], "--archives") == 0) archives = strtol(arguments[next + 1], NULL, 10);
        else return usage();
    }
    const char *argument = tree || names ? arguments[next++] : NULL;
    for (; next < count; next++) {
        const char *path = arguments[next];
        bool other_version = false;
        Rule broken;
        if (verify) broken = check_file(path, (uint32_t)parser, archives, &other_version);
        else if (tree) broken = read_tree(path, argument);
        else if (pack) broken = print_pack(path);
        else broken = print_archives_with(path, argument);
        if (verify || broken != NULL)
            printf("%s: %s%s\n", path, broken != NULL ? broken : "valid", other_version ? ", of another version" : "");
        if (other_version) other_versions++;
        else if (broken != NULL) damaged++;
    }
    return damaged > 0 ? 1 : other_versions > 0 ? 3 : 0;
}
