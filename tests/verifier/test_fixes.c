/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Fixes as edits of the source: where they go, what they say, and when there are none. */
#include "fixed.h"

#include "verifier/c/c_variable.h"
#include "verifier/fix/change.h"

#define LOOKUP                                                                                     \
	"0: R1=ctx() R10=fp0\n"                                                                    \
	"; v = bpf_map_lookup_elem(&m, &key); @ x.bpf.c:4\n"                                       \
	"1: (85) call bpf_map_lookup_elem#1 ; R0=map_value_or_null(id=1,map=m,ks=4,vs=8)\n"
#define DEREFERENCE                                                                                \
	"2: (79) r1 = *(u64 *)(r0 +0)\n"                                                           \
	"R0 invalid mem access 'map_value_or_null'\n" END

static const char null_log[] = LOOKUP "; v->n++; @ x.bpf.c:5\n" DEREFERENCE;
static const char null_source[] = "SEC(\"tc\") int f(struct __sk_buff *skb)\n"
				  "{\n"
				  "\tstruct v *v;\n"
				  "\tv = bpf_map_lookup_elem(&m, &key);\n"
				  "\tv->n++;\n"
				  "\treturn 0;\n"
				  "}\n";

TEST(a_check_is_put_behind_the_assignment)
{
	assert_fixed(null_log, null_source,
		     "SEC(\"tc\") int f(struct __sk_buff *skb)\n"
		     "{\n"
		     "\tstruct v *v;\n"
		     "\tv = bpf_map_lookup_elem(&m, &key);\n"
		     "\tif (!v)\n"
		     "\t\treturn 0;\n"
		     "\tv->n++;\n"
		     "\treturn 0;\n"
		     "}\n");
}

TEST(a_body_without_braces_gets_them)
{
	static const char log[] = LOOKUP "; v->n++; /* here */ @ x.bpf.c:6\n" DEREFERENCE;

	/* Assigned twice: the check stands before the use. */
	assert_fixed(log,
		     "int f(void *ctx)\n"
		     "{\n"
		     "  struct v *v = bpf_map_lookup_elem(&m, &zero);\n"
		     "  v = bpf_map_lookup_elem(&m, &key);\n"
		     "  if (key)\n"
		     "    v->n++; /* here */\n"
		     "  return -1;\n"
		     "}\n",
		     "int f(void *ctx)\n"
		     "{\n"
		     "  struct v *v = bpf_map_lookup_elem(&m, &zero);\n"
		     "  v = bpf_map_lookup_elem(&m, &key);\n"
		     "  if (key) {\n"
		     "    if (!v)\n"
		     "        return -1;\n"
		     "    v->n++; /* here */\n"
		     "  }\n"
		     "  return -1;\n"
		     "}\n");
}

TEST(a_check_the_wrong_way_round_is_turned)
{
	static const char log[] = LOOKUP "; v->n++; @ x.bpf.c:7\n" DEREFERENCE;

	assert_fixed(log,
		     "int f(void *ctx)\n{\n\tstruct v *v;\n"
		     "\tv = bpf_map_lookup_elem(&m, &key);\n"
		     "\tif (v)\n\t\treturn 0;\n\tv->n++;\n\treturn 0;\n}\n",
		     "int f(void *ctx)\n{\n\tstruct v *v;\n"
		     "\tv = bpf_map_lookup_elem(&m, &key);\n"
		     "\tif (!v)\n\t\treturn 0;\n\tv->n++;\n\treturn 0;\n}\n");
}

TEST(what_is_held_is_given_back_before_a_return)
{
	static const char log[] =
		"0: R1=ctx() R10=fp0\n"
		"; e = bpf_ringbuf_reserve(&r, 8, 0); @ x.bpf.c:4\n"
		"1: (85) call bpf_ringbuf_reserve#131 ; "
		"R0=ringbuf_mem_or_null(id=2,ref_obj_id=2,sz=8) refs=2\n"
		"; if (!e) @ x.bpf.c:5\n"
		"2: (15) if r0 == 0x0 goto pc+9 ; R0=ringbuf_mem(ref_obj_id=2,sz=8) refs=2\n"
		"3: (bf) r6 = r0 ; R6=ringbuf_mem(ref_obj_id=2,sz=8) refs=2\n"
		"; v = bpf_map_lookup_elem(&m, &key); @ x.bpf.c:7\n"
		"4: (85) call bpf_map_lookup_elem#1 ; "
		"R0=map_value_or_null(id=3,map=m,ks=4,vs=8) refs=2\n"
		"; e->n = v->n; @ x.bpf.c:8\n"
		"5: (79) r1 = *(u64 *)(r0 +0)\n"
		"R0 invalid mem access 'map_value_or_null'\n" END;

	assert_fixed(log,
		     "int f(void *ctx)\n{\n\tstruct e *e; struct v *v;\n"
		     "\te = bpf_ringbuf_reserve(&r, 8, 0);\n\tif (!e)\n\t\treturn 0;\n"
		     "\tv = bpf_map_lookup_elem(&m, &key);\n\te->n = v->n;\n"
		     "\tbpf_ringbuf_submit(e, 0);\n\treturn 0;\n}\n",
		     "int f(void *ctx)\n{\n\tstruct e *e; struct v *v;\n"
		     "\te = bpf_ringbuf_reserve(&r, 8, 0);\n\tif (!e)\n\t\treturn 0;\n"
		     "\tv = bpf_map_lookup_elem(&m, &key);\n"
		     "\tif (!v) {\n\t\tbpf_ringbuf_discard(e, 0);\n\t\treturn 0;\n\t}\n"
		     "\te->n = v->n;\n"
		     "\tbpf_ringbuf_submit(e, 0);\n\treturn 0;\n}\n");
}

TEST(each_leaking_return_gives_back)
{
	static const char log[] =
		"0: R1=ctx() R10=fp0\n"
		"; sk = bpf_sk_lookup_tcp(skb, &t, 12, -1, 0); @ x.bpf.c:3\n"
		"1: (85) call bpf_sk_lookup_tcp#84 ; R0=sock_or_null(id=2,ref_obj_id=2) refs=2\n"
		"; if (!sk) @ x.bpf.c:4\n"
		"2: (15) if r0 == 0x0 goto pc+3 ; R0=sock(ref_obj_id=2) refs=2\n"
		"; } @ x.bpf.c:10\n"
		"3: (95) exit\n"
		"Unreleased reference id=2 alloc_insn=1\n" END;

	assert_fixed(log,
		     "int f(struct __sk_buff *skb) {\n"
		     "\tstruct bpf_sock *sk;\n\tsk = bpf_sk_lookup_tcp(skb, &t, 12, -1, 0);\n"
		     "\tif (!sk)\n\t\treturn 0;\n\tif (sk->mark)\n\t\treturn 1;\n"
		     "\tbpf_sk_release(sk);\n\treturn 0;\n}\n",
		     "int f(struct __sk_buff *skb) {\n"
		     "\tstruct bpf_sock *sk;\n\tsk = bpf_sk_lookup_tcp(skb, &t, 12, -1, 0);\n"
		     "\tif (!sk)\n\t\treturn 0;\n\tif (sk->mark) {\n\t\tbpf_sk_release(sk);\n"
		     "\t\treturn 1;\n\t}\n"
		     "\tbpf_sk_release(sk);\n\treturn 0;\n}\n");
}

#define PACKET(line, text)                                                                         \
	"0: R1=ctx() R10=fp0\n"                                                                    \
	"1: (61) r1 = *(u32 *)(r1 +0) ; R1=pkt(r=0)\n"                                             \
	"; " text " @ x.bpf.c:" line "\n"                                                          \
	"2: (71) r0 = *(u8 *)(r1 +9)\n"                                                            \
	"invalid access to packet, off=9 size=1, R1(id=0,off=9,r=0)\n"                             \
	"R1 offset is outside of the packet\n" END

TEST(a_packet_is_compared_with_its_end)
{
	assert_fixed(PACKET("5", "return ip->protocol;"),
		     "SEC(\"xdp\")\nint f(struct xdp_md *ctx)\n{\n"
		     "\tstruct iphdr *ip = (void *)(long)ctx->data;\n"
		     "\treturn ip->protocol;\n}\n",
		     "SEC(\"xdp\")\nint f(struct xdp_md *ctx)\n{\n"
		     "\tstruct iphdr *ip = (void *)(long)ctx->data;\n"
		     "\tvoid *data_end = (void *)(long)ctx->data_end;\n"
		     "\tif ((void *)(ip + 1) > data_end)\n\t\treturn XDP_PASS;\n"
		     "\treturn ip->protocol;\n}\n");
}

#define INDEX(line, text)                                                                          \
	"0: R1=ctx() R10=fp0\n"                                                                    \
	"1: (0f) r0 += r1 ; R0=map_value(map=m,ks=4,vs=64,umax=1020,var_off=(0x0; 0x3fc))\n"       \
	"; " text " @ x.bpf.c:" line "\n"                                                          \
	"2: (61) r1 = *(u32 *)(r0 +0)\n"                                                           \
	"invalid access to map value, value_size=64 off=1020 size=4\n"                             \
	"R0 max value is outside of the allowed memory range\n" END

TEST(an_index_is_checked_as_the_array_is_declared)
{
	assert_fixed(INDEX("4", "n += v->slots[i];"),
		     "struct v { __u32 slots[SLOTS]; };\n"
		     "static __always_inline int f(struct v *v, __u32 i)\n{\n"
		     "\tn += v->slots[i];\n\treturn 0;\n}\n",
		     "struct v { __u32 slots[SLOTS]; };\n"
		     "static __always_inline int f(struct v *v, __u32 i)\n{\n"
		     "\tif (i >= SLOTS)\n\t\treturn 0;\n"
		     "\tn += v->slots[i];\n\treturn 0;\n}\n");
}

TEST(a_comparison_that_is_off_by_one_is_corrected)
{
	assert_fixed(INDEX("5", "n += v->slots[i];"),
		     "struct v { __u32 slots[16]; };\n"
		     "static __always_inline int f(struct v *v, __u32 i)\n{\n"
		     "\tif (i <= 16)\n\t\tn += v->slots[i];\n\treturn 0;\n}\n",
		     "struct v { __u32 slots[16]; };\n"
		     "static __always_inline int f(struct v *v, __u32 i)\n{\n"
		     "\tif (i < 16)\n\t\tn += v->slots[i];\n\treturn 0;\n}\n");
}

TEST(a_signed_index_is_copied_before_it_is_checked)
{
	assert_fixed(INDEX("5", "n += v->slots[i];"),
		     "struct v { __u32 slots[16]; };\n"
		     "static __always_inline int f(struct v *v, int i)\n{\n"
		     "\tswitch (n) { case 1:\n\tn += v->slots[i];\n\t}\n\treturn 0;\n}\n",
		     "struct v { __u32 slots[16]; };\n"
		     "static __always_inline int f(struct v *v, int i)\n{\n"
		     "\tswitch (n) { case 1:\n\t;\n\t__u64 index = i;\n\n"
		     "\tif (index >= 16)\n\t\treturn 0;\n"
		     "\tn += v->slots[index];\n\t}\n\treturn 0;\n}\n");
}

TEST(a_source_that_has_changed_is_left_alone)
{
	assert_not_placed(null_log, "int f(void *ctx)\n{\n\tstruct v *v;\n"
				    "\tv = bpf_map_lookup_elem(&m, &key);\n\tv->m++;\n}\n");
	assert_not_placed(null_log, "int f(void)\n{\n");
	/* In a macro there is no statement. */
	assert_not_placed(null_log, "#define F(v) \\\n\tdo { \\\n\t\\\n"
				    "v = bpf_map_lookup_elem(&m, &key); \\\nv->n++;\n");
}

TEST(names_of_files_do_not_lead_to_what_is_no_source)
{
	static const char *const files[] = { "/dev/zero", "/dev/null", "/tmp", "/nowhere/x.c",
					     "/proc/self/mem" };
	char log[1024];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(log, sizeof(log), "%s; v->n++; @ %s:5\n%s", LOOKUP, files[i], DEREFERENCE);
		assert_not_placed(log, "\n");
	}
}

TEST(sources_that_are_no_c_are_survived)
{
	static const char *const sources[] = {
		"",
		"{",
		"}",
		"((((((",
		"int f(",
		"int f() {",
		"int f() { if",
		"int f() { if (",
		"int f() { for (;;",
		"int f() { else",
		"int f() { do",
		"int f() { x = {",
		"int f() { case",
		"int f() { \"",
		"/*",
		"//",
		"#define \\",
		"int f() { '\\",
		"int f(){{{{{{{{{{{{{{{{{{{{{{{{{",
		"int f() { a[",
		"SEC(\"",
		"SEC(\"x\") int f(){",
	};

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		struct skep_cvariable v;
		struct skep_cfunction f;
		struct skep_cbody body;
		struct skep_ctext c;
		size_t at = 0;

		assert_ok(skep_ctext_of(&c, skep_span_of(sources[i])));
		while (skep_cfunction_next(&c, &at, &f)) {
			skep_cbody_parse(&c, &f, &body);
			skep_cvariable_find(&c, &f, &body, SPAN("a"), c.length, &v);
			skep_cbody_free(&body);
		}
		skep_cvariable_global(&c, SPAN("x"), &v);
		skep_ctext_free(&c);
	}
}

TEST(deep_nesting_is_given_up)
{
	static char source[20000] = "int f(void)\n{\n";
	struct skep_cfunction f;
	struct skep_cbody body;
	struct skep_ctext c;
	size_t at = 0;

	for (size_t i = strlen(source); i < sizeof(source) - 1; i++)
		source[i] = '{';
	assert_ok(skep_ctext_of(&c, skep_span_of(source)));
	assert_true(skep_cfunction_next(&c, &at, &f));
	skep_cbody_parse(&c, &f, &body);
	assert_true(body.failed);
	skep_cbody_free(&body);
	skep_ctext_free(&c);
}

TEST(declarations_are_read)
{
	static const char source[] =
		"static const struct hist empty, *last[7] = { 0 };\n"
		"struct { __uint(type, X); } m SEC(\".maps\");\n"
		"int BPF_PROG(f, struct task_struct *task, __u32 n)\n"
		"{\n\tunsigned long a, b = n + 1;\n\tfor (int i = 0; i < 3; i++)\n"
		"\t\ta = b * i;\n\treturn a;\n}\n";
	struct skep_cvariable v;
	struct skep_cfunction f;
	struct skep_cbody body;
	struct skep_ctext c;
	size_t at = 0;

	assert_ok(skep_ctext_of(&c, skep_span_of(source)));
	assert_true(skep_cfunction_next(&c, &at, &f));
	assert_true(skep_span_is(f.name, SPAN("f")));
	skep_cbody_parse(&c, &f, &body);
	assert_true(skep_cvariable_find(&c, &f, &body, SPAN("b"), c.length, &v));
	assert_true(skep_cvariable_is_unsigned(&v) && !v.alone && v.init != SKEP_NOWHERE);
	assert_true(skep_cvariable_find(&c, &f, &body, SPAN("i"), c.length, &v));
	assert_true(skep_cvariable_is_number(&v) && !skep_cvariable_is_unsigned(&v));
	assert_true(skep_cvariable_find(&c, &f, &body, SPAN("task"), c.length, &v));
	assert_int_equal(v.place, SKEP_C_PARAMETER);
	assert_int_equal(v.stars, 1);
	assert_true(skep_cvariable_find(&c, &f, &body, SPAN("last"), c.length, &v));
	assert_true(v.array && skep_span_is(v.dimension, SPAN("7")));
	assert_true(skep_cvariable_global(&c, SPAN("m"), &v));
	assert_false(skep_cvariable_find(&c, &f, &body, SPAN("nothing"), c.length, &v));
	skep_cbody_free(&body);
	skep_ctext_free(&c);
}

TEST(a_patch_names_hunks_as_patch_wants_them)
{
	static const char source[] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13";
	static const struct skep_edit edits[] = { { "x", 2, 0, "new\n" },
						  { "x", 13, 1, "thirteen\n" } };
	struct skep_arena arena = { 0 };
	struct skep_ctext c;

	assert_ok(skep_ctext_of(&c, skep_span_of(source)));
	assert_string_equal(skep_edits_diff(edits, 2, &c, "x.c", &arena),
			    "--- x.c\n+++ x.c\n@@ -1,4 +1,5 @@\n 1\n+new\n 2\n 3\n 4\n"
			    "@@ -10,4 +11,4 @@\n 10\n 11\n 12\n-13\n"
			    "\\ No newline at end of file\n+thirteen\n");
	skep_ctext_free(&c);
	skep_arena_free(&arena);
}

TEST(a_jump_past_the_release_gives_back)
{
	static const char log[] = "0: R1=ctx() R10=fp0\n"
				  "; e = bpf_ringbuf_reserve(&r, 8, 0); @ x.bpf.c:3\n"
				  "1: (85) call bpf_ringbuf_reserve#131 ; "
				  "R0=ringbuf_mem_or_null(id=2,ref_obj_id=2,sz=8) refs=2\n"
				  "; } @ x.bpf.c:11\n"
				  "2: (95) exit\n"
				  "Unreleased reference id=2 alloc_insn=1\n" END;

	assert_fixed(log,
		     "int f(void *ctx) {\n\tstruct e *e;\n"
		     "\te = bpf_ringbuf_reserve(&r, 8, 0);\n\tif (!e)\n\t\treturn 0;\n"
		     "\tif (n)\n\t\tgoto out;\n\tbpf_ringbuf_submit(e, 0);\nout:\n\treturn 0;\n}\n",
		     "int f(void *ctx) {\n\tstruct e *e;\n"
		     "\te = bpf_ringbuf_reserve(&r, 8, 0);\n\tif (!e)\n\t\treturn 0;\n"
		     "\tif (n) {\n\t\tbpf_ringbuf_discard(e, 0);\n\t\tgoto out;\n\t}\n"
		     "\tbpf_ringbuf_submit(e, 0);\nout:\n\treturn 0;\n}\n");
}

TEST(an_else_if_gets_braces_of_its_own)
{
	assert_fixed(INDEX("6", "else if (v->slots[v->at])"),
		     "struct v { __u32 slots[16]; int at; };\n"
		     "static int f(struct v *v)\n{\n"
		     "\tif (n)\n\t\tn++;\n\telse if (v->slots[v->at])\n\t\tn--;\n\treturn 0;\n}\n",
		     "struct v { __u32 slots[16]; int at; };\n"
		     "static int f(struct v *v)\n{\n"
		     "\tif (n)\n\t\tn++;\n\telse {\n\t\t__u64 index = v->at;\n\n"
		     "\t\tif (index >= 16)\n\t\t\treturn 0;\n"
		     "\t\tif (v->slots[index])\n\t\tn--;\n\t}\n\treturn 0;\n}\n");
}
