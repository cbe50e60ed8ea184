/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Files and line numbers for logs of old kernels, from the line_info of the refused program. */
#include "harness/test.h"

#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "cli/watch_lines.h"

struct known {
	struct btf *btf;
	struct bpf_line_info records[3];
	struct watch_lines lines;
};

static struct bpf_line_info record(struct btf *btf, unsigned insn, const char *file,
				   const char *text, unsigned line)
{
	return (struct bpf_line_info){
		.insn_off = insn,
		.file_name_off = (unsigned)btf__add_str(btf, file),
		.line_off = (unsigned)btf__add_str(btf, text),
		.line_col = line << 10 | 7,
	};
}

static void set_up(struct known *known)
{
	known->btf = btf__new_empty();
	assert_non_null(known->btf);
	known->records[0] = record(known->btf, 0, "/src/tool.bpf.c", "\tint x = 1;", 11);
	known->records[1] = record(known->btf, 3, "/src/tool.bpf.c", "\tc->hits++;", 14);
	known->records[2] = record(known->btf, 7, "header.h", "\treturn x @ 2;", 9);
	known->lines =
		(struct watch_lines){ known->records, 3, sizeof(known->records[0]), known->btf };
}

static void places(const struct watch_lines *lines, const char *log, const char *expected)
{
	size_t bytes = strlen(log);
	char *placed = watch_lines_place(lines, log, &bytes);

	assert_non_null(placed);
	assert_string_equal(placed, expected);
	assert_int_equal(bytes, strlen(expected));
	free(placed);
}

TEST(lines_of_source_get_a_place)
{
	struct known known;

	set_up(&known);
	places(&known.lines,
	       "; int x = 1;\n0: (b7) r1 = 1\n; c->hits++;\n4: (79) r1 = *(u64 *)(r0 +0)\n"
	       "R0 invalid mem access 'scalar'\n",
	       "; int x = 1; @ tool.bpf.c:11\n0: (b7) r1 = 1\n; c->hits++; @ tool.bpf.c:14\n"
	       "4: (79) r1 = *(u64 *)(r0 +0)\nR0 invalid mem access 'scalar'\n");
	btf__free(known.btf);
}

TEST(other_lines_stay)
{
	/* A place already, another text, nothing behind it, no instruction behind it. */
	static const char *const logs[] = {
		"; c->hits++; @ tool.bpf.c:14\n4: (79) r1\n",
		"; d->hits++;\n4: (79) r1\n",
		"; c->hits++;",
		"; c->hits++;\nR0 is\n",
		"",
		";\n",
		"; \n4: (b7)\n",
		"; c->hits++;\n99999999999999999999: (b7)\n",
		"; return x @ 2;\n8: (95) exit\n",
	};
	struct known known;

	set_up(&known);
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++)
		places(&known.lines, logs[i], logs[i]);
	btf__free(known.btf);
}

TEST(records_may_be_longer_or_none)
{
	struct known known;
	char wide[3 * 24] = { 0 };
	size_t bytes = 0;

	set_up(&known);
	for (size_t i = 0; i < 3; i++)
		memcpy(wide + 24 * i, &known.records[i], sizeof(known.records[i]));
	known.lines.records = wide;
	known.lines.record_bytes = 24;
	places(&known.lines, "; c->hits++;\n3: (79) r1\n",
	       "; c->hits++; @ tool.bpf.c:14\n3: (79) r1\n");
	known.lines.record_bytes = 8;
	assert_null(watch_lines_place(&known.lines, "; c->hits++;\n3: (79) r1\n", &bytes));
	known.lines.records = NULL;
	assert_null(watch_lines_place(&known.lines, "; c->hits++;\n3: (79) r1\n", &bytes));
	btf__free(known.btf);
}
