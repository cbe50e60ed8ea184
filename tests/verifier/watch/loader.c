/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A tool as people write them with libbpf: loads each object, and goes on with the next.
 *
 *	loader [-q] OBJECT...	-q: without libbpf's words; the status is 0 whatever happens
 */
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static int load(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	int err = object ? bpf_object__load(object) : -1;

	printf("%s: %s\n", path, err ? "refused" : "loaded");
	bpf_object__close(object);
	return err ? 3 : 0;
}

int main(int argc, char **argv)
{
	int first = argc > 1 && !strcmp(argv[1], "-q") ? 2 : 1, status = 0;

	if (first == 2)
		libbpf_set_print(quiet);
	for (int i = first; i < argc; i++)
		status |= load(argv[i]);
	return first == 2 ? 0 : status;
}
