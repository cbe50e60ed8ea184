/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"
#include "doctor.h"

#include <string.h>

#include <skep/error.h>

#define OBJECTS_MAX 256

enum {
	KEY_FEATURES = 256,
	KEY_FIX,
	KEY_YES,
};

struct arguments {
	enum cli_format format;
	bool features, fix, yes;
	const char *filter; /* of features; or NULL */
	char *objects[OBJECTS_MAX];
	size_t object_count;
};

static const struct argp_option options[] = {
	{ "format", 'f', "text|json", 0, "how to print it; text is the default", 0 },
	{ "features", KEY_FEATURES, "WORD", OPTION_ARG_OPTIONAL,
	  "try every type of programs, maps, links and hooks, instructions, helpers and kfuncs; with "
	  "a WORD those that have it in their kind, name or program type",
	  0 },
	{ "fix", KEY_FIX, NULL, 0, "offer to mount tracefs, bpffs and cgroup2 where they are not",
	  0 },
	{ "yes", KEY_YES, NULL, 0, "with --fix: do it without asking", 0 },
	{ 0 }
};

static void check(const struct arguments *a, struct argp_state *state)
{
	if (a->yes && !a->fix)
		argp_error(state, "--yes is for --fix");
	if (a->fix && (a->features || a->object_count || a->format != FORMAT_TEXT))
		argp_error(state, "--fix stands alone, or with --yes");
	if (a->features && a->object_count)
		argp_error(state, "either --features or objects");
	if (a->filter && !*a->filter)
		argp_error(state, "--features= needs a word, as in --features=xdp");
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'f':
		a->format = cli_format(arg, state);
		return 0;
	case KEY_FEATURES:
		a->features = true;
		a->filter = arg;
		return 0;
	case KEY_FIX:
		a->fix = true;
		return 0;
	case KEY_YES:
		a->yes = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->object_count == OBJECTS_MAX)
			argp_error(state, "at most %d objects at a time", OBJECTS_MAX);
		a->objects[a->object_count++] = arg;
		return 0;
	case ARGP_KEY_END:
		check(a, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse_option,
	.args_doc = "[OBJECT...]",
	.doc = "Say what this machine can do with BPF, what not, and why; or, of objects (.bpf.o), "
	       "what they would need of it, by program and line, and what is lacking."
	       "\v"
	       "Everything is tried for real, harmlessly, and removed again. Each line is `ok`, "
	       "`no` or `?` (could not be found out), with the reason and what helps. Exit code: "
	       "0 when a basic program runs here (it loads, attaches to a raw tracepoint, and "
	       "has a ring buffer), or when objects lack nothing, or when nothing is left to fix; "
	       "else 1.",
};

static int no_memory(void)
{
	return cli_fail("skep doctor", NULL, "no memory");
}

/* Of a call that gave 0, 1 for no match, or -errno. */
static int fail_features(int err, const char *filter)
{
	if (err < 0)
		return cli_fail("skep doctor", skep_error_last()->hint, "%s",
				skep_error_last()->message);
	return cli_fail("skep doctor", "skep doctor --features --format json has all names",
			"no feature has '%s' in its kind, name or program type", filter);
}

static int run_features(const struct arguments *a)
{
	int err = doctor_print_features(stdout, a->filter);

	return err ? fail_features(err, a->filter) : EXIT_OK;
}

static int run_checks(const struct arguments *a)
{
	static struct doctor_result results[DOCTOR_RESULTS_MAX];
	size_t count = doctor_check_all(results);
	bool fit = doctor_is_fit();
	json_t *all;
	int err = 0;

	if (a->format == FORMAT_TEXT) {
		doctor_print_text(stdout, results, count, fit);
		return fit ? EXIT_OK : EXIT_FAILED;
	}
	all = doctor_json();
	json_object_set_new(all, "fit", json_boolean(fit));
	json_object_set_new(all, "facts", doctor_facts_json());
	json_object_set_new(all, "checks", doctor_results_json(results, count));
	if (a->features)
		err = doctor_features_json(all, a->filter);
	if (err) {
		json_decref(all);
		return fail_features(err, a->filter);
	}
	if (doctor_json_print(stdout, all) && !ferror(stdout))
		return no_memory();
	return fit ? EXIT_OK : EXIT_FAILED;
}

static int run_objects(struct arguments *a)
{
	json_t *all;
	int result;

	if (a->format == FORMAT_TEXT)
		return doctor_print_needs(stdout, a->objects, a->object_count);
	all = doctor_json();
	result = doctor_needs_json(all, a->objects, a->object_count);
	if (doctor_json_print(stdout, all) && !ferror(stdout))
		return no_memory();
	return result;
}

int cmd_doctor(int argc, char **argv)
{
	struct arguments a = { .format = FORMAT_TEXT };
	int result, written;

	cli_parse(&argp, argc, argv, &a);
	if (a.fix)
		result = doctor_fix(a.yes);
	else if (a.object_count)
		result = run_objects(&a);
	else if (a.features && a.format == FORMAT_TEXT)
		result = run_features(&a);
	else
		result = run_checks(&a);
	written = cli_finish(stdout, "standard output");
	return written != EXIT_OK ? written : result;
}
