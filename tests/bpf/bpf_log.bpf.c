/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Messages of each kind of argument; run by BPF_PROG_TEST_RUN. */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#else
#include <linux/in6.h>
#endif
#include <skep/bpf/core.h>
#include <skep/bpf/log.h>

#include "bpf_log.h"

SKEP_LICENSE("GPL");

char letters[64], longer[200];
__u8 mac[6] = { 0x00, 0x1b, 0x44, 0x11, 0x3a, 0xb7 };
__u8 bytes[16] = { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0x01 };
__u32 ip4 = 0x0302010a;
struct flow flow = { .address = 1, .port = 443, .flags = 5, .colour = COLOUR_GREEN };
union either either = { .number = 0x01010101 };
struct bits bits;
__u64 evaluated;

static __always_inline int count_up(void)
{
	return (int)++evaluated;
}

SEC("raw_tp/sys_enter")
int none(void *ctx)
{
	skep_error("nothing went wrong, 100%%");
	skep_warn("ends in a newline\n");
	return 0;
}

SEC("raw_tp/sys_enter")
int numbers(struct bpf_raw_tracepoint_args *ctx)
{
	__s64 n = (__s64)ctx->args[0];
	signed char tiny = (signed char)n;
	__s16 small = (__s16)n;
	__u8 byte = (__u8)n;
	_Bool yes = !!n;

	skep_info("%d %u %x %lld %llu %llx", (int)n, (unsigned int)n, (unsigned int)n, n, (__u64)n,
		  n);
	skep_info("%d %d %hhd %hd %u %d", tiny, small, tiny, small, byte, yes);
	skep_info("[%5d] [%-5d] [%05d] [%+d] [% d] [%.3d] [%*d] [%-*d]", (int)n, (int)n, (int)n,
		  (int)n, (int)n, (int)n, 6, (int)n, 6, (int)n);
	skep_info("%#x %#o %X %ld %zu %c", (unsigned int)n, (unsigned int)n, (unsigned int)n,
		  (long)n, (__SIZE_TYPE__)n, 'A' + (int)(n & 15));
	bits.small = (int)n & 7;
	bits.large = n & 0x1ff;
	skep_info("%d %u", bits.small, bits.large);
	return 0;
}

SEC("raw_tp/sys_enter")
int twelve(struct bpf_raw_tracepoint_args *ctx)
{
	int n = (int)ctx->args[0];

	skep_info("%d %d %d %d %d %d %d %d %d %d %d %d", n, n + 1, n + 2, n + 3, n + 4, n + 5,
		  n + 6, n + 7, n + 8, n + 9, n + 10, n + 11);
	return 0;
}

SEC("raw_tp/sys_enter")
int texts(struct bpf_raw_tracepoint_args *ctx)
{
	const void *user = (const void *)ctx->args[0];
	char own[16];

	skep_current_comm(own);
	skep_info("%s|%s|%s|%s", own, letters, longer, "literal");
	skep_info("%s|%s|%s", skep_str(letters), skep_str_n(longer, 10), skep_user_str(user));
	skep_info("%s|%s|%s", skep_str((void *)0), skep_str((void *)ctx->args[1]),
		  skep_user_str_n(user, 4));
	skep_info("[%20s] [%-8s] [%.3s] [%8.2s] [%.*s]", skep_str_n(letters, 5),
		  skep_str_n(letters, 5), letters, letters, 2, letters);
	return 0;
}

SEC("raw_tp/sys_enter")
int addresses(struct bpf_raw_tracepoint_args *ctx)
{
	void *pointer = (void *)ctx->args[0];
	struct in6_addr in6;

	__builtin_memcpy(&in6, bytes, sizeof(in6));
	skep_info("%pI4 %pi4 %pI4h %pI4n", &ip4, &ip4, &ip4, &ip4);
	skep_info("%pI6 %pi6 %pI6c %pI6c", bytes, &bytes, &in6, in6);
	skep_info("%pM %pMF %pm %pMR [%20pM]", mac, mac, &mac, mac, mac);
	skep_info("%ph %phC %phD %phN %*ph %4phN", mac, mac, mac, mac, 2, mac, mac);
	skep_info("%pU %pUB %pUl %p %px", bytes, bytes, bytes, pointer, pointer);
	return 0;
}

SEC("raw_tp/sys_enter")
int values(struct bpf_raw_tracepoint_args *ctx)
{
	enum colour colour = (enum colour)ctx->args[0];

	flow.colour = colour;
	skep_info("%s %d [%14s]", skep_enum(colour), colour, skep_enum(flow.colour));
	skep_info("%s %s", flow, either);
	return 0;
}

/* Arrays and structs whose contents the compiler knows. */
SEC("raw_tp/sys_enter")
int constants(struct bpf_raw_tracepoint_args *ctx)
{
	__u8 address[16] = { 0x20, 2, 3, 4, 5, 6 };
	struct large large = { 1, { 443, { 1, 2, 3 } }, COLOUR_GREEN, "abc", { 1, 2, 3 }, 2, 7 };
	__u64 n = ctx->args[0];

	skep_info("%llu %pI6c %llu", n, address, n);
	skep_info("%llu %s %llu", n, large, n);
	skep_info("%d %d %s", large.small, large.wide, skep_enum(large.colour));
	return 0;
}

SEC("raw_tp/sys_enter")
int levels(void *ctx)
{
	skep_error("e");
	skep_warn("w");
	skep_info("i");
	skep_debug("d");
	skep_trace("t %d", count_up());
	return 0;
}

/* So many messages of one place. */
SEC("raw_tp/sys_enter")
int storm(struct bpf_raw_tracepoint_args *ctx)
{
	for (int i = 0; i < 100; i++)
		skep_info("storm %d", i);
	return 0;
}

SEC("raw_tp/sys_enter")
int limited(struct bpf_raw_tracepoint_args *ctx)
{
	for (int i = 0; i < 100; i++)
		skep_log_limited(SKEP_LOG_WARN, 7, "limited %d", i);
	return 0;
}

/* A record that nobody declared: of the type and size that the caller says. */
SEC("raw_tp/sys_enter")
int forged(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 record[8] = { ctx->args[0], 0, 1, 2, 3 };
	__u64 size = ctx->args[1] & 63;

	asm volatile("" : "+r"(size));
	bpf_ringbuf_output(&skep_log, record, size & 63, 0);
	return 0;
}
