/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How an object's programs are laid out, which of them a log is of, and damaged objects. */
#include "harness/test.h"

#include <skep/verifier.h>
#include <unistd.h>

#include "verifier/explanation.h"
#include "verifier/object/objinfo.h"

#define ROOM (1 << 20)

static const char *const compiled[] = { "several-14.o",    "several-14-v2.o", "several-19.o",
					"several-19-v2.o", "linked-14.o",     "linked-19.o",
					"several.o" };

static bool is_here(const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", getenv("SKEP_TEST_FILES"), name);
	return !access(path, R_OK);
}

static struct skep_objinfo *open_object(const char *name)
{
	struct skep_objinfo *o = NULL;

	print_message("# %s\n", name);
	assert_ok(skep_objinfo_open_file(&o, test_file(name)));
	return o;
}

/* The names of the functions of a layout, in their order. */
static void list_parts(const struct skep_code_layout *layout, char *text, size_t room)
{
	size_t used = 0;
	uint32_t at = 0;

	for (size_t i = 0; i < layout->count; i++) {
		assert_int_equal(layout->parts[i].at, at);
		at += layout->parts[i].function->count;
		used += (size_t)snprintf(text + used, room - used, "%s%s", i ? " " : "",
					 layout->parts[i].function->name);
	}
	assert_int_equal(layout->insns, at);
}

static bool has_layout(const struct skep_objinfo *o, const char *parts)
{
	char text[512];

	for (size_t i = 0; i < o->layout_count; i++) {
		list_parts(&o->layouts[i], text, sizeof(text));
		if (!strcmp(text, parts))
			return true;
	}
	return false;
}

TEST(functions_follow_in_the_order_of_their_first_call)
{
	for (size_t i = 0; i < sizeof(compiled) / sizeof(compiled[0]); i++) {
		struct skep_objinfo *o;

		if (!is_here(compiled[i]))
			continue;
		o = open_object(compiled[i]);
		assert_true(has_layout(o, "on_packet count_packet middle deepest"));
		assert_true(has_layout(o, "on_frame middle deepest count_packet"));
		assert_true(has_layout(o, "loops each deepest"));
		assert_true(has_layout(o, "alone"));
		assert_int_equal(has_layout(o, "on_packet_too middle deepest"),
				 !strncmp(compiled[i], "linked", 6));
		skep_objinfo_free(o);
	}
}

TEST(cilium_links_the_same_by_name_and_breadth_first)
{
	struct skep_objinfo *o = open_object("several.o");

	assert_true(has_layout(o, "on_frame count_packet middle deepest"));
	skep_objinfo_free(o);
}

TEST(a_handler_of_exceptions_comes_last)
{
	struct skep_objinfo *o = open_object("throws.o");

	assert_true(has_layout(o, "throws checked handler report"));
	assert_true(has_layout(o, "calm checked"));
	skep_objinfo_free(o);
}

TEST(maps_have_the_sizes_of_their_types)
{
	struct skep_objinfo *o = open_object("several.o");
	const struct skep_objinfo_map *map = skep_objinfo_map_find(o, "packets_by_protocol");

	assert_non_null(map);
	assert_int_equal(map->type, 1);
	assert_int_equal(map->key_bytes, 4);
	assert_int_equal(map->value_bytes, 16);
	assert_int_equal(map->entries, 64);
	assert_string_equal(map->value_type, "struct count");
	assert_null(skep_objinfo_map_find(o, "packets"));
	skep_objinfo_free(o);
}

static const struct skep_code_layout *find_layout(const struct skep_objinfo *o, const char *name)
{
	for (size_t i = 0; i < o->layout_count; i++)
		if (!strcmp(o->layouts[i].entry->name, name))
			return &o->layouts[i];
	fail_msg("no program %s", name);
	return NULL;
}

/* A log of each instruction, in words that say no more than its code. */
static char *make_log(const struct skep_objinfo *o, const char *name, uint32_t wrong)
{
	const struct skep_code_layout *layout = find_layout(o, name);
	char *log = calloc(1, ROOM);
	size_t used = 0;

	for (uint32_t i = 0; i < layout->insns; i++) {
		struct skep_bpf_insn insn;
		struct skep_spot spot;

		assert_true(skep_layout_spot(o, layout, i, &spot));
		assert_true(skep_objinfo_insn(o, spot.at, &insn));
		if (insn.code)
			used += (size_t)snprintf(log + used, ROOM - used, "%u: (%02x) whatever\n",
						 i, i == wrong ? insn.code ^ 8 : insn.code);
	}
	snprintf(log + used, ROOM - used, "R0 !read_ok\nprocessed 9 insns (limit 1000000)\n");
	return log;
}

static const char *match(struct skep_objinfo *o, const char *log, const char *program)
{
	assert_ok(skep_objinfo_match(o, (struct skep_span){ log, strlen(log) }, program));
	return o->found->layout ? o->found->layout->entry->name : NULL;
}

TEST(a_log_without_names_finds_its_program)
{
	static const char *const programs[] = { "on_packet", "on_frame", "loops", "alone" };
	struct skep_objinfo *o = open_object("several.o");

	for (size_t i = 0; i < 4; i++) {
		char *log = make_log(o, programs[i], UINT32_MAX);

		assert_string_equal(match(o, log, NULL), programs[i]);
		assert_string_equal(match(o, log, programs[i]), programs[i]);
		assert_string_equal(o->found->note, "");
		free(log);
	}
	skep_objinfo_free(o);
}

TEST(a_log_of_something_else_finds_none)
{
	struct skep_objinfo *o = open_object("several.o");
	char *log = make_log(o, "on_packet", UINT32_MAX);
	char *near = make_log(o, "on_packet", find_layout(o, "on_packet")->insns - 2);

	assert_null(match(o, log, "on_frame"));
	assert_non_null(strstr(o->found->note, "does not belong to this log"));
	assert_null(match(o, near, NULL));
	assert_null(match(o, "0: (ff) nothing\nprocessed 1 insns (limit 2)\n", NULL));
	assert_null(match(o, "900: (95) exit\nprocessed 1 insns (limit 2)\n", NULL));
	/* What all of them begin with does not say which one it is. */
	assert_null(match(o, "99: whatever\n", NULL));
	free(near);
	free(log);
	skep_objinfo_free(o);
}

TEST(what_a_line_says_must_be_the_instruction)
{
	struct skep_objinfo *o = open_object("several.o");
	char *log = make_log(o, "alone", UINT32_MAX);
	char *text = strstr(log, "(61) whatever");
	char changed[ROOM / 16];

	assert_non_null(text);
	/* A load from a place that no program has. */
	snprintf(changed, sizeof(changed), "%.*s(61) r7 = *(u32 *)(r1 +1234)%s", (int)(text - log),
		 log, text + strlen("(61) whatever"));
	assert_null(match(o, changed, NULL));
	free(log);
	skep_objinfo_free(o);
}

TEST(objects_of_either_byte_order_say_the_same)
{
	struct skep_objinfo *big = open_object("big.o"), *little = open_object("little.o");

	assert_true(big->swapped != little->swapped);
	assert_int_equal(big->line_count, little->line_count);
	assert_int_equal(big->layout_count, little->layout_count);
	assert_true(big->line_count > 20);
	for (size_t i = 0; i < big->line_count; i++) {
		assert_int_equal(big->lines[i].line, little->lines[i].line);
		assert_int_equal(big->lines[i].at.insn, little->lines[i].at.insn);
		assert_string_equal(big->lines[i].text, little->lines[i].text);
	}
	for (uint32_t i = 0; i < find_layout(big, "alone")->insns; i++) {
		struct skep_bpf_insn x = { 0 }, y = { 0 };
		struct skep_spot spot;

		assert_true(skep_layout_spot(big, find_layout(big, "alone"), i, &spot));
		assert_true(skep_objinfo_insn(big, spot.at, &x));
		assert_true(skep_layout_spot(little, find_layout(little, "alone"), i, &spot));
		assert_true(skep_objinfo_insn(little, spot.at, &y));
		assert_int_equal(x.src, y.src);
	}
	skep_objinfo_free(little);
	skep_objinfo_free(big);
}

static int explain(const char *log, const char *object, struct skep_explanation **explanation)
{
	return skep_explain(explanation, log, strlen(log),
			    SKEP_OPTS(skep_explain_opts, .object = object));
}

TEST(an_explanation_has_the_lines_or_says_why_not)
{
	struct skep_objinfo *o = open_object("several.o");
	char *log = make_log(o, "on_frame", UINT32_MAX);
	char *wrong = make_log(o, "on_frame", find_layout(o, "on_frame")->insns - 2);
	SKEP_AUTO(skep_explanation) *explanation = NULL;
	SKEP_AUTO(skep_explanation) *none = NULL;
	SKEP_AUTO(skep_explanation) *bare = NULL;
	const struct skep_diagnostic *d;

	assert_ok(explain(log, test_file("several.o"), &explanation));
	d = skep_explanation_diagnostic(explanation, 0);
	assert_non_null(d);
	assert_null(d->object_note);
	assert_true(d->primary.line > 0);
	assert_true(d->primary.column > 0);
	assert_non_null(strstr(d->primary.file, "several.bpf.c"));
	assert_string_equal(d->primary.function, "count_packet");

	assert_ok(explain(wrong, test_file("several.o"), &none));
	d = skep_explanation_diagnostic(none, 0);
	assert_non_null(strstr(d->object_note, "does not belong"));
	assert_int_equal(d->primary.line, 0);
	assert_null(d->primary.function);

	assert_ok(explain(log, test_file("no-lines.o"), &bare));
	d = skep_explanation_diagnostic(bare, 0);
	assert_non_null(strstr(d->object_note, "clang -g"));
	assert_int_equal(d->primary.line, 0);
	free(wrong);
	free(log);
	skep_objinfo_free(o);
}

TEST(what_is_no_object_is_an_error)
{
	struct skep_explanation *explanation = NULL;

	assert_error(explain("0: (95) exit\n", "/no/such/file.o", &explanation), ENOENT);
	assert_error(explain("0: (95) exit\n", "/", &explanation), EINVAL);
	assert_error(explain("0: (95) exit\n", "/dev/zero", &explanation), EINVAL);
	assert_error(explain("0: (95) exit\n", "/proc/self/exe", &explanation), EINVAL);
	assert_error(skep_explain(&explanation, "", 0,
				  SKEP_OPTS(skep_explain_opts, .object_data = "int main(void);",
					    .object_bytes = 15)),
		     EINVAL);
	assert_null(explanation);
}

static const char *told_name;
static bool told_stack;

static const char *in_register(void *ctx, const char *section, uint32_t insn, int reg)
{
	(void)ctx;
	(void)insn;
	return !strcmp(section, "tc") && reg == 2 && !told_stack ? told_name : NULL;
}

static const char *on_stack(void *ctx, const char *section, uint32_t insn, int offset)
{
	(void)ctx;
	(void)insn;
	return !strcmp(section, "tc") && offset == -8 && told_stack ? told_name : NULL;
}

/* The first read of the packet in `alone`, which is not refused in truth. */
static char *make_refusal(const struct skep_objinfo *o)
{
	const struct skep_code_layout *layout = find_layout(o, "alone");
	char *log = calloc(1, ROOM);
	size_t used = 0;

	for (uint32_t i = 0; i < layout->insns; i++) {
		struct skep_bpf_insn insn;
		struct skep_spot spot;

		assert_true(skep_layout_spot(o, layout, i, &spot));
		assert_true(skep_objinfo_insn(o, spot.at, &insn));
		if (insn.code == 0x71) {
			snprintf(log + used, ROOM - used,
				 "%u: R2=scalar() R10=fp0\n%u: (71) r%u = *(u8 *)(r%u %+d)\n"
				 "R2 invalid mem access 'scalar'\nprocessed 3 insns (limit 9)\n",
				 i, i, insn.dst, insn.src, insn.off);
			return log;
		}
		used += (size_t)snprintf(log + used, ROOM - used, "%u: (%02x) x\n", i, insn.code);
	}
	fail_msg("no load");
	return log;
}

TEST(names_of_variables_are_asked_for_the_refused_register)
{
	const struct skep_explain_names names = { NULL, in_register, on_stack };
	struct skep_objinfo *o = open_object("several.o");
	char *log = make_refusal(o);
	SKEP_AUTO(skep_explanation) *with = NULL;
	SKEP_AUTO(skep_explanation) *without = NULL;

	told_name = "teapot";
	assert_ok(skep_explain(
		&with, log, strlen(log),
		SKEP_OPTS(skep_explain_opts, .object = test_file("several.o"), .names = &names)));
	told_name = NULL;
	assert_ok(skep_explain(
		&without, log, strlen(log),
		SKEP_OPTS(skep_explain_opts, .object = test_file("several.o"), .names = &names)));
	assert_int_equal(skep_explanation_count(with), 1);
	assert_non_null(strstr(skep_explanation_diagnostic(with, 0)->message, "teapot"));
	assert_null(strstr(skep_explanation_diagnostic(without, 0)->message, "teapot"));
	free(log);
	skep_objinfo_free(o);
}

/* Reads all that there is, as the explainer would. */
static size_t ask_all(const void *data, size_t bytes, const char *log)
{
	struct skep_explanation *explanation = NULL;
	const struct skep_diagnostic *d;
	size_t read = 0;

	if (skep_explain(&explanation, log, strlen(log),
			 SKEP_OPTS(skep_explain_opts, .object_data = data, .object_bytes = bytes,
				   .story = true)))
		return 0;
	d = skep_explanation_diagnostic(explanation, 0);
	for (size_t i = 0; d && i < d->step_count; i++)
		read += d->steps[i].place.text ? strlen(d->steps[i].place.text) : 0;
	skep_explanation_free(explanation);
	return read;
}

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t next_random(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 20) % below;
}

TEST(damaged_objects_do_no_harm)
{
	const int rounds = test_is_full() ? 40000 : 1500;
	struct skep_objinfo *o = open_object("several.o");
	char *log = make_log(o, "on_packet", UINT32_MAX);
	size_t bytes = o->bytes;
	unsigned char *copy = malloc(bytes);

	assert_non_null(copy);
	assert_true(ask_all(o->data, bytes, log) > 0);
	for (size_t cut = 0; cut < bytes; cut += 61)
		ask_all(o->data, cut, log);
	for (int i = 0; i < rounds; i++) {
		memcpy(copy, o->data, bytes);
		for (uint32_t n = next_random(6) + 1; n; n--)
			copy[next_random((uint32_t)bytes)] =
				next_random(3) ? (unsigned char)next_random(256) : 0xff;
		ask_all(copy, bytes, log);
	}
	free(copy);
	free(log);
	skep_objinfo_free(o);
}
