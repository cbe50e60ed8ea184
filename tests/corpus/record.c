/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Loads objects and prints the verifier's log of each, between lines that `record` looks for:
 *
 *	record OBJECT...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#define LOG_BYTES (1 << 20)

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static void record(const char *path, char *log)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_buf = log, .kernel_log_size = LOG_BYTES,
		    .kernel_log_level = 1);
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct bpf_object *object = bpf_object__open_file(path, &opts);
	int err;

	log[0] = '\0';
	err = object ? bpf_object__load(object) : -1;
	printf("-----BEGIN %.*s %d-----\n%s%s-----END-----\n", (int)strcspn(name, "."), name, err,
	       log, *log && log[strlen(log) - 1] != '\n' ? "\n" : "");
	bpf_object__close(object);
}

int main(int argc, char **argv)
{
	char *log = malloc(LOG_BYTES);

	if (!log)
		return 1;
	libbpf_set_print(quiet);
	for (int i = 1; i < argc; i++)
		record(argv[i], log);
	free(log);
	return 0;
}
