/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Causes that the refused line's own words lead to, in the source beside the log. */
#include "harness/test.h"

#include <skep/verifier.h>

#define END "processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 1\n"

static struct skep_explanation *explain(const char *log, const char *source)
{
	struct skep_explanation *explanation = NULL;
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/x.bpf.c", test_tmpdir());
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(source, file);
	assert_int_equal(fclose(file), 0);
	assert_ok(skep_explain(&explanation, log, strlen(log),
			       SKEP_OPTS(skep_explain_opts, .source_dir = test_tmpdir())));
	assert_int_equal(skep_explanation_count(explanation), 1);
	return explanation;
}

static bool has_cause(const struct skep_explanation *explanation, unsigned line, const char *words)
{
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);

	for (size_t i = 0; i < d->cause_count; i++)
		if (d->causes[i].place.line == line && strstr(d->causes[i].label, words))
			return true;
	return false;
}

static void check(const char *log, const char *source, unsigned line, const char *words)
{
	struct skep_explanation *explanation = explain(log, source);

	if (!has_cause(explanation, line, words))
		fail_msg("%s: no cause in line %u that says \"%s\"",
			 skep_explanation_diagnostic(explanation, 0)->code, line, words);
	skep_explanation_free(explanation);
}

static const char two_kinds[] = "int f(struct __sk_buff *skb)\n"
				"{\n"
				"\tstruct s *from = (struct s *)skb;\n"
				"\n"
				"\tif (!skb->mark)\n"
				"\t\tfrom = lookup(&m);\n"
				"\tif (from == 0)\n"
				"\t\treturn 0;\n"
				"\treturn from->mark;\n"
				"}\n";

/* The path with the other kind of pointer is not in the log any more. */
TEST(where_a_variable_was_set_is_named)
{
	static const char log[] = "; return from->mark; @ x.bpf.c:9\n"
				  "11: (61) r0 = *(u32 *)(r1 +8)\n"
				  "same insn cannot be used with different pointers\n" END;

	check(log, two_kinds, 6, "`from` is set here");
	check(log, two_kinds, 3, "`from` is set here");
}

static const char fields[] = "struct bucket {\n"
			     "\t__u32 lock;\n"
			     "\t__u32 packets;\n"
			     "};\n"
			     "struct {\n"
			     "\t__uint(type, BPF_MAP_TYPE_ARRAY);\n"
			     "\t__type(value, struct bucket);\n"
			     "} buckets SEC(\".maps\");\n"
			     "int f(void *ctx)\n"
			     "{\n"
			     "\tstruct bucket *b = lookup(&buckets);\n"
			     "\n"
			     "\tbpf_spin_lock((void *)&b->lock);\n"
			     "}\n";

TEST(the_member_that_is_not_what_it_has_to_be_is_named)
{
	check("; bpf_spin_lock((void *)&b->lock); @ x.bpf.c:13\n"
	      "11: (bf) r1 = r7   ; R1=map_value(map=buckets,ks=4,vs=8)\n"
	      "12: (85) call bpf_spin_lock#93\n"
	      "map 'buckets' has no valid bpf_spin_lock\n" END,
	      fields, 2, "`lock` is declared here");
}

static const char verdicts[] = "#define DENY (-1)\n"
			       "int f(void *ctx)\n"
			       "{\n"
			       "\tif (a(ctx))\n"
			       "\t\treturn 1;\n"
			       "\tif (b(ctx))\n"
			       "\t\treturn %s;\n"
			       "\treturn 0;\n"
			       "}\n";

/* Compilers give the exit the line of the brace. */
TEST(the_return_of_the_refused_number_is_found_by_name)
{
	static const struct {
		const char *name, *number;
	} rows[] = { { "-EPERM", "0xffffffff" },
		     { "-1", "0xffffffff" },
		     { "DENY", "0xffffffff" },
		     { "-EINVAL", "0xffffffea" } };
	char source[512], log[512];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(source, sizeof(source), verdicts, rows[i].name);
		snprintf(log, sizeof(log),
			 "; } @ x.bpf.c:9\n25: (bc) w0 = w1          ; R0=%s R1=%s\n26: (95) exit\n"
			 "At program exit the register R0 has smin=4294967295 smax=4294967295 "
			 "should have been in [0, 1]\n" END,
			 rows[i].number, rows[i].number);
		check(log, source, 7, "this is the number that is returned");
	}
}

static const char offsets[] = "#define HEADERS bpf_htonl(34)\n"
			      "#define REGION (640 << 20)\n"
			      "static __always_inline __u64 *at(void *base)\n"
			      "{\n"
			      "\treturn base + REGION;\n"
			      "}\n"
			      "int f(struct xdp_md *ctx)\n"
			      "{\n"
			      "\t__u16 *port = data + HEADERS;\n"
			      "\n"
			      "\tif (port + 1 > data_end)\n"
			      "\t\treturn 0;\n"
			      "\treturn at(r)[slot];\n"
			      "}\n";

TEST(a_constant_offset_is_followed_to_its_definition)
{
	static const char first[] = "; if (port + 1 > data_end) @ x.bpf.c:11\n"
				    "4: (07) r3 += 570425346\n"
				    "math between pkt pointer and 570425346 is not allowed\n" END;
	static const char second[] =
		"; return at(r)[slot]; @ x.bpf.c:13\n"
		"4: (07) r3 += 671088640\n"
		"math between map_value pointer and 671088640 is not allowed\n" END;

	check(first, offsets, 9, "the number is added here");
	check(first, offsets, 1, "the number is defined here");
	check(second, offsets, 5, "the number is added here");
	check(second, offsets, 2, "the number is defined here");
}

static const char initialised[] = "int f(struct task_struct *task)\n"
				  "{\n"
				  "\tstruct key key = {\n"
				  "\t\t.cpu = cpu(),\n"
				  "\t\t.task = task,\n"
				  "\t\t.kind = 1,\n"
				  "\t};\n"
				  "\treturn hash(&key);\n"
				  "}\n";

/* Compilers name the line where an initialiser begins. */
TEST(a_saved_pointer_is_named_by_its_member)
{
	check("0: R1=ctx() R10=fp0\n"
	      "0: (79) r1 = *(u64 *)(r1 +0)\n"
	      "1: R1=trusted_ptr_task_struct()\n"
	      "; struct key key = { @ x.bpf.c:3\n"
	      "1: (7b) *(u64 *)(r10 -16) = r1        ; R1=trusted_ptr_task_struct() "
	      "fp-16=trusted_ptr_task_struct()\n"
	      "; return hash(&key); @ x.bpf.c:8\n"
	      "2: (61) r2 = *(u32 *)(r10 -16)\n"
	      "invalid size of register fill\n" END,
	      initialised, 5, "the pointer is saved here");
}

static const char arenas[] = "struct {\n"
			     "\t__uint(type, BPF_MAP_TYPE_ARENA);\n"
			     "\t__uint(max_entries, 100);\n"
			     "} one SEC(\".maps\");\n"
			     "struct {\n"
			     "\t__uint(type, BPF_MAP_TYPE_ARENA);\n"
			     "\t__uint(max_entries, 100);\n"
			     "} two SEC(\".maps\");\n"
			     "int take_pages(void *ctx)\n"
			     "{\n"
			     "\tuse(&one);\n"
			     "\tuse(&two);\n"
			     "}\n";

TEST(the_second_arena_is_named_where_it_is_used)
{
	static const char log[] = "libbpf: prog 'take_pages': BPF program load failed: No\n"
				  "Only one arena per program\n"
				  "processed 0 insns (limit 1000000) max_states_per_insn 0\n"
				  "libbpf: failed to load object './x.bpf.o'\n";

	check(log, arenas, 12, "the second arena is used here");
}

/* Names in the message lead to the declaration; odd texts lead nowhere. */
TEST(sources_and_messages_that_are_nothing_are_survived)
{
	static const char *const texts[] = { "", "->", "*", "a->", ".b", "= {", "return at(r)[" };
	char source[256], log[512];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (int code = 0; code < 3; code++) {
			static const char *const messages[] = {
				"same insn cannot be used with different pointers",
				"math between pkt pointer and 570425346 is not allowed",
				"map 'm' has no valid bpf_spin_lock",
			};
			struct skep_explanation *explanation;

			snprintf(source, sizeof(source), "int f(void)\n{\n\t%s\n}\n", texts[i]);
			snprintf(log, sizeof(log),
				 "; %s @ x.bpf.c:3\n4: (07) r3 += 570425346\n%s\n" END, texts[i],
				 messages[code]);
			explanation = explain(log, source);
			skep_explanation_free(explanation);
		}
}

static const char sums[] = "int f(struct ctx *ctx)\n"
			   "{\n"
			   "\tstruct v *p = lookup(&m);\n"
			   "\t__u32 a = ctx->a, b = ctx->b;\n"
			   "\n"
			   "\tif (!p)\n"
			   "\t\treturn 0;\n"
			   "\tif (a > 60)\n"
			   "\t\treturn 0;\n"
			   "\tif (b > 50)\n"
			   "\t\treturn 0;\n"
			   "\tp->data[a + b] = 1;\n"
			   "}\n";

/* Both checks have the line of the one before them, and each its own number. */
TEST(both_checks_of_a_sum_are_named_where_they_stand)
{
	static const char log[] =
		"0: R1=ctx() R10=fp0\n"
		"; __u32 a = ctx->a, b = ctx->b; @ x.bpf.c:4\n"
		"0: (79) r7 = *(u64 *)(r1 +0)          ; R1=ctx() R7=scalar()\n"
		"1: (79) r6 = *(u64 *)(r1 +8)          ; R1=ctx() R6=scalar()\n"
		"; struct v *p = lookup(&m); @ x.bpf.c:3\n"
		"2: (18) r1 = 0xffff888104868600       ; R1=map_ptr(map=m,ks=4,vs=100)\n"
		"4: (85) call bpf_map_lookup_elem#1    ; "
		"R0=map_value_or_null(id=1,map=m,ks=4,vs=100)\n"
		"; if (!p) @ x.bpf.c:6\n"
		"5: (15) if r0 == 0x0 goto pc+9        ; R0=map_value(map=m,ks=4,vs=100)\n"
		"6: (26) if w7 > 0x3c goto pc+8        ; "
		"R7=scalar(smax=0x7fffffff0000003c,umax=0xffffffff0000003c,smin32=0,smax32=umax32=60)"
		"\n"
		"7: (26) if w6 > 0x32 goto pc+7        ; "
		"R6=scalar(smax=0x7fffffff00000032,umax=0xffffffff00000032,smin32=0,smax32=umax32=50)"
		"\n"
		"; p->data[a + b] = 1; @ x.bpf.c:12\n"
		"8: (0c) w6 += w7                      ; R6=scalar(smin=0,smax=umax=110) "
		"R7=scalar(smin32=0,smax32=umax32=60)\n"
		"9: (0f) r0 += r6                      ; "
		"R0=map_value(map=m,ks=4,vs=100,smin=0,smax=umax=110) R6=scalar(smin=0,smax=umax=110)"
		"\n"
		"10: (73) *(u8 *)(r0 +0) = r1\n"
		"invalid access to map value, value_size=100 off=110 size=1\n"
		"R0 max value is outside of the allowed memory range\n" END;

	check(log, sums, 8, "`a` in 0..60");
	check(log, sums, 10, "`b` in 0..50");
}

/* Of an index that a loop counts up a compiler makes a pointer. */
TEST(a_pointer_that_a_loop_moves_is_told)
{
	static const char source[] = "int f(void *ctx)\n{\n\tint *p = table;\n\n"
				     "\tfor (;;) {\n\t\tp[n] = 1;\n\t\tn++;\n\t}\n}\n";
	static const char log[] =
		"0: R1=ctx() R10=fp0\n"
		"; int *p = table; @ x.bpf.c:3\n"
		"0: (18) r6 = 0xffffc90001df6000       ; R6=map_value(map=x.bss,ks=4,vs=8)\n"
		"; p[n] = 1; @ x.bpf.c:6\n"
		"2: (63) *(u32 *)(r6 +0) = r1          ; R6=map_value(map=x.bss,ks=4,vs=8)\n"
		"; n++; @ x.bpf.c:7\n"
		"3: (07) r6 += 4                       ; R6=map_value(map=x.bss,ks=4,vs=8,off=4)\n"
		"4: (05) goto pc-3\n"
		"; p[n] = 1; @ x.bpf.c:6\n"
		"2: (63) *(u32 *)(r6 +0) = r1          ; R6=map_value(map=x.bss,ks=4,vs=8,off=4)\n"
		"; n++; @ x.bpf.c:7\n"
		"3: (07) r6 += 4                       ; R6=map_value(map=x.bss,ks=4,vs=8,off=8)\n"
		"4: (05) goto pc-3\n"
		"; p[n] = 1; @ x.bpf.c:6\n"
		"2: (63) *(u32 *)(r6 +0) = r1\n"
		"invalid access to map value, value_size=8 off=8 size=4\n"
		"R6 min value is outside of the allowed memory range\n" END;

	check(log, source, 7, "moved by 4 here, 2 times");
}
