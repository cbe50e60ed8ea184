/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What messages, causes and fixes say is true of the very program, and in the field's own terms. */
#include "said.h"

#define LOOKUP                                                                                     \
	BEGIN "; v = lookup(&m, &k); @ x.bpf.c:9\n"                                                \
	      "4: (18) r1 = 0xffff8881127fa000       ; R1=map_ptr(map=counts,ks=4,vs=48)\n"        \
	      "6: (85) call bpf_map_lookup_elem#1    ; "                                           \
	      "R0=map_value_or_null(id=1,map=counts,ks=4,vs=48)\n"                                 \
	      "7: (15) if r0 == 0x0 goto pc+9        ; R0=map_value(map=counts,ks=4,vs=48)\n"

static void check_with_source(const char *log, const char *source, struct expected e)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/x.bpf.c", test_tmpdir());
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(source, file);
	assert_int_equal(fclose(file), 0);
	check_of(log, SKEP_OPTS(skep_explain_opts, .source_dir = test_tmpdir()), e);
}

/* ---- what a returned number means to the hook */

#define RETURNS(n, range)                                                                          \
	BEGIN "; return " #n "; @ x.bpf.c:4\n0: (b7) r0 = " #n "                     ; R0=" #n     \
	      "\n"                                                                                 \
	      "1: (95) exit\n"                                                                     \
	      "At program exit the register R0 has smin=" #n " smax=" #n                           \
	      " should have been in " range "\n" END

TEST(where_zero_denies_one_is_returned)
{
	check(RETURNS(5, "[0, 3]"),
	      (struct expected){ "SKEP-V701", "returns 5; allowed is 0..3", NULL,
				 "1 allows, and 0 denies", "return 1;" });
	check(RETURNS(2, "[1, 1]"), (struct expected){ "SKEP-V701", "returns 2; allowed is 1", NULL,
						       "return 1", "return 1;" });
}

TEST(an_lsm_program_allows_with_zero)
{
	check(RETURNS(1, "[-4095, 0]"),
	      (struct expected){ "SKEP-V701", "allowed is -4095..0", NULL,
				 "0 allows, and a negative errno denies", "return 0;" });
}

TEST(an_iterator_goes_on_with_zero)
{
	check(BEGIN "; bpf_seq_printf(seq, \"x\"); @ x.bpf.c:3\n"
		    "0: (b7) r0 = 2                     ; R0=2\n"
		    "; return 2; @ x.bpf.c:4\n1: (95) exit\n"
		    "At program exit the register R0 has smin=2 smax=2 should have been in "
		    "[0, 1]\n" END,
	      (struct expected){ "SKEP-V701", NULL, NULL, "0 goes on", "return 0;" });
}

TEST(the_section_says_which_hook_it_is)
{
	check_with_source(RETURNS(2, "[0, 1]"),
			  "SEC(\"sk_lookup\")\nint f(struct bpf_sk_lookup *c)\n{\nreturn 2;\n}\n",
			  (struct expected){ "SKEP-V701",
					     "allowed is 0..1 (SK_PASS, which is 1, goes on", NULL,
					     NULL, NULL });
}

/* The compiler gives the only `exit` the line of the brace. */
TEST(a_number_that_headers_name_is_found)
{
	static const char log[] =
		BEGIN "; if (a) @ x.bpf.c:4\n0: (b7) r0 = 4                     ; R0=4\n"
		      "; } @ x.bpf.c:7\n1: (95) exit\n"
		      "At program exit the register R0 has smin=4 smax=4 should have been in "
		      "[0, 1]\n" END;

	check_with_source(log,
			  "SEC(\"cgroup_skb/ingress\")\nint f(struct __sk_buff *skb)\n{\n"
			  "\tif (a)\n\t\treturn TC_ACT_STOLEN;\n\treturn 1;\n}\n",
			  (struct expected){ "SKEP-V701", "1 allows, and 0 denies",
					     "this is the number that is returned", NULL, NULL });
}

TEST(what_a_callback_returns_is_no_verdict)
{
	check(BEGIN "; return 2; @ x.bpf.c:4\n0: (b7) r0 = 2                     ; R0=2\n"
		    "1: (95) exit\n"
		    "At async callback exit the register R0 has smin=2 smax=2 should have been in "
		    "[0, 1]\n" END,
	      (struct expected){ "SKEP-V701", NULL, NULL, "return a value in 0..1", NULL });
}

/* ---- the packet */

#define PACKET                                                                                     \
	BEGIN "; p = data; @ x.bpf.c:3\n"                                                          \
	      "0: (61) r2 = *(u32 *)(r1 +0)          ; R2=pkt(r=0)\n"                              \
	      "1: (61) r3 = *(u32 *)(r1 +4)          ; R3=pkt_end()\n"                             \
	      "2: (bf) r0 = r2                       ; R0=pkt(r=0) R2=pkt(r=0)\n"                  \
	      "3: (07) r0 += 8                       ; R0=pkt(off=8,r=0)\n"                        \
	      "; if (p + 8 > end) @ x.bpf.c:4\n"

TEST(the_wrong_side_of_a_check_says_how_little_is_there)
{
	check(PACKET "4: (2d) if r0 > r3 goto pc+2          ; R0=pkt(off=8,r=0) R3=pkt_end()\n"
		     "; x = *p; @ x.bpf.c:6\n7: (71) r4 = *(u8 *)(r2 +0)\n"
		     "invalid access to packet, off=0 size=1, R2(id=0,off=0,r=0)\n"
		     "R2 offset is outside of the packet\n" END,
	      (struct expected){ "SKEP-V101", "none is known", "fewer than 8 bytes are there",
				 "cover at least 1 byte", NULL });
	check(PACKET "4: (3d) if r0 >= r3 goto pc+2         ; R0=pkt(off=8,r=0) R3=pkt_end()\n"
		     "; x = *p; @ x.bpf.c:6\n7: (71) r4 = *(u8 *)(r2 +0)\n"
		     "invalid access to packet, off=0 size=1, R2(id=0,off=0,r=0)\n"
		     "R2 offset is outside of the packet\n" END,
	      (struct expected){ "SKEP-V101", NULL, "at most 8 bytes are there", NULL, NULL });
}

/* ---- the stack, values and slices */

TEST(below_the_frame_no_size_helps)
{
	check(BEGIN "; asm volatile (\" @ x.bpf.c:3\n"
		    "0: (bf) r6 = r10                      ; R6=fp0 R10=fp0\n"
		    "1: (07) r6 += -513                    ; R6=fp-513\n"
		    "2: (bf) r3 = r6                       ; R3=fp-513 R6=fp-513\n"
		    "3: (b7) r4 = 8                        ; R4=8\n"
		    "4: (85) call bpf_skb_load_bytes#26\n"
		    "invalid write to stack R3 off=-513 size=8\n" END,
	      (struct expected){ "SKEP-V102", "below the frame", "moved by -513",
				 "whatever the size", NULL });
}

TEST(a_size_that_is_computed_is_the_cause)
{
	check(BEGIN "; asm volatile (\" @ x.bpf.c:3\n"
		    "0: (bf) r1 = r10                      ; R1=fp0 R10=fp0\n"
		    "1: (07) r1 += -48                     ; R1=fp-48\n"
		    "2: (b7) r2 = 34                       ; R2=34\n"
		    "3: (47) r2 |= 24                      ; R2=58\n"
		    "4: (b7) r3 = 0                        ; R3=0\n"
		    "5: (85) call bpf_probe_read_kernel#113\n"
		    "invalid write to stack R1 off=-48 size=58\n" END,
	      (struct expected){ "SKEP-V102", "the frame has only 48 bytes",
				 "the size is computed here: 58", "at most 48 bytes", NULL });
}

TEST(moves_that_differ_are_told_one_by_one)
{
	static const char log[] =
		LOOKUP "; asm volatile (\" @ x.bpf.c:12\n"
		       "8: (07) r0 += 47                      ; "
		       "R0=map_value(map=counts,ks=4,vs=48,off=47)\n"
		       "9: (17) r0 -= 48                      ; "
		       "R0=map_value(map=counts,ks=4,vs=48,off=-1)\n"
		       "10: (71) r1 = *(u8 *)(r0 +0)\n"
		       "invalid access to map value, value_size=48 off=-1 size=1\n"
		       "R0 min value is outside of the allowed memory range\n" END;

	check(log, (struct expected){ "SKEP-V104", NULL, "moved by -48 here", NULL, NULL });
	check(log, (struct expected){ "SKEP-V104", NULL, "moved by 47 here", NULL, NULL });
}

TEST(where_even_the_least_is_beyond_no_check_is_offered)
{
	check(LOOKUP
	      "; x = v->at[i + 100]; @ x.bpf.c:12\n"
	      "8: (79) r1 = *(u64 *)(r0 +0)          ; R1=scalar()\n"
	      "9: (57) r1 &= 7                       ; R1=scalar(smin=smin32=0,smax=umax=7,"
	      "var_off=(0x0; 0x7))\n"
	      "10: (07) r1 += 100                    ; R1=scalar(smin=umin=100,smax=umax=107,"
	      "var_off=(0x60; 0xf))\n"
	      "; asm volatile (\" @ x.bpf.c:13\n"
	      "11: (0f) r0 += r1                     ; R0=map_value(map=counts,ks=4,vs=48,"
	      "smin=umin=100,smax=umax=107,var_off=(0x60; 0xf)) "
	      "R1=scalar(smin=umin=100,smax=umax=107,var_off=(0x60; 0xf))\n"
	      "12: (71) r2 = *(u8 *)(r0 +0)\n"
	      "invalid access to map value, value_size=48 off=100 size=1\n"
	      "R0 min value is outside of the allowed memory range\n" END,
	      (struct expected){ "SKEP-V104", "may read byte 100", NULL, "even the least", NULL });
}

TEST(a_slice_is_no_larger_than_its_dynptr)
{
	check(BEGIN
	      "; d = bpf_dynptr_data(&ptr, 0, 8); @ x.bpf.c:9\n"
	      "11: (85) call bpf_dynptr_data#203     ; R0=mem_or_null(id=3,ref_obj_id=2,sz=8)\n"
	      "; if (!d) @ x.bpf.c:10\n"
	      "12: (15) if r0 == 0x0 goto pc+6       ; R0=mem(ref_obj_id=2,sz=8)\n"
	      "; x = d[8]; @ x.bpf.c:12\n13: (71) r1 = *(u8 *)(r0 +8)\n"
	      "invalid access to memory, mem_size=8 off=8 size=1\n"
	      "R0 min value is outside of the allowed memory range\n" END,
	      (struct expected){ "SKEP-V105", "reads byte 8", "gives 8 bytes",
				 "of a dynptr that has as many", NULL });
}

/* ---- registers and the context */

TEST(the_return_value_is_called_so)
{
	check(BEGIN "; } @ x.bpf.c:9\n0: (95) exit\nR0 !read_ok\n" END,
	      (struct expected){ "SKEP-V201", "R0, the return value, is never set", NULL,
				 "return a value", "return 0;" });
}

TEST(the_operator_is_named)
{
	check(LOOKUP "; p /= 42; @ x.bpf.c:12\n8: (37) r0 /= 42\n"
		     "R0 pointer arithmetic with /= operator prohibited\n" END,
	      (struct expected){ "SKEP-V301", "on which `/=` is not allowed", NULL, NULL, NULL });
}

TEST(the_member_of_the_context_is_named)
{
	check(BEGIN "; return skb->data_end - skb->data; @ x.bpf.c:9\n"
		    "0: (61) r2 = *(u32 *)(r1 +76)\n"
		    "invalid bpf_context access off=76 size=4\n" END,
	      (struct expected){ "SKEP-V130", "`skb->data` may not be read", NULL, NULL, NULL });
	check(BEGIN "; ctx->retval = 1; @ x.bpf.c:9\n"
		    "0: (63) *(u32 *)(r1 +36) = r2\n"
		    "invalid bpf_context access off=36 size=4\n" END,
	      (struct expected){ "SKEP-V130", "`ctx->retval` may not be written", NULL, NULL,
				 NULL });
	/* Which of two it is cannot be told. */
	check(BEGIN "; x = ctx->ours - ctx->theirs; @ x.bpf.c:9\n"
		    "0: (61) r2 = *(u32 *)(r1 +36)\n"
		    "invalid bpf_context access off=36 size=4\n" END,
	      (struct expected){ "SKEP-V130", "reads 4 bytes at offset 36", NULL, NULL, NULL });
}

TEST(a_moved_context_is_accessed_not_passed)
{
	check(BEGIN "; p = (char *)ctx + 8; @ x.bpf.c:8\n"
		    "0: (07) r1 += 8                       ; R1=ctx(off=8)\n"
		    "; x = *p; @ x.bpf.c:9\n1: (61) r1 = *(u32 *)(r1 +0)\n"
		    "dereference of modified ctx ptr R1 off=8 disallowed\n" END,
	      (struct expected){ "SKEP-V131", "only the unmoved pointer can be accessed",
				 "moved by 8", "through the pointer that the program was given",
				 NULL });
}

/* ---- maps, loops, and the way itself */

TEST(a_map_that_cannot_hold_a_lock_is_told_so)
{
	check_with_source(
		"; bpf_spin_lock(&v->lock); @ x.bpf.c:9\n"
		"12: (85) call bpf_spin_lock#93\n"
		"map 'flows' has no valid bpf_spin_lock\n" END,
		"struct {\n\t__uint(type, BPF_MAP_TYPE_LRU_HASH);\n} flows SEC(\".maps\");\n"
		"SEC(\"tc\")\nint f(struct __sk_buff *skb)\n{\n\n\n\tbpf_spin_lock(&v->lock);\n}\n",
		(struct expected){ "SKEP-V602", "type LRU hash, whose values cannot hold",
				   "the type of `flows`", "map of another type", NULL });
}

TEST(jumps_are_not_instructions)
{
	check(BEGIN "; if (a) @ x.bpf.c:9\n1: (15) if r1 == 0x0 goto pc+1\n"
		    "The sequence of 8193 jumps is too complex.\n" END,
	      (struct expected){ "SKEP-V703", "8193 branches waited", NULL,
				 "fewer branches open at once", NULL });
}

TEST(rounds_that_are_joined_are_the_cause)
{
	check(BEGIN "; int i = -33; @ x.bpf.c:3\n"
		    "0: (b7) r7 = -33                      ; R7=-33\n"
		    "; bpf_for(j, 0, 10) @ x.bpf.c:4\n"
		    "1: (85) call bpf_iter_num_next#64236 2: R0=rdonly_mem(id=5,sz=4) R7=scalar() "
		    "R10=fp0\n"
		    "; x = buf[i]; @ x.bpf.c:5\n"
		    "2: (bf) r0 = r10                      ; R0=fp0 R10=fp0\n"
		    "3: (0f) r0 += r7\n"
		    "math between fp pointer and register with unbounded min value is not "
		    "allowed\n" END,
	      (struct expected){ "SKEP-V103", NULL,
				 "joined here: R7 was -33, and from here on the verifier takes it "
				 "for any number",
				 NULL, NULL });
}

TEST(a_way_that_is_only_speculated_is_told_so)
{
	check(BEGIN "; x = a; @ x.bpf.c:3\n"
		    "0: (61) r2 = *(u32 *)(r1 +0)          ; R2=scalar()\n"
		    "; if (x) @ x.bpf.c:4\n"
		    "1: (15) if r2 == 0x0 goto pc+1        ; R2=scalar()\n\n"
		    "from 1 to 3 (speculative execution): R1=ctx() R2=scalar() R10=fp0\n"
		    "; y = *p; @ x.bpf.c:6\n3: (71) r0 = *(u8 *)(r2 +0)\n"
		    "R2 invalid mem access 'scalar'\n" END,
	      (struct expected){ "SKEP-V010", NULL, "speculative execution", NULL, NULL });
}

TEST(a_check_of_a_linked_number_counts)
{
	check(LOOKUP "; a = now(); @ x.bpf.c:12\n"
		     "8: (85) call bpf_ktime_get_ns#5       ; R0=scalar()\n"
		     "9: (bf) r1 = r0                       ; R0=scalar(id=3) R1=scalar(id=3)\n"
		     "10: (07) r1 += 100                    ; R1=scalar(id=3+100)\n"
		     "; if (a > 8) @ x.bpf.c:13\n"
		     "11: (25) if r0 > 0x8 goto pc+2        ; R0=scalar(id=3,smin=smin32=0,"
		     "smax=umax=8,var_off=(0x0; 0xf))\n"
		     "; v += b; @ x.bpf.c:14\n"
		     "12: (18) r6 = 0xffffc90001764000      ; R6=map_value(map=.data,ks=4,vs=10)\n"
		     "14: (0f) r6 += r1                     ; "
		     "R1=scalar(id=3+100,smin=umin=100,smax=umax=108,var_off=(0x60; 0xf)) "
		     "R6=map_value(map=.data,ks=4,vs=10,smin=umin=100,smax=umax=108,"
		     "var_off=(0x60; 0xf))\n"
		     "; *v = 0; @ x.bpf.c:15\n"
		     "15: (73) *(u8 *)(r6 +0) = r0\n"
		     "invalid access to map value, value_size=10 off=100 size=1\n"
		     "R6 min value is outside of the allowed memory range\n" END,
	      (struct expected){ "SKEP-V104", NULL, "bounds R1 too", NULL, NULL });
}

/* The line before a branch is not that of what the branch jumps to, if none is quoted there. */
TEST(behind_a_jump_no_line_is_borrowed)
{
	static const char log[] = BEGIN "; if (a) @ x.bpf.c:3\n"
					"0: (61) r2 = *(u32 *)(r1 +0)          ; R2=scalar()\n"
					"1: (15) if r2 == 0x0 goto pc+3 5: R1=ctx() R10=fp0\n"
					"5: (b7) r6 = 0                        ; R6=0\n"
					"; y = *p; @ x.bpf.c:9\n6: (79) r0 = *(u64 *)(r6 +0)\n"
					"R6 invalid mem access 'scalar'\n" END;
	struct skep_explanation *explanation = NULL;
	const struct skep_diagnostic *d;

	assert_ok(skep_explain(&explanation, log, strlen(log), NULL));
	d = skep_explanation_diagnostic(explanation, 0);
	assert_true(has_cause(d, "set to 0 here"));
	for (size_t i = 0; i < d->cause_count; i++)
		if (d->causes[i].place.insn == 5)
			assert_int_equal(d->causes[i].place.line, 0);
	skep_explanation_free(explanation);
}
