/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The lines that made a line refused, and what is said of them. */
#include "harness/test.h"

#include <unistd.h>

#include <skep/verifier.h>

#define LOOKUP                                                                                     \
	"; struct count *c = bpf_map_lookup_elem(&counts, &zero); @ x.bpf.c:10\n"                  \
	"4: (18) r1 = 0xffff8881127fa000       ; R1=map_ptr(map=counts,ks=4,vs=80)\n"              \
	"6: (85) call bpf_map_lookup_elem#1    ; R0=map_value_or_null(id=1,map=counts,ks=4,vs=80)\n"
#define CHECKED                                                                                    \
	"; if (!c) @ x.bpf.c:11\n"                                                                 \
	"7: (15) if r0 == 0x0 goto pc+9        ; R0=map_value(map=counts,ks=4,vs=80)\n"
#define END "processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 1\n"

static struct skep_explanation *explain(const char *log)
{
	struct skep_explanation *explanation = NULL;

	assert_ok(skep_explain(&explanation, log, strlen(log), NULL));
	assert_int_equal(skep_explanation_count(explanation), 1);
	return explanation;
}

/* The cause of a line says something. */
static void assert_cause(const struct skep_explanation *explanation, unsigned line,
			 const char *words)
{
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);

	for (size_t i = 0; i < d->cause_count; i++)
		if (d->causes[i].place.line == line) {
			if (!strstr(d->causes[i].label, words))
				fail_msg("line %u: \"%s\", not \"%s\"", line, d->causes[i].label,
					 words);
			return;
		}
	fail_msg("%s: no cause in line %u", d->code, line);
}

static void check(const char *log, unsigned line, const char *words)
{
	struct skep_explanation *explanation = explain(log);

	assert_cause(explanation, line, words);
	skep_explanation_free(explanation);
}

static enum skep_confidence confidence(const char *log)
{
	struct skep_explanation *explanation = explain(log);
	enum skep_confidence is = skep_explanation_diagnostic(explanation, 0)->confidence;

	skep_explanation_free(explanation);
	return is;
}

static const char signed_index[] = LOOKUP CHECKED
	"; slot = c->hits; @ x.bpf.c:12\n"
	"8: (79) r1 = *(u64 *)(r0 +0)          ; R1=scalar()\n"
	"; if (slot > 15) @ x.bpf.c:13\n"
	"9: (65) if r1 s> 0xf goto pc+5        ; R1=scalar(smax=15)\n"
	"; c->slots[slot]++; @ x.bpf.c:15\n"
	"10: (67) r1 <<= 2                     ; R1=scalar(smax=0x7ffffffffffffffc)\n"
	"11: (0f) r0 += r1\n"
	"math between map_value pointer and register with unbounded min value is not allowed\n" END;

TEST(a_signed_check_leaves_the_lower_end_open)
{
	check(signed_index, 13, "leaves `slot` in -9223372036854775808..15: it may be negative");
	check(signed_index, 12, "is read from a map's value here: any number");
	assert_int_equal(confidence(signed_index), SKEP_CONFIDENCE_EXACT);
}

TEST(an_index_too_large_by_one_says_what_fits)
{
	static const char log[] = LOOKUP CHECKED
		"; slot = c->hits; @ x.bpf.c:12\n"
		"8: (79) r1 = *(u64 *)(r0 +0)          ; R1=scalar()\n"
		"; if (slot > 16) @ x.bpf.c:13\n"
		"9: (25) if r1 > 0x10 goto pc+5        ; R1=scalar(umax=16,var_off=(0x0; 0x1f))\n"
		"; c->slots[slot]++; @ x.bpf.c:15\n"
		"10: (67) r1 <<= 2                     ; R1=scalar(umax=64,var_off=(0x0; 0x7c))\n"
		"11: (0f) r0 += r1                     ; "
		"R0=map_value(map=counts,ks=4,vs=80,umax=64,var_off=(0x0; 0x7c))\n"
		"12: (61) r1 = *(u32 *)(r0 +16)\n"
		"invalid access to map value, value_size=80 off=80 size=4\n"
		"R0 max value is outside of the allowed memory range\n" END;

	check(log, 13, "leaves `slot` in 0..16; at most 15 fits");
}

TEST(a_check_of_a_copy_or_of_an_earlier_reading_is_told)
{
	check(LOOKUP CHECKED
	      "; n = c->hits; @ x.bpf.c:12\n"
	      "8: (79) r1 = *(u64 *)(r0 +0)          ; R1=scalar()\n"
	      "9: (bc) w2 = w1                       ; R2=scalar(umax=0xffffffff)\n"
	      "; if (low > 15) @ x.bpf.c:13\n"
	      "10: (26) if w2 > 0xf goto pc+5        ; R2=scalar(umax=15,var_off=(0x0; 0xf))\n"
	      "; c->slots[n]++; @ x.bpf.c:15\n"
	      "11: (0f) r0 += r1\n"
	      "math between map_value pointer and register with unbounded min value is not "
	      "allowed\n" END,
	      13, "a copy of `low`");
	check(LOOKUP CHECKED
	      "; if (c->hits > 15) @ x.bpf.c:13\n"
	      "8: (79) r1 = *(u64 *)(r0 +0)          ; R1=scalar()\n"
	      "9: (25) if r1 > 0xf goto pc+5         ; R1=scalar(umax=15,var_off=(0x0; 0xf))\n"
	      "; c->slots[c->hits]++; @ x.bpf.c:15\n"
	      "10: (79) r1 = *(u64 *)(r0 +0)         ; R1=scalar()\n"
	      "11: (0f) r0 += r1\n"
	      "math between map_value pointer and register with unbounded min value is not "
	      "allowed\n" END,
	      13, "an earlier reading of `c->hits`");
}

TEST(a_bound_that_arithmetic_moves_is_told)
{
	static const char log[] = LOOKUP CHECKED
		"; n = c->hits; @ x.bpf.c:12\n"
		"8: (79) r1 = *(u64 *)(r0 +0)          ; R1=scalar()\n"
		"; if (n > 15) @ x.bpf.c:13\n"
		"9: (25) if r1 > 0xf goto pc+5         ; R1=scalar(umax=15,var_off=(0x0; 0xf))\n"
		"; n *= 100; @ x.bpf.c:14\n"
		"10: (27) r1 *= 100                    ; R1=scalar(umax=1500,var_off=(0x0; 0x7fc))\n"
		"; c->bytes[n]++; @ x.bpf.c:15\n"
		"11: (0f) r0 += r1                     ; "
		"R0=map_value(map=counts,ks=4,vs=80,umax=1500,var_off=(0x0; 0x7fc))\n"
		"12: (71) r1 = *(u8 *)(r0 +0)\n"
		"invalid access to map value, value_size=80 off=1500 size=1\n"
		"R0 max value is outside of the allowed memory range\n" END;

	check(log, 14, "changed after the check, to 0..1500");
	check(log, 13, "leaves `n` in 0..15, before it is changed");
}

TEST(a_new_lookup_needs_a_new_check)
{
	static const char log[] =
		LOOKUP "; if (!c) { @ x.bpf.c:11\n"
		       "7: (55) if r0 != 0x0 goto pc+9        ; R0=0\n"
		       "; c = bpf_map_lookup_elem(&counts, &zero); @ x.bpf.c:12\n"
		       "8: (18) r1 = 0xffff8881127fa000       ; R1=map_ptr(map=counts,ks=4,vs=80)\n"
		       "10: (85) call bpf_map_lookup_elem#1   ; "
		       "R0=map_value_or_null(id=2,map=counts,ks=4,vs=80)\n"
		       "; c->hits++; @ x.bpf.c:14\n"
		       "11: (79) r1 = *(u64 *)(r0 +0)\n"
		       "R0 invalid mem access 'map_value_or_null'\n" END;

	check(log, 12, "returns NULL when the key is absent");
	check(log, 11, "of the pointer of the earlier lookup");
}

TEST(the_calls_that_made_a_packet_pointer_stale_are_named)
{
	static const char log[] = "; void *data = (void *)(long)skb->data; @ x.bpf.c:5\n"
				  "0: (61) r7 = *(u32 *)(r1 +76)         ; R7=pkt(r=0)\n"
				  "; bpf_skb_pull_data(skb, 64); @ x.bpf.c:6\n"
				  "1: (85) call bpf_skb_pull_data#39     ; R0=scalar()\n"
				  "; bpf_skb_store_bytes(skb, 0, &v, 1, 0); @ x.bpf.c:7\n"
				  "2: (85) call bpf_skb_store_bytes#9    ; R0=scalar()\n"
				  "; return eth->h_proto; @ x.bpf.c:8\n"
				  "3: (71) r0 = *(u8 *)(r7 +12)\n"
				  "R7 invalid mem access 'scalar'\n" END;

	check(log, 7, "makes all pointers into the packet invalid");
	check(log, 6, "this call too");
}

TEST(a_length_in_the_packet_is_no_check_of_it)
{
	static const char log[] =
		"; void *data_end = (void *)(long)ctx->data_end; @ x.bpf.c:4\n"
		"0: (61) r2 = *(u32 *)(r1 +4)          ; R2=pkt_end()\n"
		"; void *data = (void *)(long)ctx->data; @ x.bpf.c:5\n"
		"1: (61) r7 = *(u32 *)(r1 +0)          ; R7=pkt(r=0)\n"
		"; if (data + 42 > data_end) @ x.bpf.c:6\n"
		"2: (bf) r3 = r7                       ; R3=pkt(r=0)\n"
		"3: (07) r3 += 42                      ; R3=pkt(off=42,r=0)\n"
		"4: (2d) if r3 > r2 goto pc+9          ; R3=pkt(off=42,r=42) R7=pkt(r=42)\n"
		"; if (udp->len < 20) @ x.bpf.c:7\n"
		"5: (69) r1 = *(u16 *)(r7 +38)         ; R1=scalar(umax=0xffff)\n"
		"6: (a6) if w1 < 0x14 goto pc+7        ; R1=scalar(umin=20,umax=0xffff)\n"
		"; return dns->flags; @ x.bpf.c:8\n"
		"7: (69) r0 = *(u16 *)(r7 +44)\n"
		"invalid access to packet, off=44 size=2, R7(id=0,off=44,r=42)\n"
		"R7 offset is outside of the packet\n" END;

	check(log, 6, "shows only that 42 bytes are there");
	check(log, 7, "only comparing a pointer with the end of the packet counts");
}

TEST(a_check_the_wrong_way_round_is_told)
{
	check("; void *data_end = (void *)(long)ctx->data_end; @ x.bpf.c:4\n"
	      "0: (61) r2 = *(u32 *)(r1 +4)          ; R2=pkt_end()\n"
	      "1: (61) r7 = *(u32 *)(r1 +0)          ; R7=pkt(r=0)\n"
	      "; if (data + 14 < data_end) @ x.bpf.c:6\n"
	      "2: (bf) r3 = r7                       ; R3=pkt(r=0)\n"
	      "3: (07) r3 += 14                      ; R3=pkt(off=14,r=0)\n"
	      "4: (ad) if r3 < r2 goto pc+9          ; R3=pkt(off=14,r=0)\n"
	      "; return eth->h_proto; @ x.bpf.c:8\n"
	      "5: (69) r0 = *(u16 *)(r7 +12)\n"
	      "invalid access to packet, off=12 size=2, R7(id=0,off=12,r=0)\n"
	      "R7 offset is outside of the packet\n" END,
	      6, "at most 14 bytes are there");
}

TEST(bytes_that_were_not_written_are_counted)
{
	check("; k.a = 1; @ x.bpf.c:5\n"
	      "0: (b7) r1 = 1                        ; R1=1\n"
	      "1: (63) *(u32 *)(r10 -16) = r1        ; fp-16=????0001\n"
	      "; k.c = now; @ x.bpf.c:6\n"
	      "2: (7b) *(u64 *)(r10 -8) = r1         ; fp-8=1\n"
	      "; v = bpf_map_lookup_elem(&m, &k); @ x.bpf.c:7\n"
	      "3: (bf) r2 = r10                      ; R2=fp0\n"
	      "4: (07) r2 += -16                     ; R2=fp-16\n"
	      "5: (85) call bpf_map_lookup_elem#1\n"
	      "invalid indirect read from stack R2 off -16+4 size 16\n" END,
	      6, "of the 16 bytes 4..7 are not written (padding");
}

TEST(a_pointer_that_a_helper_copied_is_a_number)
{
	check("; bpf_probe_read_kernel(&a, sizeof(a), p); @ x.bpf.c:5\n"
	      "0: (bf) r1 = r10                      ; R1=fp0\n"
	      "1: (07) r1 += -8                      ; R1=fp-8\n"
	      "2: (b7) r2 = 8                        ; R2=8\n"
	      "3: (85) call bpf_probe_read_kernel#113 ; R0=scalar() fp-8=mmmmmmmm\n"
	      "; return a->pid; @ x.bpf.c:6\n"
	      "4: (79) r1 = *(u64 *)(r10 -8)         ; R1=scalar()\n"
	      "5: (61) r0 = *(u32 *)(r1 +8)\n"
	      "R1 invalid mem access 'scalar'\n" END,
	      5, "what bpf_probe_read_kernel() left in memory");
}

static const char leak[] =
	"; e = bpf_ringbuf_reserve(&events, sizeof(*e), 0); @ x.bpf.c:5\n"
	"0: (85) call bpf_ringbuf_reserve#131  ; R0=ringbuf_mem_or_null(id=2,ref_obj_id=2,sz=4)\n"
	"; if (!e) @ x.bpf.c:6\n"
	"1: (15) if r0 == 0x0 goto pc+7        ; R0=ringbuf_mem(ref_obj_id=2,sz=4) refs=2\n"
	"; if (*e == 1) @ x.bpf.c:7\n"
	"2: (61) r1 = *(u32 *)(r0 +0)          ; R1=scalar() refs=2\n"
	"3: (16) if w1 == 0x1 goto pc+3 7: R0=ringbuf_mem(ref_obj_id=2,sz=4) R1=1 refs=2\n"
	"%s"
	"7: (b4) w0 = 0                        ; R0=0 refs=2\n"
	"8: (95) exit\n"
	"Unreleased reference id=2 alloc_insn=0\n" END;

/* Kernels print a line once: behind a jump it may be missing, and then the answer is not exact. */
TEST(a_leak_names_the_exit_and_is_sure_only_of_lines_that_it_saw)
{
	char log[2048];

	snprintf(log, sizeof(log), leak, "; return 0; @ x.bpf.c:12\n");
	check(log, 5, "takes the reference");
	check(log, 7, "leaves without releasing it");
	assert_int_equal(confidence(log), SKEP_CONFIDENCE_EXACT);
	snprintf(log, sizeof(log), leak, "");
	check(log, 5, "takes the reference");
	assert_int_equal(confidence(log), SKEP_CONFIDENCE_PATTERN);
}

TEST(a_section_is_paired_by_its_kind)
{
	check("; bpf_rcu_read_lock(); @ x.bpf.c:5\n"
	      "0: (85) call bpf_rcu_read_lock#100    ; R0=scalar()\n"
	      "; bpf_preempt_disable(); @ x.bpf.c:6\n"
	      "1: (85) call bpf_preempt_disable#101  ; R0=scalar()\n"
	      "; bpf_preempt_enable(); @ x.bpf.c:7\n"
	      "2: (85) call bpf_preempt_enable#102   ; R0=scalar()\n"
	      "; return 0; @ x.bpf.c:8\n"
	      "3: (b7) r0 = 0                        ; R0=0\n"
	      "4: (95) exit\n"
	      "BPF_EXIT instruction in main prog cannot be used inside bpf_rcu_read_lock-ed "
	      "region\n" END,
	      5, "bpf_rcu_read_lock() opens the section");
}

TEST(a_loop_says_how_often_and_what_differs)
{
	char log[4096];
	size_t n = 0;

	for (int i = 0; i < 5; i++)
		n += (size_t)snprintf(log + n, sizeof(log) - n,
				      "; sum += v[i]; @ x.bpf.c:7\n"
				      "1: (0f) r2 += r3 ; R2=scalar()\n"
				      "; for (i = 0; i < n; i++) @ x.bpf.c:6\n"
				      "2: (07) r1 += 1 ; R1=%d\n"
				      "3: (55) if r1 != 0x7f0 goto pc-3 ; R1=%d\n",
				      i, i);
	snprintf(log + n, sizeof(log) - n,
		 "; sum += v[i]; @ x.bpf.c:7\n1: (0f) r2 += r3\n"
		 "BPF program is too large. Processed 1000001 insn\n" END);
	check(log, 6, "jumps back here: 5 times");
	check(log, 6, "R1 was 3, then 4");
}

/* The nearest first, each line once, and not the refused one where there are others. */
TEST(causes_are_in_order_and_not_twice)
{
	struct skep_explanation *explanation = explain(signed_index);
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);

	assert_int_equal(d->cause_count, 2);
	assert_int_equal(d->causes[0].place.line, 13);
	assert_int_equal(d->causes[1].place.line, 12);
	skep_explanation_free(explanation);
}

static const char source[] = "struct {\n"
			     "\t__uint(type, BPF_MAP_TYPE_SOCKHASH);\n"
			     "\t__type(value, __u64);\n"
			     "} peers SEC(\".maps\");\n"
			     "\n"
			     "SEC(\"sk_msg\")\n"
			     "int redirect(struct sk_msg_md *msg)\n"
			     "{\n"
			     "\t__u32 slot = msg->size;\n"
			     "\tstruct count *c = find(msg);\n"
			     "\n"
			     "\tif (!c)\n"
			     "\t\treturn 0;\n"
			     "\tif (slot > 16)\n"
			     "\t\treturn 0;\n"
			     "\tc->slots[slot]++;\n"
			     "\treturn bpf_msg_redirect_map(msg, &peers, slot, 0);\n"
			     "}\n";

/* As explain(), with the source as x.bpf.c at hand. */
static struct skep_explanation *explain_beside_source(const char *log)
{
	char folder[] = "/tmp/skep-causes-XXXXXX", path[64];
	struct skep_explanation *explanation = NULL;
	struct skep_explain_opts opts = { .sz = sizeof(opts), .source_dir = folder };
	FILE *file;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/x.bpf.c", folder);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(source, file);
	fclose(file);
	assert_ok(skep_explain(&explanation, log, strlen(log), &opts));
	assert_int_equal(skep_explanation_count(explanation), 1);
	unlink(path);
	rmdir(folder);
	return explanation;
}

static const char wrong_map[] =
	"; return bpf_msg_redirect_map(msg, &peers, slot, 0); @ x.bpf.c:17\n"
	"0: (18) r2 = 0xffff8881127fa000       ; R2=map_ptr(map=peers,ks=4,vs=8)\n"
	"2: (85) call bpf_msg_redirect_map#60\n"
	"cannot pass map_type 18 into func bpf_msg_redirect_map#60\n" END;

TEST(a_maps_declaration_is_named_where_the_source_is_at_hand)
{
	struct skep_explanation *explanation = explain_beside_source(wrong_map);

	assert_cause(explanation, 2, "the type of `peers` is said here");
	skep_explanation_free(explanation);
	explanation = explain(wrong_map);
	assert_int_equal(skep_explanation_diagnostic(explanation, 0)->cause_count, 0);
	skep_explanation_free(explanation);
}

/* The quoted lines are another file's: nothing is taken from this one. */
TEST(a_source_that_has_changed_is_not_read)
{
	char log[1024];
	struct skep_explanation *explanation;

	snprintf(log, sizeof(log), "%s", wrong_map);
	memcpy(strstr(log, "slot, 0"), "size, 0", 7);
	explanation = explain_beside_source(log);
	assert_int_equal(skep_explanation_diagnostic(explanation, 0)->cause_count, 0);
	skep_explanation_free(explanation);
}

/* `if (!c) return 0; if (slot > 16) return 0;` in one: both have the first one's line. */
static const char merged[] =
	"; __u32 slot = msg->size; @ x.bpf.c:9\n"
	"0: (61) r6 = *(u32 *)(r1 +0)          ; R6=scalar(umax=0xffffffff)\n"
	"; struct count *c = find(msg); @ x.bpf.c:10\n"
	"1: (85) call bpf_map_lookup_elem#1    ; R0=map_value_or_null(id=1,map=m,ks=4,vs=80)\n"
	"; if (!c) @ x.bpf.c:12\n"
	"2: (15) if r0 == 0x0 goto pc+9        ; R0=map_value(map=m,ks=4,vs=80)\n"
	"3: (26) if w6 > 0x10 goto pc+8        ; R6=scalar(umax=16,var_off=(0x0; 0x1f))\n"
	"; c->slots[slot]++; @ x.bpf.c:16\n"
	"4: (67) r6 <<= 2                      ; R6=scalar(umax=64,var_off=(0x0; 0x7c))\n"
	"5: (0f) r0 += r6                      ; "
	"R0=map_value(map=m,ks=4,vs=80,umax=64,var_off=(0x0; 0x7c))\n"
	"6: (61) r1 = *(u32 *)(r0 +16)\n"
	"invalid access to map value, value_size=80 off=80 size=4\n"
	"R0 max value is outside of the allowed memory range\n" END;

TEST(a_comparison_that_was_merged_with_another_is_found_below_it)
{
	struct skep_explanation *explanation = explain_beside_source(merged);

	assert_cause(explanation, 14, "leaves `slot` in 0..16; at most 15 fits");
	skep_explanation_free(explanation);
	assert_int_equal(confidence(merged), SKEP_CONFIDENCE_PATTERN);
}

/* Up to Linux 6.8 logs have no places: the lines are looked for in the folder. */
TEST(lines_without_places_are_found_in_the_source)
{
	char log[sizeof(merged)];
	struct skep_explanation *explanation;
	const struct skep_diagnostic *d;
	char *at;

	snprintf(log, sizeof(log), "%s", merged);
	while ((at = strstr(log, " @ x.bpf.c:")))
		memmove(at, strchr(at, '\n'), strlen(strchr(at, '\n')) + 1);
	explanation = explain_beside_source(log);
	d = skep_explanation_diagnostic(explanation, 0);
	assert_int_equal(d->primary.line, 16);
	assert_string_equal(d->primary.file, "x.bpf.c");
	assert_cause(explanation, 14, "at most 15 fits");
	skep_explanation_free(explanation);
	memcpy(strstr(log, "find(msg)"), "seek(msg)", 9);
	memcpy(strstr(log, "msg->size"), "msg->data", 9);
	explanation = explain_beside_source(log);
	assert_null(skep_explanation_diagnostic(explanation, 0)->primary.file);
	skep_explanation_free(explanation);
}
