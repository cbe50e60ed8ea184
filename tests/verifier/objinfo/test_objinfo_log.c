/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A kernel's own log, which quotes lines of source, against what the object gives to the same log
 * without them.
 */
#include "harness/test.h"

#include <bpf/libbpf.h>
#include <dirent.h>

#include "verifier/explanation.h"
#include "verifier/object/objinfo.h"
#include "verifier/log/quoted.h"

#define LOG_BYTES (1 << 20)

/* Each instruction of a log, with the line that is quoted before it. */
struct quotes {
	struct skep_quoted *at;
	size_t count, named; /* of them those with a line */
};

static struct quotes read_quotes(struct skep_span log)
{
	struct quotes quotes = { .at = calloc(LOG_BYTES / 16, sizeof(struct skep_quoted)) };
	struct skep_quoted current = { 0 };
	struct skep_lines lines = { 0 };

	assert_non_null(quotes.at);
	assert_ok(skep_lines_split(&lines, log.at, log.length));
	for (size_t i = 0; i < lines.count; i++) {
		struct skep_quoted quoted;

		if (lines.at[i].kind == SKEP_LINE_SOURCE) {
			quoted = skep_quoted_parse(lines.at[i].text);
			if (quoted.text.length || quoted.line)
				current = quoted;
		} else if (lines.at[i].kind == SKEP_LINE_INSN) {
			quotes.at[quotes.count++] = current;
			quotes.named += current.line > 0;
		}
	}
	skep_lines_free(&lines);
	return quotes;
}

/* Without the lines of source. */
static char *strip(const char *log)
{
	char *bare = calloc(1, strlen(log) + 1), *to = bare;

	assert_non_null(bare);
	while (*log) {
		size_t n = strcspn(log, "\n");

		n += log[n] == '\n';
		if (*log != ';') {
			memcpy(to, log, n);
			to += n;
		}
		log += n;
	}
	return bare;
}

static void compare(const char *log, const struct skep_objinfo *o, const char *program)
{
	const struct skep_request request = { .object = o, .program = program };
	char *bare = strip(log), *text;
	struct quotes kernels, ours;
	size_t bytes = 0, compared = 0;
	int err;

	text = skep_objinfo_annotate(&request, (struct skep_span){ bare, strlen(bare) }, &bytes,
				     &err);
	assert_ok(err);
	if (!text)
		fail_msg("%s: %s", program, o->found->note);
	kernels = read_quotes((struct skep_span){ log, strlen(log) });
	ours = read_quotes((struct skep_span){ text, bytes });
	assert_int_equal(kernels.count, ours.count);
	assert_true(ours.named > 0);
	for (size_t i = 0; i < ours.count; i++) {
		const struct skep_quoted *x = &kernels.at[i], *y = &ours.at[i];

		/* What Linux 7.3 looks at before it begins has no lines. */
		if (!x->text.length)
			continue;
		compared++;
		if (!skep_span_is(x->text, y->text) || (x->line && x->line != y->line))
			fail_msg("%s, instruction %zu of the log: the kernel says %lld %.*s, the "
				 "object %lld %.*s\n%.600s",
				 program, i, (long long)x->line, (int)x->text.length, x->text.at,
				 (long long)y->line, (int)y->text.length, y->text.at, log);
	}
	print_message("# %s: %zu instructions\n", program ? program : "not named", compared);
	assert_true(compared > 0);
	free(kernels.at);
	free(ours.at);
	free(text);
	free(bare);
}

static struct bpf_object *open_only(const char *path, const char *name)
{
	struct bpf_object *obj = bpf_object__open_file(path, NULL);
	struct bpf_program *program;

	assert_non_null(obj);
	bpf_object__for_each_program(program, obj)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	return obj;
}

static void check_program(const char *path, const struct skep_objinfo *o, const char *name,
			  char *log)
{
	struct bpf_object *obj = open_only(path, name);
	struct bpf_program *program = bpf_object__find_program_by_name(obj, name);

	memset(log, 0, LOG_BYTES);
	assert_ok(bpf_program__set_log_level(program, 2));
	assert_ok(bpf_program__set_log_buf(program, log, LOG_BYTES));
	if (bpf_object__load(obj))
		fail_msg("%s of %s is refused:\n%s", name, path, log);
	compare(log, o, name);
	/* The log alone tells which program it is. */
	compare(log, o, NULL);
	bpf_object__close(obj);
}

static void check_object(const char *path, char *log)
{
	struct skep_objinfo *o = NULL;

	print_message("# %s\n", path);
	assert_ok(skep_objinfo_open_file(&o, path));
	for (size_t i = 0; i < o->layout_count; i++)
		if (!i || o->layouts[i].entry != o->layouts[i - 1].entry)
			check_program(path, o, o->layouts[i].entry->name, log);
	skep_objinfo_free(o);
}

static bool is_wanted(const char *name)
{
	return !strncmp(name, "several", 7) || !strncmp(name, "linked", 6);
}

TEST(an_object_gives_each_instruction_the_line_that_the_kernel_gives_it)
{
	const char *folder = getenv("SKEP_TEST_FILES");
	char *log = calloc(1, LOG_BYTES);
	struct dirent *entry;
	int objects = 0;
	DIR *dir;

	assert_non_null(folder);
	assert_non_null(log);
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		if (is_wanted(entry->d_name)) {
			check_object(test_file(entry->d_name), log);
			objects++;
		}
	closedir(dir);
	free(log);
	assert_true(objects > 0);
}
