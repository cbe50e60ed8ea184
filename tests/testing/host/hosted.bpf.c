/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs that use what the host has, and some that do what the verifier would refuse. */
#include <skep/bpf/core.h>
#include <skep/bpf/field.h>
#include <skep/bpf/latency.h>
#include <skep/bpf/loop.h>
#include <skep/bpf/scratch.h>
#include <bpf/bpf_endian.h>
#include "hosted.h"

SKEP_LICENSE("GPL");

/* Declared by hand, as libbpf does it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct hosted_counter);
} by_size SEC(".maps");

SKEP_PERCPU_ARRAY(hits, __u64, 2);
SKEP_LPM_TRIE(networks, struct skep_lpm4, __u32, 8);
SKEP_QUEUE(waiting, __u32, 2);
SKEP_RINGBUF(seen, struct hosted_seen, 4096);
SKEP_SCRATCH(texts, struct hosted_seen);

struct locked {
	struct bpf_spin_lock lock;
	__u32 number;
};
SKEP_ARRAY(locks, struct locked, 2);

int stage_first(struct xdp_md *ctx);
int stage_second(struct xdp_md *ctx);
SKEP_PROG_ARRAY(stages, struct xdp_md, HOSTED_STAGES) SKEP_VALUES([1] = &stage_second);

SKEP_INNER(number_table, ARRAY, __u32, 4);
SKEP_INNER_MAP(first_table, number_table);
SKEP_ARRAY_OF_MAPS(tables, struct number_table, 2) SKEP_VALUES([1] = &first_table);

const volatile __u32 hosted_limit = 100;
const volatile char hosted_name[8];
struct hosted_counter hosted_total;
static __u32 runs;

SEC("xdp")
int hosted_count(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct hosted_counter first = { .hits = 1, .cpu = bpf_get_smp_processor_id() }, *counter;
	static __u32 calls;
	__u32 bytes = (__u32)(end - data), zero = 0;
	__u64 *hit = skep_map_get(&hits, &zero);

	runs++;
	calls++;
	if (hit)
		++*hit;
	if (bytes > hosted_limit)
		return XDP_DROP;
	counter = skep_map_get(&by_size, &bytes);
	if (counter)
		counter->hits++;
	else if (skep_map_put(&by_size, &bytes, &first))
		return XDP_ABORTED;
	hosted_total.hits++;
	skep_emit(ctx, &seen, e) {
		if (bytes == 13)
			break;
		e->bytes = bytes;
		e->cpu = bpf_get_smp_processor_id();
		skep_current_comm(e->comm);
	}
	return hosted_limit == 99 ? (int)(runs * 100 + calls) : XDP_PASS;
}

/* The mistake of every beginner: no check. */
SEC("xdp")
int hosted_unchecked(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data;

	return data[hosted_limit];
}

SEC("xdp")
int hosted_stale(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data;

	if (bpf_xdp_adjust_head(ctx, 4))
		return XDP_ABORTED;
	return data[8]; /* where the packet was */
}

SEC("xdp")
int hosted_resize(struct xdp_md *ctx)
{
	unsigned char *data, *end;

	if (bpf_xdp_adjust_head(ctx, -8) || bpf_xdp_adjust_tail(ctx, 3))
		return XDP_ABORTED;
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if (data + 8 > end)
		return XDP_ABORTED;
	data[0] = 0xaa;
	end[-1] = 0xbb;
	return bpf_xdp_adjust_tail(ctx, 5000) == -22 && bpf_xdp_adjust_head(ctx, -4096) == -22
		       ? XDP_PASS
		       : XDP_ABORTED;
}

/* Changes an address and its checksums in tc. */
SEC("tc")
int hosted_rewrite(struct __sk_buff *ctx)
{
	__u32 from, to = bpf_htonl(0x0a000002);

	if (bpf_skb_load_bytes(ctx, 26, &from, sizeof(from)))
		return 2;
	if (bpf_l3_csum_replace(ctx, 24, from, to, 4) ||
	    bpf_l4_csum_replace(ctx, 40, from, to, BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0 | 4) ||
	    bpf_skb_store_bytes(ctx, 26, &to, sizeof(to), 0))
		return 2;
	return bpf_skb_store_bytes(ctx, ctx->len, &to, 1, 0) == -14 ? 0 : 2;
}

SEC("xdp")
int stage_first(struct xdp_md *ctx)
{
	hosted_total.hits = 1;
	bpf_tail_call(ctx, &stages, 2); /* nothing there: goes on here */
	hosted_total.hits = 2;
	bpf_tail_call(ctx, &stages, 1);
	return -1;
}

SEC("xdp")
int stage_second(struct xdp_md *ctx)
{
	return (int)hosted_total.hits + 40;
}

static long add_round(__u32 i, void *sum)
{
	*(__u32 *)sum += i;
	return i == 9;
}

static long add_entry(void *map, const void *key, void *value, void *sum)
{
	*(__u32 *)sum += ((struct hosted_counter *)value)->hits;
	return 0;
}

SEC("raw_tp/sys_enter")
int hosted_loops(unsigned long long *ctx)
{
	__u32 sum = 0, entries = 0, here = 0;

	if (bpf_loop(100, add_round, &sum, 0) != 10 || sum != 45)
		return 1;
	if (bpf_for_each_map_elem(&by_size, add_entry, &entries, 0) != 2 || entries != 7)
		return 2;
	skep_for(i, 0, ctx[0], 64) here += i;
	return here == 45 ? 0 : 3;
}

SEC("raw_tp/sys_enter")
int hosted_kinds(unsigned long long *ctx)
{
	struct skep_lpm4 address = { .prefixlen = 32, .addr = { 10, 1, 2, 3 } };
	__u32 *found = skep_map_get(&networks, &address), one = 1, two = 2, got = 0, zero = 0;
	struct number_table *table;

	if (!found || *found != 24)
		return 1;
	if (skep_queue_push(&waiting, &one) || skep_queue_push(&waiting, &two) ||
	    skep_queue_push(&waiting, &two) != -7 || skep_queue_pop(&waiting, &got) || got != 1)
		return 2;
	table = skep_map_get(&tables, &one);
	if (!table || skep_map_get(&tables, &zero))
		return 3;
	found = skep_map_get(table, &two);
	if (!found || *found != 77)
		return 4;
	skep_scratch(&texts, t) t->bytes = 1;
	bpf_printk("%s: %d of %u, %llx", "kinds", -1, 3000000000U, 0x123456789abULL);
	return bpf_get_prandom_u32() == bpf_get_prandom_u32() ? 5 : 0;
}

SEC("raw_tp/sys_enter")
int hosted_locks(unsigned long long *ctx)
{
	__u32 zero = 0;
	struct locked *l = skep_map_get(&locks, &zero);

	if (!l)
		return 1;
	bpf_spin_lock(&l->lock);
	l->number++;
	if (ctx[0] == 1)
		return 0; /* held */
	if (ctx[0] == 2)
		bpf_spin_lock(&l->lock);
	bpf_spin_unlock(&l->lock);
	return (int)l->number;
}

SEC("raw_tp/sys_enter")
int hosted_forgets(unsigned long long *ctx)
{
	struct hosted_seen *e = bpf_ringbuf_reserve(&seen, sizeof(*e), 0);

	if (e && ctx[0])
		e->comm[ctx[0]] = 1;
	if (e && ctx[0] == 2)
		bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("raw_tp/sys_enter")
int hosted_reads(unsigned long long *ctx)
{
	char text[8];
	long got = bpf_probe_read_user_str(text, sizeof(text), (void *)ctx[0]);

	if (got < 0)
		return (int)got;
	return text[0] == hosted_name[0] ? (int)got : -1;
}

SEC("tc")
int hosted_unknown(struct __sk_buff *ctx)
{
	return (int)bpf_get_cgroup_classid(ctx);
}

SEC("raw_tp/sys_enter")
int hosted_old_kernel(unsigned long long *ctx)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop) +
	       2 * (skep_time_boot_or_ns() == 5);
}

SKEP_LATENCY(took, 16);
SKEP_TASK_STORAGE(of_task, struct hosted_counter);

SEC("raw_tp/sys_enter")
int hosted_start(unsigned long long *ctx)
{
	struct hosted_counter *mine =
		skep_storage_get_or_create(&of_task, bpf_get_current_task_btf());

	if (!mine)
		return -1;
	skep_latency_start(&took);
	return (int)++mine->hits;
}

SEC("raw_tp/sys_exit")
int hosted_end(unsigned long long *ctx)
{
	skep_storage_del(&of_task, bpf_get_current_task_btf());
	return (int)skep_latency_end(&took);
}

/* Two tags on, and all of them off. */
SEC("tc")
int hosted_tags(struct __sk_buff *ctx)
{
	if (bpf_skb_vlan_push(ctx, bpf_htons(0x8100), 7) ||
	    bpf_skb_vlan_push(ctx, bpf_htons(0x88a8), 8) || ctx->vlan_tci != 8)
		return -1;
	if (bpf_skb_vlan_pop(ctx) || ctx->vlan_tci != 7 || bpf_skb_vlan_pop(ctx))
		return -2;
	return bpf_skb_vlan_pop(ctx) || ctx->vlan_present ? -3 : (int)ctx->len;
}

/* Of the test, and of nobody. */
extern int hosted_kfunc(int number) __ksym __weak;
extern int hosted_missing_kfunc(int number) __ksym __weak;

SEC("raw_tp/sys_enter")
int hosted_kfuncs(unsigned long long *ctx)
{
	int result = hosted_kfunc ? hosted_kfunc((int)ctx[0]) : -1;

	return hosted_missing_kfunc ? hosted_missing_kfunc(result) : result;
}

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} hosted_perf_events SEC(".maps");

SEC("raw_tp/sys_enter")
int hosted_perf(unsigned long long *ctx)
{
	__u64 word = ctx[0];

	return (int)bpf_perf_event_output(ctx, &hosted_perf_events, ctx[1], &word, sizeof(word));
}

SEC("xdp")
int hosted_redirect(struct xdp_md *ctx)
{
	return (int)bpf_redirect(5, hosted_limit - 100);
}

SKEP_FIELDS(versions, hosted, int new_name; int old_name;);

SEC("raw_tp/sys_enter")
int hosted_field(unsigned long long *ctx)
{
	struct versions___hosted *v = (void *)ctx[0];

	return skep_field_any(v, -1, new_name, old_name);
}
