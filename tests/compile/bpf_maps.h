/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the cases of bpf_maps.cases stand on: a map of every kind. */
#include <skep/bpf/core.h>

struct key {
	__u32 address;
	__u16 port;
};
struct value {
	__u64 packets;
};
struct other {
	__u8 bytes[24];
};
struct prefix {
	__u32 bits;
	__u8 address[4];
};

SKEP_HASH(hash, struct key, struct value, 64, SKEP_MAP_FLAGS(BPF_F_NO_PREALLOC) SKEP_MAP_PINNED);
SKEP_ARRAY(array, __u64, 64);
SKEP_PERCPU_HASH(percpu, struct key, struct value, 64);
SKEP_HASH(counters, __u32, __u64, 64);
SKEP_LPM_TRIE(trie, struct prefix, __u32, 8);
SKEP_QUEUE(queue, struct value, 8);
SKEP_STACK(stack, struct value, 8);
SKEP_BLOOM(bloom, struct key, 8, 3);
SKEP_INNER(table, HASH, struct key, struct value, 8);
SKEP_ARRAY_OF_MAPS(tables, struct table, 8);
SKEP_HASH_OF_MAPS(tables_of, struct key, typeof(counters), 8) SKEP_VALUES(&counters);
SKEP_SOCKMAP(sockmap, 8);
SKEP_SOCKHASH(sockhash, struct key, 8);
SKEP_REUSEPORT_SOCKARRAY(group, 8);
SKEP_DEVMAP(devmap, 8);
SKEP_CPUMAP(cpumap, 8);
SKEP_XSKMAP(xskmap, 8);
SKEP_SK_STORAGE(of_sockets, struct value);
SKEP_INODE_STORAGE(of_inodes, struct value);
SKEP_TASK_STORAGE(of_tasks, struct value);
SKEP_CGROUP_STORAGE(of_cgroups, struct value);
SKEP_PROG_ARRAY(programs, struct xdp_md, 8);
SKEP_CGROUP_ARRAY(cgroups, 8);
SKEP_STACK_TRACE(stacks, 64, 8);
SKEP_RINGBUF(ring, struct value, 4096);
SKEP_USER_RINGBUF(commands, struct value, 4096);
SKEP_LICENSE("GPL");

__attribute__((unused)) static long each_value(void *map, const struct key *key,
					       struct value *value, __u64 *sum)
{
	*sum += value->packets + key->port;
	return 0;
}

SKEP_ON_USER_RECORD(on_command, commands, c, __u64, sum)
{
	*sum += c->packets;
	return 0;
}

void *context(void);
