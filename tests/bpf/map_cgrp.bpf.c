/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Values that belong to cgroups: written when one is made. Linux 6.2. */
#include <skep/bpf/core.h>

#include <bpf/bpf_tracing.h>

SKEP_LICENSE("GPL");

#define MAP_TYPE_CGRP_STORAGE 32 /* newer than Linux 6.1's headers */

struct {
	__uint(type, MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} cgroups SEC(".maps");

struct cgroup;

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(on_mkdir, struct cgroup *cgroup, const char *path)
{
	__u64 *value = bpf_cgrp_storage_get(&cgroups, cgroup, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (value)
		*value = 4711;
	return 0;
}
