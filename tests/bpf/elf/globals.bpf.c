/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Global data of each kind: zero, set, constant, in sections of its own, hidden, static. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct config {
	const char name[16];
	enum {
		OFF,
		ON = 1 << 20
	} mode;
	struct {
		int x, y;
	} points[4];
};

int zero;
static volatile int zero_static;
long set = 42;
static volatile int set_static = 43;
const volatile int limit = 7;
const volatile struct config config = { .name = "skep", .mode = ON };
__u64 custom SEC(".data.custom") = 5;
const volatile __u64 constant SEC(".rodata.custom") = 6;
__u64 large[4096] SEC(".bss.large");
__hidden int hidden = 1;
__weak int weak = 2;

SEC("tp/syscalls/sys_enter_write")
int on_write(void *ctx)
{
	static const char format[] = "%d of %d";

	zero++;
	zero_static++;
	set += set_static + hidden + weak;
	custom += constant;
	large[zero & 4095] = config.mode;
	bpf_trace_printk(format, sizeof(format), zero, limit);
	return 0;
}

char _license[] SEC("license") = "GPL";
__u32 _version SEC("version") = 0x050a00;
