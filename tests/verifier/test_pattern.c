/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Wordings of kernels against lines, and templates. */
#include "harness/test.h"

#include "verifier/catalogue/catalogue.h"
#include "verifier/catalogue/pattern.h"

static bool matches(const char *pattern, const char *line, struct skep_fields *fields)
{
	fields->count = 0;
	return skep_pattern_match(skep_span_of(pattern), skep_span_of(line), fields);
}

static void assert_field(const struct skep_fields *fields, const char *name, const char *value)
{
	struct skep_span found = skep_fields_get(fields, skep_span_of(name));

	assert_int_equal(found.length, strlen(value));
	assert_memory_equal(found.at, value, found.length);
}

TEST(placeholders_take_what_they_say)
{
	struct skep_fields f;

	assert_true(matches("{reg} invalid {w:type} access off={n:off} size={n:size}",
			    "R3 invalid sock access off=-4 size=0x10", &f));
	assert_field(&f, "reg", "R3");
	assert_field(&f, "type", "sock");
	assert_field(&f, "off", "-4");
	assert_field(&f, "size", "0x10");
	assert_true(matches("{reg} must be a rcu pointer", "arg#0 must be a rcu pointer", &f));
	assert_false(matches("{reg} must be a rcu pointer", "Rx must be a rcu pointer", &f));
	assert_false(matches("a {n:x} b", "a c b", &f));
}

TEST(a_text_grows_until_the_rest_fits)
{
	struct skep_fields f;

	assert_true(matches("{s:what}_unlock of different lock",
			    "bpf_res_spin_unlock_x_unlock of different lock", &f));
	assert_field(&f, "what", "bpf_res_spin_unlock_x");
	assert_true(matches("{reg} type={s:type}_or_null expected={s:expected}",
			    "R2 type=map_value_or_null expected=fp, pkt", &f));
	assert_field(&f, "type", "map_value");
	assert_field(&f, "expected", "fp, pkt");
}

TEST(a_line_matches_wholly_or_not_at_all)
{
	struct skep_fields f;

	assert_false(matches("div by zero", "div by zero!", &f));
	assert_false(matches("div by zero", "div by zer", &f));
	assert_true(matches("div by*", "div by zero", &f));
	assert_int_equal(f.count, 0);
	assert_false(matches("{reg} x", "", &f));
}

TEST(a_template_without_its_values_is_left_out)
{
	struct skep_arena arena = { 0 };
	struct skep_fields f = { .count = 0 };

	skep_fields_set(&f, SPAN("var"), SPAN("c"));
	assert_string_equal(skep_fields_expand(&f, &arena, "if (!{var})\n\treturn {x|0};"),
			    "if (!c)\n\treturn 0;");
	assert_null(skep_fields_expand(&f, &arena, "{var} {limit}"));
	assert_string_equal(skep_fields_expand(&f, &arena, "struct x { int y; };"),
			    "struct x { int y; };");
	skep_arena_free(&arena);
}

static int code_of(const char *line, const char *kind)
{
	struct skep_fields f = { .count = 0 };
	int number;

	skep_fields_set(&f, SPAN("kind"), skep_span_of(kind));
	if (skep_catalogue_look_up(skep_span_of(line), false, &f, &number) != SKEP_WORDING_REFUSAL)
		return 0;
	return number;
}

TEST(the_kind_of_memory_decides_between_entries)
{
	const char *line = "R1 min value is outside of the allowed memory range";

	assert_int_equal(code_of(line, "pkt"), 101);
	assert_int_equal(code_of(line, "fp"), 102);
	assert_int_equal(code_of(line, "map_value"), 104);
	assert_int_equal(code_of(line, "ringbuf_mem"), 105);
}

TEST(wordings_of_several_kernels_have_one_code)
{
	assert_int_equal(code_of("Unreleased reference id=2 alloc_insn=4", ""), 501);
	assert_int_equal(
		code_of("BPF_EXIT instruction in main prog would lead to reference leak", ""), 501);
	assert_int_equal(code_of("unknown func bpf_spin_lock#93", ""), 403);
	assert_int_equal(code_of("program of this type cannot use helper bpf_spin_lock#93", ""),
			 403);
	assert_int_equal(code_of("Possibly NULL pointer passed to trusted arg0", ""), 2);
	assert_int_equal(code_of("Possibly NULL pointer passed to trusted R1", ""), 2);
}

TEST(every_entry_says_something_and_has_a_fix)
{
	const struct skep_entry *entry;

	for (size_t i = 0; (entry = skep_entry_at(i)); i++) {
		size_t say = 0, fix = 0;

		assert_ptr_equal(skep_entry_find(entry->number), entry);
		assert_non_null(skep_entry_next_say(entry->number, &say));
		assert_non_null(skep_entry_next_fix(entry->number, &fix));
		if (entry->number != SKEP_UNKNOWN_REFUSAL)
			assert_non_null(skep_entry_wording(entry->number, 0));
	}
}
