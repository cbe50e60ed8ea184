/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <bpf/libbpf.h>

#define WORDS_BYTES 65536

static FILE *words;

static int keep(enum libbpf_print_level level, const char *format, va_list args)
{
	return words && level == LIBBPF_WARN ? vfprintf(words, format, args) : 0;
}

/* The object's own buffer would hold what its BTF looks like, too. */
static void give_log(struct bpf_object *object, char *log)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object) {
		bpf_program__set_log_buf(program, log, CORPUS_LOG_BYTES);
		bpf_program__set_log_level(program, 1);
	}
}

static int load(const char *path, char *log)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	int err = object ? 0 : -errno;

	if (object && log)
		give_log(object, log);
	if (object)
		err = bpf_object__load(object);
	bpf_object__close(object);
	return err;
}

int corpus_load(const char *path, char *log)
{
	char *said = NULL;
	size_t bytes;
	int err;

	libbpf_set_print(keep);
	words = open_memstream(&said, &bytes);
	if (log)
		log[0] = '\0';
	err = load(path, log);
	if (words)
		fclose(words);
	words = NULL;
	if (log && !*log && said)
		snprintf(log, WORDS_BYTES, "%s", said);
	free(said);
	return err;
}
