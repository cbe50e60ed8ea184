/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is called exact is seen in the log; what is said is said in words, and is true there. */
#include "harness/test.h"

#include <skep/verifier.h>

#define END   "processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 1\n"
#define BEGIN "0: R1=ctx() R10=fp0\n; first(ctx); @ x.bpf.c:9\n"
#define LINE  "; return last(ctx); @ x.bpf.c:20\n"
#define LOOKUP                                                                                     \
	BEGIN                                                                                      \
	"4: (18) r1 = 0xffff8881127fa000       ; R1=map_ptr(map=counts,ks=4,vs=48)\n"              \
	"6: (85) call bpf_map_lookup_elem#1    ; R0=map_value_or_null(id=1,map=counts,ks=4,vs=48)\n"
#define CHECKED "7: (15) if r0 == 0x0 goto pc+9        ; R0=map_value(map=counts,ks=4,vs=48)\n"

/* What is expected of a log; NULL: anything. */
struct expected {
	const char *code, *message, *cause, *fix;
	bool exact;
};

static bool has_cause(const struct skep_diagnostic *d, const char *words)
{
	for (size_t i = 0; i < d->cause_count; i++)
		if (strstr(d->causes[i].label, words))
			return true;
	return false;
}

static void check(const char *log, struct expected e)
{
	struct skep_explanation *explanation = NULL;
	const struct skep_diagnostic *d;

	assert_ok(skep_explain(&explanation, log, strlen(log), NULL));
	assert_int_equal(skep_explanation_count(explanation), 1);
	d = skep_explanation_diagnostic(explanation, 0);
	assert_string_equal(d->code, e.code);
	if (e.message && !strstr(d->message, e.message))
		fail_msg("\"%s\", not \"%s\"", d->message, e.message);
	if (e.cause && !has_cause(d, e.cause))
		fail_msg("%s: no cause says \"%s\"", d->code, e.cause);
	if (e.fix && (!d->fix_count || !strstr(d->fixes[0].text, e.fix)))
		fail_msg("fix \"%s\", not \"%s\"", d->fix_count ? d->fixes[0].text : "", e.fix);
	if ((d->confidence == SKEP_CONFIDENCE_EXACT) != e.exact)
		fail_msg("%s is%s called exact", d->code, e.exact ? " not" : "");
	skep_explanation_free(explanation);
}

TEST(a_constant_offset_is_no_index)
{
	check(LOOKUP CHECKED LINE "8: (79) r1 = *(u64 *)(r0 +48)\n"
				  "invalid access to map value, value_size=48 off=48 size=8\n"
				  "R0 min value is outside of the allowed memory range\n" END,
	      (struct expected){ "SKEP-V104", "reads bytes 48..55 of a value of 48 bytes", NULL,
				 "or access the 8 bytes", true });
}

TEST(an_offset_before_the_value_is_told_from_one_behind_it)
{
	check(LOOKUP CHECKED LINE "8: (73) *(u8 *)(r0 -1) = r1\n"
				  "invalid access to map value, value_size=48 off=-1 size=1\n"
				  "R0 min value is outside of the allowed memory range\n" END,
	      (struct expected){ "SKEP-V104", "writes byte -1 of a value of 48 bytes", NULL,
				 "offset -1 is before it", true });
}

#define SUM                                                                                        \
	"8: (79) r1 = *(u64 *)(r0 +0)          ; R1=scalar()\n"                                    \
	"9: (57) r1 &= 63                      ; R1=scalar(smin=smin32=0,smax=umax=63,"            \
	"var_off=(0x0; 0x3f))\n"                                                                   \
	"10: (0f) r0 += r1                     ; R0=map_value(map=counts,ks=4,vs=48,smin=0,"       \
	"smax=umax=63,var_off=(0x0; 0x3f)) R1=scalar(smin=smin32=0,smax=umax=63,"                  \
	"var_off=(0x0; 0x3f))\n"

TEST(one_variable_that_is_added_has_the_range_of_the_pointer)
{
	check(LOOKUP CHECKED SUM LINE "11: (71) r2 = *(u8 *)(r0 +0)\n"
				      "invalid access to map value, value_size=48 off=63 size=1\n"
				      "R0 max value is outside of the allowed memory range\n" END,
	      (struct expected){ "SKEP-V104", "may read byte 63 of a value of 48 bytes",
				 "moved by 0..63", "at most 47 together", true });
}

TEST(of_two_variables_one_is_not_the_whole_cause)
{
	check(LOOKUP CHECKED SUM
	      "11: (0f) r0 += r1                     ; R0=map_value(map=counts,ks=4,vs=48,smin=0,"
	      "smax=umax=126,var_off=(0x0; 0x7f)) R1=scalar(smin=smin32=0,smax=umax=63,"
	      "var_off=(0x0; 0x3f))\n" LINE "12: (71) r2 = *(u8 *)(r0 +0)\n"
	      "invalid access to map value, value_size=48 off=126 size=1\n"
	      "R0 max value is outside of the allowed memory range\n" END,
	      (struct expected){ "SKEP-V104", NULL, NULL, "together", false });
}

TEST(a_number_is_not_called_a_pointer)
{
	check(BEGIN "0: (b7) r0 = 0                        ; R0=0\n" LINE "1: (1f) r0 -= r1\n"
		    "R0 tried to subtract pointer from scalar\n" END,
	      (struct expected){ "SKEP-V301", "a pointer is subtracted from R0, which is a number",
				 NULL, "not for arithmetic", true });
}

TEST(metadata_is_not_the_packet)
{
	check(BEGIN "0: (61) r2 = *(u32 *)(r1 +8)          ; R1=ctx() R2=pkt_meta(r=0)\n" LINE
		    "1: (71) r0 = *(u8 *)(r2 +0)\n"
		    "invalid access to packet, off=0 size=1, R2(id=0,off=0,r=0)\n"
		    "R2 offset is outside of the packet\n" END,
	      (struct expected){ "SKEP-V101", "reads byte 0 of the metadata",
				 "the metadata begins here", "with `data`", false });
}

TEST(bytes_of_the_packet_are_counted_from_its_beginning)
{
	check(BEGIN "0: (61) r2 = *(u32 *)(r1 +76)         ; R1=ctx() R2=pkt(r=0)\n"
		    "1: (07) r2 += 14                      ; R2=pkt(off=14,r=0)\n" LINE
		    "2: (71) r0 = *(u8 *)(r2 +0)\n"
		    "invalid access to packet, off=14 size=1, R2(id=0,off=14,r=0)\n"
		    "R2 offset is outside of the packet\n" END,
	      (struct expected){ "SKEP-V101", "reads byte 14 of the packet, of which none is known",
				 NULL, "compare 15 bytes", true });
}

TEST(a_return_that_leaks_is_no_sure_fix)
{
	static const char with[] = BEGIN
		"4: (85) call bpf_ringbuf_reserve_dynptr#198   ; R0=scalar() fp-16=dynptr_ringbuf("
		"ref_id=1) refs=1\n"
		"5: (85) call bpf_dynptr_data#203      ; R0=mem_or_null(id=2,ref_obj_id=1,sz=8) "
		"refs=1\n" LINE "6: (79) r1 = *(u64 *)(r0 +0)\n"
		"R0 invalid mem access 'mem_or_null'\n" END;

	check(with,
	      (struct expected){ "SKEP-V001", "may be NULL", "has fewer bytes", NULL, false });
	check(LOOKUP LINE "7: (79) r1 = *(u64 *)(r0 +0)\n"
			  "R0 invalid mem access 'map_value_or_null'\n" END,
	      (struct expected){ "SKEP-V001", "may be NULL", "when the key is absent", "check",
				 true });
}

TEST(a_null_check_does_not_make_a_shift_right)
{
	check(LOOKUP LINE
	      "7: (67) r0 <<= 1\n"
	      "R0 pointer arithmetic on map_value_or_null prohibited, null-check it first\n" END,
	      (struct expected){ "SKEP-V003", "not allowed on pointers at all", NULL,
				 "only numbers can be added", false });
}

TEST(a_size_of_zero_is_the_size_not_the_pointer)
{
	check(LOOKUP CHECKED
	      "8: (bf) r1 = r0                       ; R1=map_value(map=counts,ks=4,vs=48)\n"
	      "9: (b7) r2 = 0                        ; R2=0\n" LINE
	      "10: (85) call bpf_trace_printk#6\n"
	      "invalid access to map value, value_size=48 off=0 size=0\n"
	      "R1 min value is outside of the allowed memory range\n" END,
	      (struct expected){ "SKEP-V111", "the size given to bpf_trace_printk in R2 is 0",
				 "is set to 0 here", "instead of 0", true });
}

TEST(a_negative_size_is_named)
{
	check(LOOKUP CHECKED
	      "8: (bf) r1 = r0                       ; R1=map_value(map=counts,ks=4,vs=48)\n"
	      "9: (b7) r2 = -8                       ; R2=-8\n" LINE
	      "10: (85) call bpf_probe_read_kernel#113\n"
	      "R2 min value is negative, either use unsigned or 'var &= const'\n" END,
	      (struct expected){ "SKEP-V110", "in R2 is -8", "is set to -8 here", "instead of -8",
				 true });
}

TEST(a_subtracted_negative_number_moves_upwards)
{
	check(BEGIN "0: (17) r1 -= -1                      ; R1=ctx(off=1)\n" LINE
		    "1: (71) r0 = *(u8 *)(r1 +0)\n"
		    "dereference of modified ctx ptr R1 off=1 disallowed\n" END,
	      (struct expected){ "SKEP-V131", "R1 is the context, moved by 1",
				 "the pointer is moved by 1 here", NULL, true });
}

TEST(a_second_release_is_called_one)
{
	check(BEGIN
	      "3: (85) call bpf_sk_lookup_tcp#84     ; R0=sock_or_null(id=2,ref_obj_id=2) refs=2\n"
	      "4: (bf) r6 = r0                       ; R0=sock_or_null(id=2,ref_obj_id=2) "
	      "R6=sock_or_null(id=2,ref_obj_id=2) refs=2\n"
	      "5: (15) if r6 == 0x0 goto pc+5        ; R6=sock(ref_obj_id=2) refs=2\n"
	      "6: (bf) r1 = r6                       ; R1=sock(ref_obj_id=2) "
	      "R6=sock(ref_obj_id=2) refs=2\n"
	      "7: (85) call bpf_sk_release#86        ; R6=scalar()\n"
	      "8: (bf) r1 = r6                       ; R1=scalar(id=3) R6=scalar(id=3)\n" LINE
	      "9: (85) call bpf_sk_release#86\n"
	      "R1 type=scalar expected=sock_common, sock, tcp_sock, xdp_sock, ptr_\n" END,
	      (struct expected){ "SKEP-V502", "released before on this path",
				 "released here already", "drop this second release", false });
}

TEST(a_load_that_extends_the_sign_is_named)
{
	check(BEGIN LINE "0: (81) r2 = *(s32 *)(r1 +80)\n"
			 "invalid bpf_context access off=80 size=4\n" END,
	      (struct expected){ "SKEP-V130", "with their sign extended", NULL, "without a sign",
				 false });
}

TEST(a_value_that_is_returned_is_one_number)
{
	check(BEGIN
	      "0: (b7) r0 = 2                        ; R0=2\n" LINE "1: (95) exit\n"
	      "At program exit the register R0 has smin=2 smax=2 should have been in [0, 1]\n" END,
	      (struct expected){ "SKEP-V701", "returns 2; allowed is 0..1",
				 "the return value is set to 2", "1 lets pass", true });
}

TEST(bits_that_may_be_set_are_told_as_a_range)
{
	check(BEGIN "0: (b7) r0 = 0                        ; R0=0\n" LINE "1: (95) exit\n"
		    "At program exit the register R0 has value (0x0; 0x0) should have been in "
		    "(0x1; 0x0)\n" END,
	      (struct expected){ "SKEP-V701", "returns 0; allowed is 1", NULL,
				 "return 1 on every path", true });
}

TEST(what_a_call_took_is_kept_across_it)
{
	check(BEGIN "0: (85) call bpf_ktime_get_ns#5       ; R0=scalar()\n" LINE "1: (bf) r2 = r1\n"
		    "R1 !read_ok\n" END,
	      (struct expected){ "SKEP-V201", "has no value", "clobbers R1 to R5",
				 "across bpf_ktime_get_ns()", true });
}

TEST(null_is_called_null)
{
	check(BEGIN "0: (b7) r6 = 0                        ; R6=0\n" LINE
		    "1: (79) r1 = *(u64 *)(r6 +0)\n"
		    "R6 invalid mem access 'scalar'\n" END,
	      (struct expected){ "SKEP-V010", "is NULL here", "set to 0", "leave before this",
				 true });
}

TEST(a_stack_pointer_moved_too_far_is_no_access)
{
	check(BEGIN "0: (bf) r1 = r10                      ; R1=fp0 R10=fp0\n"
		    "1: (07) r1 += -536870911              ; R1=fp-536870911\n" LINE
		    "2: (07) r1 += -536870911\n"
		    "fp pointer offset -1073741822 is not allowed\n" END,
	      (struct expected){ "SKEP-V107", "moves a pointer to the stack by -1073741822", NULL,
				 NULL, false });
}
