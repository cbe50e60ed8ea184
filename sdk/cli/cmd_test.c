/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "own.h"

enum {
	OPT_FILE = 256,
	OPT_LIST,
	OPT_LOGS,
	OPT_SYSROOT,
	OPT_TIMEOUT,
};

struct args {
	struct test_plan plan;
	const char *kernels;
	char **paths;
	size_t path_count;
	bool list;
};

static const struct argp_option options[] = {
	{ "kernels", 'k', "NAME,...", 0, "On these kernels (default: host, this machine's)", 0 },
	{ "list", OPT_LIST, NULL, 0, "Say which kernels there are, and which are here already", 0 },
	{ "filter", 'R', "RE", 0, "Only tests whose name matches the expression", 0 },
	{ "file", OPT_FILE, "PATH", 0,
	  "A file or folder that tests read: machines have it at the same path", 0 },
	{ "timeout", OPT_TIMEOUT, "SECONDS", 0,
	  "For each test; default: its TIMEOUT in CMake, or 60. Five times that in machines", 0 },
	{ "jobs", 'j', "N", 0, "Machines at once; default: 2", 0 },
	{ "format", 'f', "text|json", 0, "What is printed", 0 },
	{ "logs", OPT_LOGS, "FOLDER", 0, "Leave outputs and consoles there", 0 },
	{ "sysroot", OPT_SYSROOT, "FOLDER", 0,
	  "Libraries and tools of another processor's machines", 0 },
	{ 0 },
};

static unsigned int number(const char *arg, const char *option, unsigned long most,
			   struct argp_state *state)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(arg, &end, 10);
	if (errno || *end || end == arg || *arg == '-' || !value || value > most)
		argp_error(state, "--%s is a number from 1 to %lu, not '%s'", option, most, arg);
	return (unsigned int)value;
}

static int append(char ***list, size_t *count, char *text)
{
	char **grown = realloc(*list, (*count + 1) * sizeof(*grown));

	if (!grown || !text)
		return ENOMEM;
	*list = grown;
	grown[(*count)++] = text;
	return 0;
}

static int add_file(struct test_plan *plan, const char *arg, struct argp_state *state)
{
	char *real = realpath(arg, NULL), *text = NULL;
	char here[PATH_MAX];

	if (!real || strchr(arg, '\n'))
		argp_failure(state, EXIT_FAILED, 0, "cannot take the file %s: %s", arg,
			     real ? "a newline in its name" : strerror(errno));
	free(real);
	/* As the test names it, not where links lead. */
	if (*arg == '/' || !getcwd(here, sizeof(here)))
		text = strdup(arg);
	else if (asprintf(&text, "%s/%s", here, arg) < 0)
		text = NULL;
	return append(&plan->files, &plan->file_count, text);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'k':
		args->kernels = arg;
		return 0;
	case 'R':
		args->plan.filter = arg;
		return 0;
	case 'j':
		args->plan.jobs = number(arg, "jobs", 64, state);
		return 0;
	case 'f':
		args->plan.format = cli_format(arg, state);
		return 0;
	case OPT_FILE:
		return add_file(&args->plan, arg, state);
	case OPT_LIST:
		args->list = true;
		return 0;
	case OPT_LOGS:
		args->plan.logs = arg;
		return 0;
	case OPT_SYSROOT:
		args->plan.sysroot = arg;
		return 0;
	case OPT_TIMEOUT:
		args->plan.timeout = number(arg, "timeout", 86400, state);
		return 0;
	case ARGP_KEY_ARG:
		return append(&args->paths, &args->path_count, arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[BUILD-FOLDER | PROGRAM]...",
	.doc = "Run a project's own tests on this kernel and, in virtual machines, on others.\v"
	       "The tests are those that ctest knows of a build folder (default: build, or this "
	       "folder), or programs. Kernels: host, names that --list shows, and VMLINUZ[:MODULES] of "
	       "your own. Debian's kernels are fetched through apt and kept. cmocka's cases are told "
	       "apart; exit code 77 is skipped. Build folders for x86-64 and arm64 may be named "
	       "together: each kernel runs those for its processor.\n\n"
	       "Example: skep test --kernels 6.1,6.12,newest build",
};

static int find_scripts(struct test_plan *plan)
{
	const char *cache = getenv("SKEP_CACHE"), *xdg = getenv("XDG_CACHE_HOME"),
		   *home = getenv("HOME");

	if (!own_find(plan->vm, "/../share/skep/vm", SKEP_BUILD_VM))
		return cli_fail(plan->what,
				"install skep with `cmake --install`, which puts them beside it",
				"the scripts for virtual machines are not beside this program");
	if (cache && *cache)
		snprintf(plan->cache, sizeof(plan->cache), "%s", cache);
	else if (xdg && *xdg)
		snprintf(plan->cache, sizeof(plan->cache), "%s/skep", xdg);
	else
		snprintf(plan->cache, sizeof(plan->cache), "%s/.cache/skep",
			 home && *home ? home : "/root");
	return EXIT_OK;
}

static int find_tests(struct args *args)
{
	struct test_plan *plan = &args->plan;
	int err = EXIT_OK;

	if (!args->path_count) {
		const char *guess = access("build/CTestTestfile.cmake", F_OK) ? "." : "build";

		return test_find(plan, guess);
	}
	for (size_t i = 0; i < args->path_count && !err; i++)
		err = test_find(plan, args->paths[i]);
	return err;
}

/* Each kernel has something to run, else the table would say less than was asked for. */
static int check_plan(const struct test_plan *plan)
{
	if (!plan->item_count)
		return cli_fail(plan->what,
				plan->filter ? "`ctest --show-only` lists them"
					     : "add_test() in CMakeLists.txt makes one; were the "
					       "libraries that tests need found? (cmocka)",
				plan->filter ? "no test's name matches '%s'"
					     : "there are no tests%.0s",
				plan->filter);
	for (size_t k = 0; k < plan->kernel_count; k++) {
		const struct test_kernel *kernel = &plan->kernels[k];
		bool any = false;

		for (size_t i = 0; i < plan->item_count; i++)
			any = any || test_runs_on(&plan->items[i], kernel);
		if (!any)
			return cli_fail(plan->what,
					kernel->arch == ARCH_ARM64
						? "build for it with the toolchain file "
						  "aarch64-linux-gnu.cmake beside skepConfig.cmake"
						: "name a build folder for it too",
					"no test is built for %s, which %s runs on",
					test_arch_name(kernel->arch), kernel->label);
	}
	return EXIT_OK;
}

static int make_work(struct test_plan *plan)
{
	const char *tmp = getenv("TMPDIR");
	char below[sizeof(plan->work) + 8];
	int n;

	n = snprintf(plan->work, sizeof(plan->work), "%s/skep-kernels.XXXXXX",
		     tmp && *tmp ? tmp : "/tmp");
	errno = ENAMETOOLONG;
	if (n >= (int)sizeof(plan->work) || !mkdtemp(plan->work)) {
		plan->work[0] = '\0';
		return cli_fail(plan->what, "TMPDIR names another place",
				"cannot make a folder in %s: %s", tmp && *tmp ? tmp : "/tmp",
				strerror(errno));
	}
	/* What scripts make goes the same way, also when they are killed. */
	snprintf(below, sizeof(below), "%s/tmp", plan->work);
	if (mkdir(below, 0700))
		return cli_fail(plan->what, NULL, "cannot make %s: %s", below, strerror(errno));
	setenv("TMPDIR", below, 1);
	if (plan->sysroot)
		setenv("SKEP_SYSROOT", plan->sysroot, 1);
	return EXIT_OK;
}

static int run(struct args *args)
{
	struct test_plan *plan = &args->plan;
	int err = find_scripts(plan);

	if (!err && args->list)
		return test_kernels_list(plan);
	if (!err)
		err = test_kernels_parse(plan, args->kernels);
	if (!err && plan->logs)
		err = test_logs_prepare(plan);
	test_process_catch_signals();
	if (!err)
		err = make_work(plan);
	if (!err)
		err = find_tests(args);
	if (!err)
		err = check_plan(plan);
	if (!err)
		err = test_kernels_prepare(plan);
	if (!err)
		err = test_run(plan);
	if (!err)
		err = test_report(plan);
	if (*plan->work && plan->logs)
		test_logs_keep(plan);
	return err;
}

int cmd_test(int argc, char **argv)
{
	struct args args = { .kernels = "host", .plan = { .what = argv[0], .jobs = 2 } };
	struct test_plan *plan = &args.plan;
	int err;

	cli_parse(&argp, argc, argv, &args);
	err = run(&args);
	if (*plan->work)
		test_work_remove(plan);
	for (size_t i = 0; i < plan->item_count; i++)
		test_item_free(&plan->items[i]);
	for (size_t i = 0; i < plan->kernel_count; i++) {
		free(plan->kernels[i].name);
		free(plan->kernels[i].label);
		free(plan->kernels[i].why);
	}
	for (size_t i = 0; i < plan->file_count; i++)
		free(plan->files[i]);
	free(plan->items);
	free(plan->kernels);
	free(plan->files);
	free(args.paths);
	test_process_die();
	return err;
}
