/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <skep/error.h>

#include "gen.h"

#define MOST 32 /* headers, and objects */

struct args {
	const char *output;
	struct gen_request request;
	struct gen_source sources[MOST];
	const char *headers[MOST];
	const char *includes[MOST];
};

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "Write to FILE, not to standard output", 0 },
	{ "name", 'n', "NAME", 0, "Prefix of what is generated (default: from OBJECT)", 0 },
	{ "header", 'H', "FILE", 0,
	  "A header that both sides include: its types are used, not written again", 0 },
	{ "include", 'I', "FOLDER", 0,
	  "Where those headers' own includes are, also those in <>: their types are used too", 0 },
	{ "quiet", 'q', NULL, 0, "No notes about padding", 0 },
	{ 0 },
};

/* OBJECT, or ARCH=OBJECT. */
static void add_source(struct args *args, char *arg, struct argp_state *state)
{
	struct gen_source *source = &args->sources[args->request.source_count++];
	char *equals = strchr(arg, '=');

	if (args->request.source_count == MOST)
		argp_error(state, "more than %d objects", MOST - 1);
	source->path = arg;
	if (!equals || memchr(arg, '/', (size_t)(equals - arg)))
		return;
	*equals = '\0';
	source->arch = arg;
	source->path = equals + 1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'o':
		args->output = arg;
		return 0;
	case 'n':
		args->request.name = arg;
		return 0;
	case 'H':
		if (args->request.header_count == MOST)
			argp_error(state, "more than %d headers", MOST);
		args->headers[args->request.header_count++] = arg;
		return 0;
	case 'I':
		if (args->request.include_count == MOST)
			argp_error(state, "more than %d folders", MOST);
		args->includes[args->request.include_count++] = arg;
		return 0;
	case 'q':
		args->request.notes = NULL;
		return 0;
	case ARGP_KEY_ARG:
		add_source(args, arg, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which object?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[ARCH=]OBJECT...",
	.doc = "Write the typed C header of a BPF object (x.bpf.o), with the object in it.\v"
	       "Several objects of one program, each with the architecture it was compiled for "
	       "(x86=a.o arm64=b.o), become one header. Notes about padding go to standard error.",
};

/* Of two objects for the same architecture, a compiler would take the first without a word. */
static int check_archs(const char *what, const struct gen_source *sources, size_t count)
{
	const char *hint = "x86=a.o arm64=b.o; there are: x86, arm64, arm, riscv, powerpc, s390, "
			   "mips, loongarch";

	for (size_t i = 0; i < count; i++) {
		const char *arch = sources[i].arch;

		if (!arch && count == 1)
			return EXIT_OK;
		if (!arch)
			cli_fail(what, hint, "for which architecture is %s?", sources[i].path);
		else if (!gen_arch_is_known(arch))
			cli_fail(what, hint, "'%s' is no architecture", arch);
		if (!arch || !gen_arch_is_known(arch))
			return EXIT_USAGE;
		for (size_t j = 0; j < i; j++)
			if (!strcmp(sources[j].arch, arch)) {
				cli_fail(what, hint, "%s is there twice", arch);
				return EXIT_USAGE;
			}
	}
	return EXIT_OK;
}

int cmd_gen(int argc, char **argv)
{
	struct args args = { .request.notes = stderr };
	char *text = NULL;
	size_t bytes = 0;
	FILE *out;
	int err;

	cli_parse(&argp, argc, argv, &args);
	err = check_archs(argv[0], args.sources, args.request.source_count);
	if (err)
		return err;
	args.request.sources = args.sources;
	args.request.headers = args.headers;
	args.request.includes = args.includes;
	out = open_memstream(&text, &bytes);
	if (!out)
		return cli_fail(argv[0], NULL, "no memory");
	err = gen_header(&args.request, out);
	if (fclose(out))
		err = skep_error_set(12, NULL, "no memory");
	err = err ? skep_perror(argv[0]) : cli_write(argv[0], args.output, text, bytes);
	free(text);
	return err;
}
