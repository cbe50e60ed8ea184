/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The programs of the corpus on this kernel: each is refused and explained as labelled, its fixed
 * form loads, and so does what machine-applied fixes make of it. Two cases for each program.
 */
#include "harness/machine.h"
#include "harness/test.h"

#include <sys/utsname.h>

#include <skep/verifier.h>

#include "labels.h"
#include "load.h"

static struct labels labels;
static char kernel[16]; /* as 6.12 */

static int load(const char *kind, const char *program, char *log)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s/%s.o", test_file("objects"), kind, program);
	return corpus_load(path, log);
}

/* What the log says now, with the object at hand. */
static void check_explanation(const struct label *label, const char *log)
{
	struct skep_explanation *explanation = NULL;
	const struct skep_diagnostic *d;
	char path[512];
	struct skep_explain_opts opts = { .sz = sizeof(opts), .object = path };

	snprintf(path, sizeof(path), "%s/programs/%s.o", test_file("objects"), label->program);
	assert_ok(skep_explain(&explanation, log, strlen(log), &opts));
	assert_int_equal(skep_explanation_count(explanation), 1);
	d = skep_explanation_diagnostic(explanation, 0);
	assert_string_equal(d->code, label->code);
	if (label->refused && d->primary.line != label->refused)
		print_message("# %s: line %u, not %u\n", label->program, d->primary.line,
			      label->refused);
	skep_explanation_free(explanation);
}

static bool is_slow(const struct label *label)
{
	return !strcmp(label->code, "SKEP-V703") && getenv("SKEP_TEST_VM") &&
	       !getenv("SKEP_TEST_FULL");
}

static void refused(void **state)
{
	const struct label *label = *state;
	char *log = malloc(CORPUS_LOG_BYTES);

	require_root();
	assert_non_null(log);
	if (!label_refused_on(label, kernel)) {
		free(log);
		test_skip("labelled as one that this kernel gives no log for");
	}
	if (is_slow(label)) {
		free(log);
		test_skip("a million instructions under emulation: in the full run");
	}
	assert_int_not_equal(load("programs", label->program, log), 0);
	check_explanation(label, log);
	free(log);
}

static void fixed_loads(void **state)
{
	const struct label *label = *state;

	require_root();
	if (!label_fixed_on(label, kernel))
		test_skip("labelled as one whose hook or function this kernel lacks");
	assert_ok(load("fixed", label->program, NULL));
}

/* Whether patches.tsv says that the machine-applied fix of a program compiled; or that it is broken. */
static void read_patches(int *objects, int *broken, int *loads, int *refused_here)
{
	char path[512], text[256], name[64], result[16];
	FILE *table;

	snprintf(path, sizeof(path), "%s/patches.tsv", test_file("objects"));
	table = fopen(path, "re");
	assert_non_null(table);
	while (fgets(text, sizeof(text), table)) {
		const struct label *label;

		assert_int_equal(sscanf(text, "%63s %15s", name, result), 2);
		label = labels_find(&labels, name);
		if (!label || !label_refused_on(label, kernel) || !label_fixed_on(label, kernel))
			continue;
		(*refused_here)++;
		*broken += !strcmp(result, "broken");
		if (!strcmp(result, "broken"))
			print_message("# %s: its patch is broken\n", name);
		if (strcmp(result, "object"))
			continue;
		(*objects)++;
		if (!load("patched", name, NULL))
			(*loads)++;
		else
			print_message("# %s: refused as patched, too\n", name);
	}
	fclose(table);
}

TEST(what_a_machine_may_apply_loads_then)
{
	int objects = 0, broken = 0, loads = 0, refused_here = 0;

	require_root();
	read_patches(&objects, &broken, &loads, &refused_here);
	print_message("# machine-applied fixes: of %d programs %d have one, %d of them load\n",
		      refused_here, objects + broken, loads);
	assert_int_equal(broken, 0);
	assert_true(loads * 100 >= objects * 99);
	assert_true(loads * 100 >= refused_here * 60);
}

static void find_kernel(void)
{
	struct utsname name;
	int major = 0, minor = 0;

	uname(&name);
	sscanf(name.release, "%d.%d", &major, &minor);
	snprintf(kernel, sizeof(kernel), "%d.%d", major, minor);
}

static void add_case(struct label *label, const char *suffix, test_case_fn run)
{
	struct test_case *added = calloc(1, sizeof(*added));
	char name[96];

	snprintf(name, sizeof(name), "%s%s", label->program, suffix);
	*added = (struct test_case){ .name = strdup(name), .run = run, .state = label };
	test_register(added);
}

__attribute__((constructor)) static void add_cases(void)
{
	const char *files = getenv("SKEP_TEST_FILES");
	char path[512];

	find_kernel();
	if (!files)
		return;
	snprintf(path, sizeof(path), "%s/labels", files);
	if (!labels_read(&labels, path))
		exit(EXIT_FAILURE);
	for (size_t i = 0; i < labels.count; i++) {
		add_case(&labels.at[i], "_is_refused_and_explained", refused);
		add_case(&labels.at[i], "_fixed_loads", fixed_loads);
	}
}
