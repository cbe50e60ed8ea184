/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Fixes that correct what the program has, instead of one more check behind it. */
#include "fixed.h"

#define INDEX(line, text)                                                                          \
	"0: R1=ctx() R10=fp0\n"                                                                    \
	"1: (0f) r0 += r1 ; R0=map_value(map=m,ks=4,vs=64,umax=1020,var_off=(0x0; 0x3fc))\n"       \
	"; " text " @ x.bpf.c:" line "\n"                                                          \
	"2: (61) r1 = *(u32 *)(r0 +0)\n"                                                           \
	"invalid access to map value, value_size=64 off=1020 size=4\n"                             \
	"R0 max value is outside of the allowed memory range\n" END

#define SLOTS_OF(body)                                                                             \
	"struct v { __u32 slots[SLOTS]; };\n#define SLOTS 16 /* a power of two */\n"               \
	"static __always_inline int f(struct v *v, __u32 i)\n{\n" body "\treturn 0;\n}\n"

static void assert_index_fixed(const char *body, const char *wanted)
{
	char source[1024], fixed[1024], log[1024];
	int line = 5;

	for (const char *at = body; *at; at++)
		line += *at == '\n';
	snprintf(log, sizeof(log), INDEX("%d", "n += v->slots[i];"), line);
	snprintf(source, sizeof(source),
		 SLOTS_OF("%s"
			  "\tn += v->slots[i];\n"),
		 body);
	snprintf(fixed, sizeof(fixed),
		 SLOTS_OF("%s"
			  "\tn += v->slots[i];\n"),
		 wanted);
	assert_fixed(log, source, fixed);
}

TEST(a_clamp_that_is_too_large_is_corrected)
{
	assert_index_fixed("\tif (i > 64)\n\t\ti = 64;\n",
			   "\tif (i >= SLOTS)\n\t\ti = SLOTS - 1;\n");
	assert_index_fixed("\tif (i > SLOTS)\n\t\ti = SLOTS;\n",
			   "\tif (i >= SLOTS)\n\t\ti = SLOTS - 1;\n");
	/* Only what is assigned is wrong. */
	assert_index_fixed("\tif (i >= SLOTS)\n\t\ti = SLOTS;\n",
			   "\tif (i >= SLOTS)\n\t\ti = SLOTS - 1;\n");
	assert_index_fixed("\tif (i > SLOTS * 2)\n\t\treturn 0;\n",
			   "\tif (i >= SLOTS)\n\t\treturn 0;\n");
}

TEST(a_check_that_lets_too_much_through_is_corrected)
{
	assert_index_fixed("\tif (i > 32)\n\t\treturn -1;\n",
			   "\tif (i >= SLOTS)\n\t\treturn -1;\n");
	assert_index_fixed("\tif (!v || i > (1 << 5))\n\t\treturn -1;\n",
			   "\tif (!v || i >= SLOTS)\n\t\treturn -1;\n");
}

TEST(a_mask_that_is_too_wide_is_corrected)
{
	assert_index_fixed("\ti &= 31;\n\tn = 0;\n", "\ti &= (SLOTS - 1);\n\tn = 0;\n");
	assert_index_fixed("\ti = hash(v) & 0x1f;\n\tn = 0;\n",
			   "\ti = hash(v) & (SLOTS - 1);\n\tn = 0;\n");
}

/* What says something else, or is changed again, is not the bound. */
TEST(what_is_no_bound_of_it_is_left_alone)
{
	static const char check[] = "\tif (i >= SLOTS)\n\t\treturn 0;\n";
	static const char *const bodies[] = {
		"\tif (i > 64)\n\t\tn = 64;\n",
		"\tif (v->i > 64)\n\t\treturn 0;\n",
		"\tif (i + n > 64)\n\t\treturn 0;\n",
		"\tif (n && i > 64)\n\t\treturn 0;\n",
		"\tif (i > n)\n\t\treturn 0;\n",
		"\ti &= 31;\n\ti += 40;\n",
		"\ti &= 30;\n\tn = 0;\n",
		"\tif (i < 64)\n\t\treturn 0;\n",
	};

	for (size_t k = 0; k < sizeof(bodies) / sizeof(bodies[0]); k++) {
		char wanted[256];

		snprintf(wanted, sizeof(wanted), "%s%s", bodies[k], check);
		assert_index_fixed(bodies[k], wanted);
	}
}

TEST(a_signed_index_is_asked_for_its_sign_where_it_is_checked)
{
	assert_fixed(
		"0: R1=ctx() R10=fp0\n"
		"; n += v->slots[i]; @ x.bpf.c:6\n"
		"1: (0f) r0 += r1 ; "
		"R0=map_value(map=m,ks=4,vs=64,smin=-2147483648,smax=15)\n"
		"2: (61) r1 = *(u32 *)(r0 +0)\n"
		"R0 min value is negative, either use unsigned index or do a if (index >=0) "
		"check.\n" END,
		"struct v { __u32 slots[16]; };\n"
		"static __always_inline int f(struct v *v, int i)\n{\n"
		"\tif (i > 15)\n\t\treturn 0;\n\tn += v->slots[i];\n\treturn 0;\n}\n",
		"struct v { __u32 slots[16]; };\n"
		"static __always_inline int f(struct v *v, int i)\n{\n"
		"\tif (i < 0 || i > 15)\n\t\treturn 0;\n\tn += v->slots[i];\n\treturn 0;\n}\n");
}

TEST(a_length_that_may_be_zero_is_asked_for_that_only)
{
	assert_fixed("0: R1=ctx() R10=fp0\n"
		     "1: (bf) r1 = r7 ; R1=map_value(map=m,ks=4,vs=256)\n"
		     "2: (bc) w2 = w0 ; R2=scalar(smin=0,smax=umax=127,var_off=(0x0; 0x7f))\n"
		     "; return bpf_trace_printk(buffer, size); @ x.bpf.c:3\n"
		     "3: (85) call bpf_trace_printk#6\n"
		     "R2 invalid zero-sized read: u64=[0,127]\n" END,
		     "int f(char *buffer, __u32 size)\n{\n"
		     "\treturn bpf_trace_printk(buffer, size);\n}\n",
		     "int f(char *buffer, __u32 size)\n{\n"
		     "\tasm volatile(\"\" : \"+r\"(size));\n\tif (!size)\n\t\treturn 0;\n"
		     "\treturn bpf_trace_printk(buffer, size);\n}\n");
}

#define RESERVED                                                                                   \
	"0: R1=ctx() R10=fp0\n"                                                                    \
	"; e = bpf_ringbuf_reserve(&rb, 8, 0); @ x.bpf.c:4\n"                                      \
	"1: (85) call bpf_ringbuf_reserve#131 ; R0=ringbuf_mem(ref_obj_id=2,sz=8) refs=2\n"        \
	"2: (bf) r6 = r0 ; R6=ringbuf_mem(ref_obj_id=2,sz=8) refs=2\n"
#define GIVEN_TWICE(first, second)                                                                 \
	"; bpf_ringbuf_discard(e, 0); @ x.bpf.c:" first "\n"                                       \
	"3: (bf) r1 = r6 ; R1=ringbuf_mem(ref_obj_id=2,sz=8) refs=2\n"                             \
	"4: (85) call bpf_ringbuf_discard#133 ;\n"                                                 \
	"; bpf_ringbuf_submit(e, 0); @ x.bpf.c:" second "\n"                                       \
	"5: (bf) r1 = r6 ; R1=scalar(id=3) R6=scalar(id=3)\n"                                      \
	"6: (85) call bpf_ringbuf_submit#132\n"                                                    \
	"R1 type=scalar expected=ringbuf_mem\n" END

TEST(a_branch_that_gives_it_back_ends_there)
{
	assert_fixed(RESERVED GIVEN_TWICE("8", "9"),
		     "int f(void *ctx)\n{\n\tlong *e;\n"
		     "\te = bpf_ringbuf_reserve(&rb, 8, 0);\n\tif (!x)\n\t\treturn 0;\n\tif (x)\n"
		     "\t\tbpf_ringbuf_discard(e, 0);\n"
		     "\tbpf_ringbuf_submit(e, 0);\n\treturn 0;\n}\n",
		     "int f(void *ctx)\n{\n\tlong *e;\n"
		     "\te = bpf_ringbuf_reserve(&rb, 8, 0);\n\tif (!x)\n\t\treturn 0;\n\tif (x) {\n"
		     "\t\tbpf_ringbuf_discard(e, 0);\n\t\treturn 0;\n\t}\n"
		     "\tbpf_ringbuf_submit(e, 0);\n\treturn 0;\n}\n");
}

TEST(what_is_given_back_twice_on_every_way_is_so_once)
{
	assert_fixed(RESERVED GIVEN_TWICE("5", "6"),
		     "int f(void *ctx)\n{\n\tlong *e;\n"
		     "\te = bpf_ringbuf_reserve(&rb, 8, 0);\n"
		     "\tbpf_ringbuf_discard(e, 0);\n"
		     "\tbpf_ringbuf_submit(e, 0);\n\treturn 0;\n}\n",
		     "int f(void *ctx)\n{\n\tlong *e;\n"
		     "\te = bpf_ringbuf_reserve(&rb, 8, 0);\n"
		     "\tbpf_ringbuf_discard(e, 0);\n\treturn 0;\n}\n");
	assert_fixed(RESERVED GIVEN_TWICE("5", "7"),
		     "int f(void *ctx)\n{\n\tlong *e;\n"
		     "\te = bpf_ringbuf_reserve(&rb, 8, 0);\n"
		     "\tbpf_ringbuf_discard(e, 0);\n\tif (x > 3)\n"
		     "\t\tbpf_ringbuf_submit(e, 0);\n\treturn 0;\n}\n",
		     "int f(void *ctx)\n{\n\tlong *e;\n"
		     "\te = bpf_ringbuf_reserve(&rb, 8, 0);\n"
		     "\tbpf_ringbuf_discard(e, 0);\n\treturn 0;\n}\n");
}

#define LOOKUP(line)                                                                               \
	"0: R1=ctx() R10=fp0\n"                                                                    \
	"; v = bpf_map_lookup_elem(&m, &key); @ x.bpf.c:" line "\n"                                \
	"1: (85) call bpf_map_lookup_elem#1 ; R0=map_value_or_null(id=1,map=m,ks=4,vs=8)\n"
#define READ                                                                                       \
	"2: (79) r1 = *(u64 *)(r0 +0)\n"                                                           \
	"R0 invalid mem access 'map_value_or_null'\n" END

TEST(lines_end_as_the_file_ends_them)
{
	assert_fixed(LOOKUP("4") "; v->n++; @ x.bpf.c:5\n" READ,
		     "int f(void *ctx)\r\n{\r\n\tstruct v *v;\r\n"
		     "\tv = bpf_map_lookup_elem(&m, &key);\r\n\tv->n++;\r\n\treturn 0;\r\n}\r\n",
		     "int f(void *ctx)\r\n{\r\n\tstruct v *v;\r\n"
		     "\tv = bpf_map_lookup_elem(&m, &key);\r\n\tif (!v)\r\n\t\treturn 0;\r\n"
		     "\tv->n++;\r\n\treturn 0;\r\n}\r\n");
}

/* The refused line is as it was, another on the way is not. */
TEST(another_version_of_the_source_is_not_changed)
{
	static const char log[] = LOOKUP("4") "; v->n++; @ x.bpf.c:5\n" READ;

	assert_not_placed(log, "int f(void *ctx)\n{\n\tstruct v *v;\n"
			       "\tv = bpf_map_lookup_elem(&m, &keys[1]);\n\tv->n++;\n"
			       "\treturn 0;\n}\n");
}

TEST(a_check_of_another_pointer_was_meant_for_this_one)
{
	assert_fixed(LOOKUP("7") "; v->n++; @ x.bpf.c:10\n" READ,
		     "int f(void *ctx)\n{\n\tstruct v *v, *u;\n"
		     "\tu = bpf_map_lookup_elem(&m, &one);\n"
		     "\tif (!u)\n\t\treturn 0;\n\tv = bpf_map_lookup_elem(&m, &key);\n"
		     "\tif (!u)\n\t\treturn 0;\n\tv->n++;\n\treturn 0;\n}\n",
		     "int f(void *ctx)\n{\n\tstruct v *v, *u;\n"
		     "\tu = bpf_map_lookup_elem(&m, &one);\n"
		     "\tif (!u)\n\t\treturn 0;\n\tv = bpf_map_lookup_elem(&m, &key);\n"
		     "\tif (!v)\n\t\treturn 0;\n\tv->n++;\n\treturn 0;\n}\n");
}

/* Leaving where there is none yet would never find one. */
TEST(the_first_of_a_loop_is_the_best_so_far)
{
	assert_fixed("0: R1=ctx() R10=fp0\n"
		     "; struct v *v, *best = 0; @ x.bpf.c:3\n1: (b7) r6 = 0 ; R6=0\n"
		     "; if (v->n < best->n) @ x.bpf.c:7\n2: (79) r1 = *(u64 *)(r6 +0)\n"
		     "R6 invalid mem access 'map_value_or_null'\n" END,
		     "int f(void)\n{\n\tstruct v *v, *best = 0;\n\n"
		     "\tfor (int i = 0; i < 4; i++) {\n\t\tv = at(i);\n"
		     "\t\tif (v->n < best->n)\n\t\t\tbest = v;\n\t}\n\treturn best->n;\n}\n",
		     "int f(void)\n{\n\tstruct v *v, *best = 0;\n\n"
		     "\tfor (int i = 0; i < 4; i++) {\n\t\tv = at(i);\n"
		     "\t\tif (!best || v->n < best->n)\n\t\t\tbest = v;\n\t}\n"
		     "\treturn best->n;\n}\n");
}

/* As the other checks of the loop leave it. */
TEST(a_check_in_a_loop_leaves_as_the_loop_does)
{
	assert_fixed(LOOKUP("7") "; v->n++; @ x.bpf.c:8\n" READ,
		     "int f(void *ctx)\n{\n\tstruct v *v;\n\tfor (;;) {\n"
		     "\t\tif (stop)\n\t\t\tbreak;\n"
		     "\t\tv = bpf_map_lookup_elem(&m, &key);\n\t\tv->n++;\n\t}\n"
		     "\treturn 0;\n}\n",
		     "int f(void *ctx)\n{\n\tstruct v *v;\n\tfor (;;) {\n"
		     "\t\tif (stop)\n\t\t\tbreak;\n"
		     "\t\tv = bpf_map_lookup_elem(&m, &key);\n"
		     "\t\tif (!v)\n\t\t\tbreak;\n\t\tv->n++;\n\t}\n"
		     "\treturn 0;\n}\n");
}

TEST(all_that_needs_the_pointer_is_left_out)
{
	static const char log[] = LOOKUP("5") "; v->n++; @ x.bpf.c:6\n" READ;
	static const char source[] = "int f(void *ctx)\n{\n\tstruct v *v;\n"
				     "\tv = bpf_map_lookup_elem(&m, &zero);\n"
				     "\tv = bpf_map_lookup_elem(&m, &key);\n\tv->n++;\n"
				     "\tx = 1;\n\tv->m++;\n\treturn 0;\n}\n";
	struct skep_explanation *explanation = explain(log, source);
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);
	char made[1024] = "";

	assert_true(d->fix_count > 1);
	assert_int_equal(d->fixes[1].applicability, SKEP_FIX_SUGGESTION);
	apply(source, &d->fixes[1], made, sizeof(made));
	assert_non_null(strstr(made, "\tif (v) {\n\t\tv->n++;\n\t\tx = 1;\n\t\tv->m++;\n\t}\n"
				     "\treturn 0;\n"));
	/* What goes stands before what comes. */
	assert_non_null(strstr(d->fixes[1].patch, "-\tv->m++;\n+\tif (v) {\n"));
	skep_explanation_free(explanation);
}

#define RETURNS(line, text, range)                                                                 \
	"0: R1=ctx() R10=fp0\n; " text " @ x.bpf.c:" line                                          \
	"\n1: (b7) r0 = 9 ; R0=9\n2: (95) exit\n"                                                  \
	"At program exit the register R0 has smin=9 smax=9 should have been in " range "\n" END

static void assert_returned(const char *range, const char *value, const char *wanted)
{
	char log[1024], source[512], fixed[512];

	snprintf(log, sizeof(log), RETURNS("3", "return %s;", "%s"), value, range);
	snprintf(source, sizeof(source),
		 "SEC(\"cgroup_skb/egress\") int f(void *ctx)\n{\n\treturn %s;\n}\n", value);
	snprintf(fixed, sizeof(fixed),
		 "SEC(\"cgroup_skb/egress\") int f(void *ctx)\n{\n\treturn %s;\n}\n", wanted);
	assert_fixed(log, source, fixed);
}

TEST(a_number_that_is_not_allowed_becomes_what_was_meant)
{
	assert_returned("[0, 1]", "-EPERM", "0");
	assert_returned("[0, 1]", "TC_ACT_STOLEN", "0");
	assert_returned("[0, 3]", "XDP_REDIRECT", "1");
	assert_returned("[0, 1]", "5", "1");
	assert_returned("[0, 1]", "x ? 1 : 5", "x ? 1 : 0");
	assert_returned("[-4095, 0]", "EPERM", "-EPERM");
	assert_returned("[-4095, 0]", "1", "-1");
}

TEST(a_loop_ends_where_its_array_does)
{
	static const char log[] = INDEX("5", "n += v->slots[i];");

	assert_fixed(log,
		     "struct v { __u32 slots[16]; };\n"
		     "static __always_inline int f(struct v *v)\n{\n"
		     "\tfor (int i = 0; i < 32; i++)\n\t\tn += v->slots[i];\n\treturn 0;\n}\n",
		     "struct v { __u32 slots[16]; };\n"
		     "static __always_inline int f(struct v *v)\n{\n"
		     "\tfor (int i = 0; i < 16; i++)\n\t\tn += v->slots[i];\n\treturn 0;\n}\n");
}

TEST(a_comparison_that_leaves_where_there_is_enough_is_turned)
{
	assert_fixed("0: R1=ctx() R10=fp0\n"
		     "; if (eth->h_proto == 8) @ x.bpf.c:8\n"
		     "5: (71) r2 = *(u8 *)(r1 +12)\n"
		     "invalid access to packet, off=12 size=1, R1(id=0,off=12,r=0)\n"
		     "R1 offset is outside of the packet\n" END,
		     "SEC(\"xdp\") int f(struct xdp_md *ctx)\n{\n"
		     "\tvoid *data_end = (void *)(long)ctx->data_end;\n"
		     "\tstruct ethhdr *eth = (void *)(long)ctx->data;\n\n"
		     "\tif ((void *)(eth + 1) < data_end)\n\t\treturn XDP_PASS;\n"
		     "\tif (eth->h_proto == 8)\n\t\treturn XDP_DROP;\n\treturn XDP_PASS;\n}\n",
		     "SEC(\"xdp\") int f(struct xdp_md *ctx)\n{\n"
		     "\tvoid *data_end = (void *)(long)ctx->data_end;\n"
		     "\tstruct ethhdr *eth = (void *)(long)ctx->data;\n\n"
		     "\tif ((void *)(eth + 1) > data_end)\n\t\treturn XDP_PASS;\n"
		     "\tif (eth->h_proto == 8)\n\t\treturn XDP_DROP;\n\treturn XDP_PASS;\n}\n");
}
