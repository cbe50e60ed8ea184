/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The clocks and random numbers that a program sees, in an object that is compiled for a test. */
#define SKEP_TESTING
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#include <skep/bpf/core.h>
#include <skep/bpf/sample.h>
#include <skep/bpf/time.h>

#include "inside.h"

SKEP_LICENSE("GPL");

SKEP_ARRAY(given, struct inject_seen, 1);

SEC("tc")
int read_all(struct __sk_buff *ctx)
{
	__u32 zero = 0;
	struct inject_seen *seen = bpf_map_lookup_elem(&given, &zero);

	if (!seen)
		return 1;
	seen->times[0] = bpf_ktime_get_ns();
	seen->times[1] = skep_time_ns();
	seen->times[2] = skep_time_boot_ns();
	seen->times[3] = skep_time_coarse_ns();
	seen->times[4] = skep_time_boot_or_ns();
	seen->times[5] = skep_time_since(0);
	for (int i = 0; i < 4; i++)
		seen->random[i] = bpf_get_prandom_u32();
	return 0;
}
