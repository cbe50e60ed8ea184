/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nearest.h"
#include "templates.h"

struct args {
	bool list, run;
	const char *template;
	const char *target;
};

static const struct argp_option options[] = {
	{ "list", 'l', NULL, 0,
	  "List the templates: the kernel that each needs, and whether it can run here", 0 },
	{ "run", 'r', NULL, 0, "Build the project at once, and run it", 0 },
	{ 0 },
};

/* "hello/", as a shell completes it, is "hello". */
static const char *without_slashes(char *path)
{
	for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
		path[n - 1] = '\0';
	return path;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'l':
		args->list = true;
		return 0;
	case 'r':
		args->run = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!args->template)
			args->template = arg;
		else if (!args->target)
			args->target = without_slashes(arg);
		else
			argp_error(state, "one project at a time");
		return 0;
	case ARGP_KEY_END:
		if (!args->list && !args->target)
			argp_error(state, args->template ? "a name for the project is missing"
							 : "which template? `skep new --list` "
							   "lists them");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "TEMPLATE NAME\n--list",
	.doc = "Start a project from a template, in a new folder NAME.",
};

static void print_entry(const struct template_entry *entry)
{
	struct template_answer answer;
	char since[32] = "any";
	int at;

	templates_ask(entry, &answer);
	if (answer.since)
		snprintf(since, sizeof(since), "%u.%u", answer.since >> 16,
			 answer.since >> 8 & 0xff);
	at = printf("  %-18s %-7s %-5s ", entry->name, since,
		    answer.needs_root ? "sudo"
		    : answer.why      ? "no"
		    : answer.unknown  ? "?"
				      : "yes");
	if (answer.why && !answer.needs_root)
		cli_print_last(at, "%s (%s)", entry->about, answer.why);
	else
		cli_print_last(at, "%s", entry->about);
}

int templates_print(const struct template_entry *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!i || strcmp(list[i].topic, list[i - 1].topic) != 0)
			printf("%s%-20s %-7s %-5s\n", i ? "\n" : "", list[i].topic, "KERNEL",
			       "HERE");
		print_entry(&list[i]);
	}
	return cli_finish(stdout, "standard output");
}

static int unknown(const char *what, const struct args *args, const struct template_entry *list,
		   size_t count)
{
	struct nearest nearest = { .typed = args->template };
	char hint[512];

	for (size_t i = 0; i < count; i++)
		nearest_offer(&nearest, list[i].name);
	nearest_hint(&nearest, "`skep new --list` says what there is", hint, sizeof(hint));
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].name, args->target))
			snprintf(hint, sizeof(hint), "the template comes first: skep new %s %s",
				 args->target, args->template);
	cli_fail(what, hint, "there is no template '%s'", args->template);
	return EXIT_USAGE;
}

/* The last part of the path: it becomes a program's name and, with underscores, C's. */
static int take_name(const char *what, const char *target, char *name, char *ident, size_t room)
{
	const char *end = target + strlen(target), *start;
	size_t n;

	while (end > target && end[-1] == '/')
		end--;
	for (start = end; start > target && start[-1] != '/';)
		start--;
	n = (size_t)(end - start);
	if (!n || n >= room || !isalpha((unsigned char)*start))
		goto refuse;
	for (size_t i = 0; i < n; i++) {
		if (!isalnum((unsigned char)start[i]) && start[i] != '-' && start[i] != '_')
			goto refuse;
		name[i] = start[i];
		ident[i] = start[i] == '-' ? '_' : start[i];
	}
	name[n] = ident[n] = '\0';
	return EXIT_OK;

refuse:
	cli_fail(what, "use up to 47 letters, digits, '-' and '_', beginning with a letter",
		 "'%s' cannot be a project's name", target);
	return EXIT_USAGE;
}

/* As a shell reads it back: what is printed here is going to be typed. */
static void print_quoted(const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./+,:@%";

	if (!path[strspn(path, plain)]) {
		fputs(path, stdout);
		return;
	}
	putchar('\'');
	for (; *path; path++)
		if (*path == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*path);
	putchar('\'');
}

static void say_next(const char *target, const char *name)
{
	char line[256];

	templates_line(target, name, line, sizeof(line));
	printf("%s is ready. Next:\n\n  cd ", name);
	print_quoted(target);
	printf(" && cmake --preset default && cmake --build --preset default\n"
	       "  %s%s\n\n",
	       geteuid() ? "sudo " : "", line);
}

static int command(const char *what, const char *const *argv)
{
	pid_t pid;
	int status = 0;

	printf("$ ");
	for (size_t i = 0; argv[i]; i++)
		printf("%s%s", argv[i], argv[i + 1] ? " " : "\n");
	fflush(NULL);
	pid = fork();
	if (!pid) {
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(cli_fail(what, NULL, "%s: %s", argv[0], strerror(errno)));
	}
	if (pid < 0)
		return cli_fail(what, NULL, "cannot start %s: %s", argv[0], strerror(errno));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return EXIT_OK;
	return cli_fail(what, "the project is there; what is above tells why", "%s failed",
			argv[0]);
}

/* What say_next() says, done; the last of it takes the place of this process. */
static int run(const char *what, const char *target, const char *name)
{
	const char *const configure[] = { "cmake", "--preset", "default", NULL };
	const char *const build[] = { "cmake", "--build", "--preset", "default", NULL };
	char line[256], shell[512];
	const char *const argv[] = { "sh", "-c", shell, NULL };
	int err;

	templates_line(target, name, line, sizeof(line));
	if (chdir(target))
		return cli_fail(what, NULL, "%s: %s", target, strerror(errno));
	err = command(what, configure);
	if (!err)
		err = command(what, build);
	if (err)
		return err;
	snprintf(shell, sizeof(shell), "exec %s%s", geteuid() ? "sudo " : "", line);
	printf("$ %s\n", shell + strlen("exec "));
	fflush(NULL);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	return cli_fail(what, NULL, "%s: %s", argv[0], strerror(errno));
}

static int start(const char *what, const struct args *args, const char *folder,
		 const struct template_entry *template)
{
	char name[48], ident[48], prefix[TEMPLATE_PATH];
	struct template_values values = { name, ident, prefix, template->stem };
	struct stat st;
	int err = take_name(what, args->target, name, ident, sizeof(name));

	if (err)
		return err;
	if (!lstat(args->target, &st))
		return cli_fail(what, "choose another name, or remove it first", "%s exists",
				args->target);
	templates_prefix(prefix);
	err = templates_copy(what, folder, args->template, args->target, &values);
	if (!err && args->run)
		return run(what, args->target, name);
	if (!err)
		say_next(args->target, name);
	return err ? err : cli_finish(stdout, "standard output");
}

int cmd_new(int argc, char **argv)
{
	struct args args = { 0 };
	struct template_entry *list = NULL;
	char folder[TEMPLATE_PATH];
	size_t count;
	const struct template_entry *known = NULL;
	int err;

	cli_parse(&argp, argc, argv, &args);
	err = templates_find(argv[0], folder);
	if (err)
		return err;
	count = templates_list(folder, &list);
	for (size_t i = 0; i < count && !args.list; i++)
		if (!strcmp(list[i].name, args.template))
			known = &list[i];
	if (args.list)
		err = templates_print(list, count);
	else if (!known)
		err = unknown(argv[0], &args, list, count);
	else
		err = start(argv[0], &args, folder, known);
	free(list);
	return err;
}
