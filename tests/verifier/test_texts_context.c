/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is said of the context's fields and of other refusals where the reason has to be told apart. */
#include "said.h"

#define HEAD(type) BEGIN "; int f(struct " type " *ctx) @ x.bpf.c:3\n0: (b7) r0 = 0 ; R0=0\n"
#define READ(type, off, n)                                                                         \
	"; x = y(); @ x.bpf.c:4\n1: (61) r2 = *(" type " *)(r1 +" off ")\n"                        \
	"invalid bpf_context access off=" off " size=" n "\n" END

TEST(half_of_a_pointer_is_told)
{
	check(HEAD("__sk_buff") READ("u32", "172", "4"),
	      (struct expected){ "SKEP-V130",
				 "only 4 bytes of `sk`, a pointer of 8 bytes in `struct __sk_buff`",
				 NULL, "access `sk` whole", NULL });
}

TEST(more_than_a_field_is_told)
{
	check(HEAD("xdp_md") READ("u64", "0", "8"),
	      (struct expected){ "SKEP-V130", "more than `data` has there: 4 bytes", NULL, NULL,
				 NULL });
}

TEST(what_is_behind_or_across_is_told)
{
	check(HEAD("xdp_md") READ("u32", "40", "4"),
	      (struct expected){ "SKEP-V130", "`struct xdp_md` ends at 24", NULL,
				 "leave this access out", NULL });
	check(BEGIN READ("u32", "18", "4"),
	      (struct expected){ "SKEP-V130", "not a multiple of 4", NULL, NULL, NULL });
}

TEST(a_field_of_the_hook_is_named)
{
	check(HEAD("bpf_sock_addr") READ("u32", "28", "4"),
	      (struct expected){ "SKEP-V130", "`family` of `struct bpf_sock_addr` may not be read",
				 NULL, NULL, NULL });
	check(BEGIN READ("u32", "172", "4"),
	      (struct expected){ "SKEP-V130", NULL, NULL,
				 "would be a part of `sk` of `struct __sk_buff`", NULL });
}

TEST(what_was_read_is_only_not_written)
{
	check(BEGIN "0: (61) r2 = *(u32 *)(r1 +84)         ; R1=ctx() R2=scalar()\n"
		    "1: (63) *(u32 *)(r1 +84) = r2\n"
		    "invalid bpf_context access off=84 size=4\n" END,
	      (struct expected){ "SKEP-V130", "may be read, but not written", NULL,
				 "leave this write out", NULL });
}

TEST(what_was_compared_is_released_behind_a_comparison)
{
	check(BEGIN
	      "; t = bpf_task_from_pid(1); @ x.bpf.c:4\n"
	      "0: (85) call bpf_task_from_pid#1      ; R0=ptr_or_null_task_struct(id=2,ref_obj_id=2) refs=2\n"
	      "; if (!t) @ x.bpf.c:5\n"
	      "1: (15) if r0 == 0x0 goto pc+1        ; R0=ptr_task_struct(ref_obj_id=2) refs=2\n"
	      "2: (b7) r0 = 0                        ; R0=0 refs=2\n"
	      "; } @ x.bpf.c:9\n3: (95) exit\n"
	      "Unreleased reference id=2 alloc_insn=0\n" END,
	      (struct expected){ "SKEP-V501", NULL, NULL, NULL, "if (t)\n\tbpf_task_release(t);" });
}

TEST(above_the_frame_the_offsets_are_told)
{
	check(BEGIN "; asm volatile (\"\" @ x.bpf.c:4\n0: (7a) *(u64 *)(r10 +8) = 0\n"
		    "invalid write to stack R10 off=8 size=8\n" END,
	      (struct expected){ "SKEP-V102", "outside the frame", NULL, "from -512 to -8", NULL });
}

TEST(the_second_pointer_is_named)
{
	check(BEGIN "0: (bf) r2 = r10                      ; R2=fp0 R10=fp0\n"
		    "; asm volatile (\"\" @ x.bpf.c:4\n1: (0f) r1 += r2\n"
		    "R1 pointer += pointer prohibited\n" END,
	      (struct expected){ "SKEP-V302", "the context in R1 and a pointer to the stack in R2",
				 NULL, "not for arithmetic", NULL });
}

TEST(a_read_of_the_packet_may_leave_a_function)
{
	check(BEGIN "0: (85) call pc+4\ncaller:\n R10=fp0\ncallee:\n frame1: R1=ctx() R10=fp0\n"
		    "5: frame1: R1=ctx() R10=fp0\n"
		    "5: (bf) r6 = r1                       ; frame1: R1=ctx() R6=ctx()\n"
		    "6: (b7) r7 = 0                        ; frame1: R7=0\n"
		    "7: (40) r0 = *(u32 *)skb[r7 + 0]\n"
		    "returning from callee:\n frame1: R0=0 R6=ctx() R7=0 R10=fp0\n"
		    "to caller at 1:\n R0=0 R10=fp0\n1: R0=0\n"
		    "1: (55) if r0 != 0x0 goto pc+1        ; R0=0\n2: (bf) r0 = r9\n"
		    "R9 !read_ok\n" END,
	      (struct expected){ "SKEP-V201", NULL, "the function is left here and returns 0",
				 "is left early", NULL });
}

TEST(options_and_variables_are_no_functions)
{
	check("libbpf: extern 'CONFIG_NO_SUCH' (strong): not resolved\n",
	      (struct expected){ "SKEP-V404",
				 "configuration of this kernel does not tell CONFIG_NO_SUCH", NULL,
				 "behind its `__kconfig`", NULL });
	check("libbpf: extern (var ksym) 'no_such': not found in kernel BTF\n",
	      (struct expected){ "SKEP-V404", "no variable no_such", NULL, "behind its `__ksym`",
				 "if (!&no_such)" });
}

/* There 0 would be XDP_ABORTED. */
TEST(an_xdp_program_is_left_by_its_own_words)
{
	check(BEGIN "; void *data = p(ctx); @ x.bpf.c:4\n"
		    "0: (61) r2 = *(u32 *)(r1 +0)          ; R1=ctx() R2=pkt(r=0)\n"
		    "; y = *data; @ x.bpf.c:6\n1: (71) r0 = *(u8 *)(r2 +0)\n"
		    "invalid access to packet, off=0 size=1, R2(id=0,off=0,r=0)\n"
		    "R2 offset is outside of the packet\n" END,
	      (struct expected){ "SKEP-V101", NULL, NULL, NULL, "return XDP_PASS;" });
}
