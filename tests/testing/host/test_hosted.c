// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What BPF programs do on the host: hosted.bpf.c has them. How they fail: test_refused.c. */
#include "harness/test.h"

#include <arpa/inet.h>
#include <linux/bpf.h>

#include <skep/testing.h>
#include <skep/testing/host.h>

#include "hosted.h"
#include "programs.h"

static int run_on(int (*program)(struct xdp_md *), size_t bytes)
{
	SKEP_AUTO(skep_host_packet) *packet = NULL;
	unsigned char data[256] = { 0 };

	skep_assert_ok(skep_host_packet_new(&packet, data, bytes));
	return skep_host_run(program, skep_host_xdp(packet));
}

TEST(program_counts_in_maps_and_variables)
{
	struct hosted_counter counter = { 0 };
	uint32_t key = 60;

	skep_host_reset();
	assert_int_equal(run_on(hosted_count, 60), XDP_PASS);
	assert_int_equal(run_on(hosted_count, 60), XDP_PASS);
	skep_assert_ok(skep_host_get("by_size", &key, &counter));
	assert_int_equal(counter.hits, 2);
	assert_int_equal(hosted_total.hits, 2);
	key = 61;
	skep_assert_error(skep_host_get("by_size", &key, &counter), ENOENT);
}

TEST(full_map_is_full)
{
	skep_host_reset();
	for (size_t bytes = 20; bytes < 24; bytes++)
		assert_int_equal(run_on(hosted_count, bytes), XDP_PASS);
	assert_int_equal(run_on(hosted_count, 24), XDP_ABORTED);
	assert_int_equal(skep_host_map_count(skep_host_map("by_size")), 4);
}

TEST(constants_are_set_and_reset_brings_all_back)
{
	struct hosted_counter counter;
	uint32_t key = 60;

	skep_host_reset();
	skep_host_set_const(hosted_limit, 50);
	assert_int_equal(run_on(hosted_count, 60), XDP_DROP);
	skep_host_reset();
	assert_int_equal(hosted_limit, 100);
	assert_int_equal(hosted_total.hits, 0);
	/* Also what is static, in the file and in a function: both count runs. */
	run_on(hosted_count, 60);
	skep_host_set_const(hosted_limit, 99);
	assert_int_equal(run_on(hosted_count, 60), 202);
	skep_host_reset();
	skep_host_set_const(hosted_limit, 99);
	assert_int_equal(run_on(hosted_count, 60), 101);
	skep_host_reset();
	skep_assert_error(skep_host_get("by_size", &key, &counter), ENOENT);
}

TEST(each_cpu_has_its_value)
{
	uint64_t all[4] = { 0 }, here = 0;
	uint32_t zero = 0;

	skep_host_reset();
	run_on(hosted_count, 30);
	skep_host_set_cpu(2);
	run_on(hosted_count, 30);
	run_on(hosted_count, 30);
	skep_assert_ok(skep_host_get("hits", &zero, &here));
	assert_int_equal(here, 2);
	assert_int_equal(skep_host_map_value_bytes(skep_host_map("hits")), sizeof(all));
	skep_assert_ok(skep_host_map_lookup(skep_host_map("hits"), &zero, all, 0));
	assert_int_equal(all[0], 1);
	assert_int_equal(all[2], 2);
}

TEST(records_come_out_in_order_and_a_full_ring_is_counted)
{
	const struct skep_host_current who = { .pid = 7, .comm = "a name that is too long" };
	const struct hosted_seen *record;
	size_t bytes = 0;

	skep_host_reset();
	skep_host_set_current(&who);
	run_on(hosted_count, 60);
	run_on(hosted_count, 13);
	run_on(hosted_count, 61);
	record = skep_host_record("seen", &bytes);
	assert_non_null(record);
	assert_int_equal(bytes, sizeof(*record));
	assert_int_equal(record->bytes, 60);
	assert_string_equal(record->comm, "a name that is ");
	record = skep_host_record("seen", NULL);
	assert_int_equal(record->bytes, 61);
	assert_null(skep_host_record("seen", NULL));
	assert_int_equal(seen__counts.discarded, 1);
	skep_host_set_full("seen", true);
	run_on(hosted_count, 60);
	assert_null(skep_host_record("seen", NULL));
	assert_int_equal(seen__counts.dropped, 1);
}

/* As the kernel: a record takes 8 bytes more, and one byte of the ring stays free. */
TEST(ring_is_full_where_the_kernels_is)
{
	const size_t most = 4095 / (sizeof(struct hosted_seen) + 8);

	skep_host_reset();
	for (size_t i = 0; i <= most; i++)
		run_on(hosted_count, 60);
	assert_int_equal(skep_host_map_count(skep_host_map("seen")), most);
	assert_int_equal(seen__counts.dropped, 1);
}

TEST(packet_grows_and_shrinks_within_its_bounds)
{
	SKEP_AUTO(skep_host_packet) *packet = NULL;
	unsigned char data[60] = { 1, 2, 3 };
	const unsigned char *now;
	size_t bytes;

	skep_host_reset();
	skep_assert_ok(skep_host_packet_new(&packet, data, sizeof(data)));
	assert_true((uintptr_t)skep_host_packet_data(packet, NULL) < UINT32_MAX);
	assert_int_equal(skep_host_run(hosted_resize, skep_host_xdp(packet)), XDP_PASS);
	now = skep_host_packet_data(packet, &bytes);
	assert_int_equal(bytes, 71);
	assert_int_equal(now[0], 0xaa);
	assert_int_equal(now[8], 1);
	assert_int_equal(now[10], 3);
	assert_int_equal(now[70], 0xbb);
}

/* Ethernet, IPv4 and UDP of 10.0.0.1 to 10.0.0.9; both checksums are right. */
static const unsigned char datagram[] = {
	2,  0, 0,    0, 0,    1,    2, 0,    0,    0,    0,    2,  8,   0,   0x45,
	0,  0, 0x1e, 0, 0,    0,    0, 0x40, 0x11, 0x66, 0xc4, 10, 0,   0,   1,
	10, 0, 0,    9, 0x30, 0x39, 0, 53,   0,    10,   0,    0,  'h', 'i',
};

static uint16_t sum_of(const unsigned char *data, size_t bytes, uint32_t sum)
{
	for (size_t i = 0; i < bytes; i += 2)
		sum += (uint32_t)(data[i] << 8 | (i + 1 < bytes ? data[i + 1] : 0));
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

TEST(checksums_are_right_after_a_change)
{
	SKEP_AUTO(skep_host_packet) *packet = NULL;
	unsigned char data[sizeof(datagram)];
	const unsigned char *now;
	uint16_t sum;

	skep_host_reset();
	memcpy(data, datagram, sizeof(data));
	data[24] = data[25] = 0;
	sum = (uint16_t)~sum_of(data + 14, 20, 0);
	data[24] = (unsigned char)(sum >> 8);
	data[25] = (unsigned char)sum;
	sum = (uint16_t)~sum_of(data + 34, 10, sum_of(data + 26, 8, 17 + 10));
	data[40] = (unsigned char)(sum >> 8);
	data[41] = (unsigned char)sum;
	skep_assert_ok(skep_host_packet_new(&packet, data, sizeof(data)));
	assert_int_equal(skep_host_run(hosted_rewrite, skep_host_skb(packet)), 0);
	now = skep_host_packet_data(packet, NULL);
	assert_int_equal(now[29], 2);
	assert_int_equal(sum_of(now + 14, 20, 0), 0xffff);
	assert_int_equal(sum_of(now + 34, 10, sum_of(now + 26, 8, 17 + 10)), 0xffff);
}

TEST(tail_calls_go_where_the_declaration_or_the_test_says)
{
	struct skep_host_map *stages = skep_host_map("stages");
	int (*count)(struct xdp_md *) = hosted_count;
	uint32_t two = 2;

	skep_host_reset();
	assert_int_equal(run_on(stage_first, 60), 42);
	skep_assert_ok(skep_host_map_update(stages, &two, &count, BPF_ANY));
	assert_int_equal(run_on(stage_first, 60), XDP_PASS);
	skep_assert_ok(skep_host_map_delete(stages, &two));
	assert_int_equal(run_on(stage_first, 60), 42);
}

TEST(loops_and_walks_call_back)
{
	unsigned long long ten[] = { 10 };
	struct hosted_counter counter = { .hits = 3 };
	uint32_t key = 1;

	skep_host_reset();
	skep_assert_ok(skep_host_put("by_size", &key, &counter));
	key = 2;
	counter.hits = 4;
	skep_assert_ok(skep_host_put("by_size", &key, &counter));
	assert_int_equal(skep_host_run(hosted_loops, ten), 0);
}

TEST(tries_queues_and_inner_maps_work)
{
	const struct skep_lpm4 wide = { 8, { 10, 0, 0, 0 } }, narrow = { 24, { 10, 1, 2, 0 } };
	uint32_t value = 8, two = 2;
	unsigned long long none[] = { 0 };

	skep_host_reset();
	skep_assert_ok(skep_host_put("networks", &wide, &value));
	value = 24;
	skep_assert_ok(skep_host_put("networks", &narrow, &value));
	value = 77;
	skep_assert_ok(skep_host_put("first_table", &two, &value));
	assert_int_equal(skep_host_run(hosted_kinds, none), 0);
	assert_string_equal(skep_host_printed(), "kinds: -1 of 3000000000, 123456789ab");
}

static long fake_classid(const void *skb)
{
	return skb ? 12345 : 0;
}

TEST(test_brings_its_own_helper)
{
	SKEP_AUTO(skep_host_packet) *packet = NULL;

	skep_host_reset();
	skep_assert_ok(skep_host_packet_new(&packet, datagram, sizeof(datagram)));
	skep_host_fake("bpf_get_cgroup_classid", fake_classid);
	assert_int_equal(skep_host_run(hosted_unknown, skep_host_skb(packet)), 12345);
}

int hosted_kfunc(int number)
{
	return number * 2;
}

TEST(test_brings_its_own_kfunc)
{
	unsigned long long five[] = { 5 };

	skep_host_reset();
	assert_int_equal(skep_host_run(hosted_kfuncs, five), 10);
}

TEST(bad_address_is_efault_and_no_crash)
{
	unsigned long long text[] = { (uintptr_t) "four" }, bad[] = { 16 };
	unsigned long long long_one[] = { (uintptr_t) "four and more" };

	skep_host_reset();
	skep_host_set_const(hosted_name, "f");
	assert_int_equal(skep_host_run(hosted_reads, text), 5);
	assert_int_equal(skep_host_run(hosted_reads, long_one), 8);
	assert_int_equal(skep_host_run(hosted_reads, bad), -EFAULT);
}

TEST(test_says_what_the_kernel_lacks)
{
	unsigned long long none[] = { 0 };

	skep_host_reset();
	skep_host_set_time(5);
	assert_int_equal(skep_host_run(hosted_old_kernel, none), 3);
	skep_host_lack("BPF_FUNC_loop");
	assert_int_equal(skep_host_run(hosted_old_kernel, none), 2);
	skep_host_reset();
	assert_int_equal(skep_host_run(hosted_old_kernel, none), 1);
}

TEST(lock_is_taken_and_given)
{
	unsigned long long well[] = { 0 };

	skep_host_reset();
	assert_int_equal(skep_host_run(hosted_locks, well), 1);
}

TEST(latency_is_what_the_clock_says)
{
	unsigned long long none[] = { 0 };

	skep_host_reset();
	skep_host_set_time(100);
	assert_int_equal(skep_host_run(hosted_start, none), 1);
	skep_host_set_time(200);
	assert_int_equal(skep_host_run(hosted_start, none), 2);
	skep_host_set_time(250);
	assert_int_equal(skep_host_run(hosted_end, none), 50);
	assert_int_equal(skep_host_run(hosted_end, none), 150);
	assert_int_equal(skep_host_map_count(skep_host_map("of_task")), 0);
	assert_int_equal(skep_host_run(hosted_start, none), 1);
}

TEST(tags_go_on_and_off)
{
	SKEP_AUTO(skep_host_packet) *packet = NULL;
	size_t bytes;

	skep_host_reset();
	skep_assert_ok(skep_host_packet_new(&packet, datagram, sizeof(datagram)));
	assert_int_equal(skep_host_run(hosted_tags, skep_host_skb(packet)), sizeof(datagram));
	assert_memory_equal(skep_host_packet_data(packet, &bytes), datagram, sizeof(datagram));
	assert_int_equal(bytes, sizeof(datagram));
}

TEST(map_is_made_larger_until_the_reset)
{
	skep_host_reset();
	skep_host_set_entries("by_size", 5);
	for (size_t bytes = 20; bytes < 25; bytes++)
		assert_int_equal(run_on(hosted_count, bytes), XDP_PASS);
	assert_int_equal(run_on(hosted_count, 25), XDP_ABORTED);
	skep_host_reset();
	for (size_t bytes = 20; bytes < 24; bytes++)
		assert_int_equal(run_on(hosted_count, bytes), XDP_PASS);
	assert_int_equal(run_on(hosted_count, 24), XDP_ABORTED);
}

TEST(what_no_map_or_packet_can_be_is_said)
{
	const struct skep_host_map_def bad[] = {
		{ .type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 4 },
		{ .type = BPF_MAP_TYPE_HASH, .value_size = 4, .max_entries = 1 },
		{ .type = BPF_MAP_TYPE_ARRAY, .key_size = 8, .value_size = 4, .max_entries = 1 },
		{ .type = BPF_MAP_TYPE_QUEUE, .key_size = 4, .value_size = 4, .max_entries = 1 },
		{ .type = BPF_MAP_TYPE_LPM_TRIE, .key_size = 4, .value_size = 4, .max_entries = 1 },
		{ .type = BPF_MAP_TYPE_ARRAY,
		  .key_size = 4,
		  .value_size = 1 << 20,
		  .max_entries = UINT32_MAX },
	};
	const struct skep_host_map_def arena = {
		.type = 33, .key_size = 4, .value_size = 4, .max_entries = 1
	};
	SKEP_AUTO(skep_host_packet) *packet = NULL;
	struct skep_host_map *map = NULL;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		skep_assert_error(skep_host_map_new(&map, "bad", &bad[i]), EINVAL);
	skep_assert_error(skep_host_map_new(&map, "none", NULL), EINVAL);
	skep_assert_error(skep_host_map_new(&map, "arena", &arena), EOPNOTSUPP);
	assert_null(map);
	skep_assert_error(skep_host_packet_new(&packet, datagram, 65537), EINVAL);
	skep_assert_error(skep_host_packet_new(&packet, NULL, 5), EINVAL);
	skep_assert_ok(skep_host_packet_new(&packet, NULL, 0));
}
