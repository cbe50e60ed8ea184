// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Messages as text, of records and types that no honest program has. */
#include "harness/test.h"

#include <bpf/btf.h>

#include <skep/skep.h>

#include "stream/bpf_log.h"

/* Types for arguments, and one site over some of them. */
struct types {
	struct btf *btf;
	int head, number, small, letter, letters, pointer, bytes, text, colour, flow;
};

static void add_types(struct types *t)
{
	int text;

	t->btf = btf__new_empty();
	assert_non_null(t->btf);
	t->number = btf__add_int(t->btf, "int", 4, BTF_INT_SIGNED);
	t->small = btf__add_int(t->btf, "signed char", 1, BTF_INT_SIGNED);
	t->letter = btf__add_int(t->btf, "char", 1, BTF_INT_CHAR);
	t->letters = btf__add_array(t->btf, t->number, t->letter, 8);
	t->pointer = btf__add_ptr(t->btf, 0);
	t->bytes = btf__add_array(t->btf, t->number, t->number, 4);
	t->colour = btf__add_enum(t->btf, "colour", 4);
	assert_int_equal(btf__add_enum_value(t->btf, "RED", 1), 0);
	t->head = btf__add_struct(t->btf, "skep_log_head", 16);
	assert_int_equal(btf__add_field(t->btf, "site", t->number, 0, 0), 0);
	t->text = btf__add_struct(t->btf, NULL, 12);
	text = btf__add_array(t->btf, t->number, t->letter, 6);
	/* The struct is the last type but one: its members come after what they are of. */
	t->text = btf__add_struct(t->btf, NULL, 12);
	assert_int_equal(btf__add_field(t->btf, "skep_got_", t->number, 0, 0), 0);
	assert_int_equal(btf__add_field(t->btf, "skep_text_", text, 32, 0), 0);
	t->flow = btf__add_struct(t->btf, "flow", 8);
	assert_int_equal(btf__add_field(t->btf, "port", t->number, 0, 0), 0);
	assert_int_equal(btf__add_field(t->btf, "colour", t->colour, 32, 0), 0);
	assert_true(t->flow > 0);
}

/* A struct of `size` bytes with a head and one argument, and its tag. Returns its id. */
static int add_site(struct types *t, const char *format, int type, uint32_t offset, uint32_t size)
{
	char tag[512];
	int id = btf__add_struct(t->btf, "skep_log_site_", size);

	assert_int_equal(btf__add_field(t->btf, "head", t->head, 0, 0), 0);
	if (type)
		assert_int_equal(btf__add_field(t->btf, "a0", type, offset * 8, 0), 0);
	snprintf(tag, sizeof(tag), "skep:log:3:42:x.bpf.c\n%s", format);
	assert_true(btf__add_decl_tag(t->btf, tag, id, -1) > 0);
	return id;
}

static struct skep_bpf_log_text text;

/* What a message with one argument says. */
static const char *said(const char *format, int (*type_of)(struct types *), const void *argument,
			size_t bytes)
{
	struct skep_bpf_log_sites sites = { .btf = NULL };
	struct skep_bpf_log_site *site;
	unsigned char record[256] = "";
	struct types t;
	int id;

	add_types(&t);
	memcpy(record + 16, argument, bytes);
	id = add_site(&t, format, type_of ? type_of(&t) : 0, 16, 16 + (uint32_t)bytes);
	assert_ok(skep_bpf_log_sites_read(&sites, t.btf, "x"));
	assert_int_equal(sites.count, 1);
	site = skep_bpf_log_sites_find(&sites, (uint32_t)id);
	assert_non_null(site);
	assert_int_equal(site->line, 42);
	skep_bpf_log_begin(&text);
	skep_bpf_log_format(&text, sites.btf, site, record);
	skep_bpf_log_sites_free(&sites);
	btf__free(t.btf);
	return skep_bpf_log_finish(&text);
}

#define TYPE(name)                                                                                 \
	static int name##_type(struct types *t)                                                    \
	{                                                                                          \
		return t->name;                                                                    \
	}
TYPE(number)
TYPE(small)
TYPE(letters)
TYPE(pointer)
TYPE(bytes)
TYPE(text)
TYPE(colour)
TYPE(flow)

static const char *said_number(const char *format, int32_t number)
{
	return said(format, number_type, &number, sizeof(number));
}

TEST(conversion_without_an_argument_is_marked)
{
	assert_string_equal(said("%d %s %p %c %*d %pI4", NULL, "", 0), "<?> <?> <?> <?> <?> <?>I4");
	assert_string_equal(said("", NULL, "", 0), "");
	assert_string_equal(said("%", NULL, "", 0), "%");
	assert_string_equal(said("%%%", NULL, "", 0), "%%");
	assert_string_equal(said("%5", NULL, "", 0), "%5");
	assert_string_equal(said("%n%f%y", NULL, "", 0), "%n%f%y");
}

TEST(argument_that_does_not_fit_its_conversion_is_marked)
{
	assert_string_equal(said_number("%s", -3), "-3");
	assert_string_equal(said_number("%p", 1), "01 00 00 00");
	assert_string_equal(said_number("%pI6", 1), "<4 bytes>");
	assert_string_equal(said_number("%pM", 1), "<4 bytes>");
	assert_string_equal(said_number("%pU", 1), "<4 bytes>");
	assert_string_equal(said("%d", bytes_type, "0123456789abcdef", 16), "<?>");
	assert_string_equal(said("%s", bytes_type, "0123456789abcdef", 16), "<?>");
	assert_string_equal(said("%d", flow_type, "01234567", 8), "<?>");
	assert_string_equal(said("%s", pointer_type, "01234567", 8), "<?>");
	assert_string_equal(said("%pI4", pointer_type, "01234567", 8), "<8 bytes>");
}

TEST(widths_are_bounded)
{
	assert_int_equal(strlen(said_number("%999999999d", 1)), 1024);
	assert_int_equal(strlen(said_number("%.999999999d", 1)), 1024);
	assert_int_equal(strlen(said_number("%99999999999999999999d", 1)), 1024);
	assert_int_equal(strlen(said("%-4000s|", letters_type, "abcdefgh", 8)), 1025);
	assert_string_equal(said_number("%*d", 5), "<?>");
}

TEST(lengths_of_texts_are_not_believed)
{
	static const struct {
		int32_t got;
		const char *shown;
	} cases[] = {
		{ 0, "(null)" },
		{ -14, "(fault)" },
		{ INT32_MIN, "(fault)" },
		{ 7, "(fault)" },
		{ INT32_MAX, "(fault)" },
		{ 6, "abcd..." },
		{ 5, "abcd" },
		{ 1, "" },
		{ 2, "a" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char data[12] = "....abcdefgh";

		memcpy(data, &cases[i].got, 4);
		assert_string_equal(said("%s", text_type, data, sizeof(data)), cases[i].shown);
	}
}

TEST(letters_without_a_nul_end_with_their_array)
{
	assert_string_equal(said("[%s]", letters_type, "abcdefgh", 8), "[abcdefgh]");
	assert_string_equal(said("[%.20s]", letters_type, "abc\0efgh", 8), "[abc]");
	assert_string_equal(said("[%10.2s]", letters_type, "abc\0efgh", 8), "[        ab]");
}

TEST(letters_that_would_confuse_a_terminal_are_escaped)
{
	assert_string_equal(said("%s", letters_type, "\r\n\033[2J\x7f", 8), "\\r\\n\\x1b[2J\\x7f");
	assert_string_equal(said("%s", letters_type, "\xc2\x9b\xc3\xa4\x01\0\0", 8),
			    "\\xc2\\x9b\xc3\xa4\\x01");
	assert_string_equal(said_number("%c", '\033'), "\\x1b");
	assert_string_equal(said_number("%c", 0), "\\x00");
}

TEST(enums_and_structs_are_shown_by_their_types)
{
	static const int32_t flow[] = { 443, 1 };

	assert_string_equal(said("%s", colour_type, &flow[1], 4), "RED");
	assert_string_equal(said("%s", colour_type, &flow[0], 4), "443");
	assert_non_null(strstr(said("%s", flow_type, flow, sizeof(flow)), "RED"));
	assert_string_equal(said("%hhd", small_type, "\xff", 1), "-1");
	assert_string_equal(said("%hhu %%", small_type, "\xff", 1), "255 %");
}

TEST(long_message_is_cut_with_dots)
{
	char format[400] = "";

	for (int i = 0; i < 20; i++)
		strcat(format, "%1000%%-1000d");
	assert_true(strlen(said_number(format, 1)) < SKEP_BPF_LOG_MOST);
	skep_bpf_log_begin(&text);
	for (int i = 0; i < 2000; i++)
		skep_bpf_log_add_foreign(&text, "0123456789\n", 11);
	assert_int_equal(strlen(skep_bpf_log_finish(&text)), SKEP_BPF_LOG_MOST - 1);
	assert_string_equal(text.buf + SKEP_BPF_LOG_MOST - 4, "...");
}

/* ---- types that are no message's ---- */

static void assert_damaged(struct types *t)
{
	struct skep_bpf_log_sites sites = { .btf = NULL };

	assert_error(skep_bpf_log_sites_read(&sites, t->btf, "broken"), EBADMSG);
	assert_non_null(strstr(skep_error_last()->message, "'broken'"));
	assert_null(sites.btf);
	btf__free(t->btf);
}

TEST(tag_that_is_no_message_is_refused)
{
	static const char *const tags[] = {
		"skep:log:",    "skep:log:3",         "skep:log:0:1:x\nf",  "skep:log:6:1:x\nf",
		"skep:log:x:y", "skep:log:3:1:nofmt", "skep:log:-1:1:x\nf", "skep:log:3::x\nf",
	};
	struct types t;

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		int id;

		add_types(&t);
		id = btf__add_struct(t.btf, "skep_log_site_", 16);
		assert_int_equal(btf__add_field(t.btf, "head", t.head, 0, 0), 0);
		assert_true(btf__add_decl_tag(t.btf, tags[i], id, -1) > 0);
		assert_damaged(&t);
	}
	add_types(&t); /* not a struct */
	assert_true(btf__add_decl_tag(t.btf, "skep:log:3:1:x\nf", t.colour, -1) > 0);
	assert_damaged(&t);
	add_types(&t); /* smaller than its head */
	add_site(&t, "f", 0, 0, 8);
	assert_damaged(&t);
	add_types(&t); /* an argument behind its end */
	add_site(&t, "%d", t.number, 16, 18);
	assert_damaged(&t);
	add_types(&t);
	add_site(&t, "%s", t.letters, 1 << 20, 24);
	assert_damaged(&t);
}

TEST(more_arguments_than_there_can_be_are_refused)
{
	struct types t;
	int id;

	add_types(&t);
	id = btf__add_struct(t.btf, "skep_log_site_", 80);
	assert_int_equal(btf__add_field(t.btf, "head", t.head, 0, 0), 0);
	for (uint32_t i = 0; i < 13; i++)
		assert_int_equal(btf__add_field(t.btf, "a", t.number, 128 + i * 32, 0), 0);
	assert_true(btf__add_decl_tag(t.btf, "skep:log:3:1:x\nf", id, -1) > 0);
	assert_damaged(&t);
}

/* ---- random ones ---- */

static uint32_t seed = 1;

static uint32_t random_number(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* Formats of pieces that mean something, over records of any bytes: nothing to compare, only to do. */
TEST(random_formats_and_records_harm_nobody)
{
	static const char *const pieces[] = { "%",     "d",    "s",    "p",   "I4", "I6", "c",
					      "M",     "h",    "hh",   "l",   "*",  ".",  "0",
					      "-",     "9",    "#",    "U",   "x",  "%s", "%d",
					      "%pI6c", "%*ph", "%.*s", "text" };
	int (*const types[])(struct types *) = { number_type,  small_type, letters_type,
						 pointer_type, bytes_type, text_type,
						 colour_type,  flow_type };
	const int rounds = test_is_full() ? 200000 : 4000;

	for (int i = 0; i < rounds; i++) {
		unsigned char data[16];
		char format[128] = "";

		for (uint32_t n = random_number(12); n; n--)
			strcat(format, pieces[random_number(sizeof(pieces) / sizeof(pieces[0]))]);
		for (size_t j = 0; j < sizeof(data); j++)
			data[j] = (unsigned char)random_number(256);
		assert_true(strlen(said(format, types[random_number(8)], data, sizeof(data))) <
			    SKEP_BPF_LOG_MOST);
	}
}
