/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"
#include "nearest.h"

#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <skep/version.h>

struct command {
	const char *verb;
	int (*run)(int argc, char **argv);
	const char *summary;
};

static const struct command commands[] = {
	{ "new", cmd_new, "start a project from a template" },
	{ "gen", cmd_gen, "write the typed C header of a BPF object" },
	{ "vmlinux", cmd_vmlinux, "write vmlinux.h from this kernel's types, or another's" },
	{ "run", cmd_run, "load a BPF object, attach it, print what it reports" },
	{ "dev", cmd_dev, "run a BPF program while you write it: reloaded at each save" },
	{ "explain", cmd_explain, "say what the verifier refused, why, and what to write instead" },
	{ "load", cmd_load, "load a BPF object, and explain what the kernel refuses of it" },
	{ "test", cmd_test, "run a project's tests on this kernel and on others" },
	{ "doctor", cmd_doctor, "say what this machine can do, what not, and why" },
	{ "lab", cmd_lab, "learn eBPF by short exercises, tried on this kernel" },
	{ "tools", cmd_tools, "list the tools that came with skep, and run them" },
	{ "top", cmd_top, "show what every BPF program on this machine costs" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void print_help(FILE *to)
{
	fprintf(to, "Usage: skep VERB [OPTION...]\n"
		    "Write, build and run eBPF applications in C.\n\n");
	for (size_t i = 0; i < COUNT(commands); i++)
		fprintf(to, "  %-9s %s\n", commands[i].verb, commands[i].summary);
	fprintf(to, "\n`skep VERB --help` tells more. `skep --version` prints the version.\n"
		    "Exit codes: 0 ok, 1 failed, 2 usage.\n");
}

static int usage_error(const char *what, const char *arg)
{
	struct nearest nearest = { .typed = arg };
	char hint[512];

	for (size_t i = 0; i < COUNT(commands); i++)
		nearest_offer(&nearest, commands[i].verb);
	fprintf(stderr, "skep: %s%s%s\n  hint: %s\n", what, *arg ? ": " : "", arg,
		nearest_hint(&nearest, "`skep --help` lists the verbs", hint, sizeof(hint)));
	return EXIT_USAGE;
}

static int run_command(const struct command *command, int argc, char **argv)
{
	char name[32];

	snprintf(name, sizeof(name), "skep %s", command->verb);
	argv[0] = name;
	return command->run(argc, argv);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage_error("which verb?", "");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "-?") ||
	    !strcmp(argv[1], "help")) {
		print_help(stdout);
		return cli_finish(stdout, "standard output");
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("skep %s (libbpf %s)\n", skep_version_string(), libbpf_version_string());
		return cli_finish(stdout, "standard output");
	}
	for (size_t i = 0; i < COUNT(commands); i++)
		if (!strcmp(argv[1], commands[i].verb))
			return run_command(&commands[i], argc - 1, argv + 1);
	return usage_error("no such verb", argv[1]);
}
