// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Programs run on packets that were built, with contexts, clocks and captures of the test's own. */
#include "harness/machine.h"
#include "harness/test.h"

#include <linux/bpf.h>
#include <sched.h>

#include <skep/testing.h>

#include "inside.skep.h"
#include "refusal.h"

static struct inside *app;

/* Loaded once: what cases change in maps, each sets anew. */
static void load(void **state)
{
	(void)state;
	require_root();
	if (app)
		return;
	skep_assert_ok(inside_open(&app, NULL));
	skep_assert_ok(skep_program_enable(inside_program_on_getpgid(app), false));
	skep_assert_ok(inside_load(app));
}

__attribute__((destructor)) static void unload(void)
{
	inside_free(app);
}

static struct inside_seen seen(void)
{
	struct inside_seen value;
	__u32 zero = 0;

	skep_assert_ok(skep_map_get(inside_map_seen(app), &zero, &value));
	return value;
}

static struct skep_packet *udp(uint16_t port)
{
	struct skep_packet *packet = NULL;

	skep_assert_ok(skep_packet_build(&packet, SKEP_ETH(), SKEP_IPV4(),
					 SKEP_UDP(.src = 0x0900, .dst = port), SKEP_FILL(30)));
	return packet;
}

TEST_WITH(xdp_sees_interface_queue_and_metadata, load, NULL)
{
	SKEP_AUTO(skep_packet) *packet = udp(53), *after = NULL;
	struct skep_test_ctx ctx = { .sz = sizeof(ctx) };
	const uint32_t meta = 41;
	struct skep_test_result result;
	uint32_t meta_out = 0;

	skep_assert_ok(skep_test_packet(
		&result, inside_program_on_frame(app), packet,
		SKEP_OPTS(skep_test_packet_opts, .packet_out = &after, .ctx_out = &ctx,
			  .meta_out = &meta_out, .meta_out_room = sizeof(meta_out),
			  .ctx = SKEP_OPTS(skep_test_ctx, .ingress_ifindex = 1, .meta = &meta,
					   .meta_bytes = sizeof(meta)))));
	assert_int_equal(result.retval, XDP_PASS);
	assert_int_equal(seen().ifindex, 1);
	assert_int_equal(seen().queue, 0);
	assert_int_equal(seen().meta, 41);
	assert_int_equal(seen().bytes, skep_packet_bytes(packet));
	assert_int_equal(meta_out, 42);
	assert_int_equal(ctx.meta_bytes, 4);
	assert_int_equal(ctx.ingress_ifindex, 1);
	assert_int_equal(result.data_bytes, skep_packet_bytes(packet));
	skep_assert_packet(after, packet);
}

TEST_WITH(metadata_that_a_program_adds_is_not_in_the_packet, load, NULL)
{
	SKEP_AUTO(skep_packet) *packet = udp(53), *after = NULL;
	struct skep_test_result result;
	uint32_t meta_out = 0;

	skep_assert_ok(skep_test_packet(&result, inside_program_on_frame(app), packet,
					SKEP_OPTS(skep_test_packet_opts, .packet_out = &after,
						  .meta_out = &meta_out,
						  .meta_out_room = sizeof(meta_out))));
	assert_int_equal(meta_out, INSIDE_META + 1);
	skep_assert_packet(after, packet);
	skep_packet_free(SKEP_TAKE(after));
	skep_assert_error(skep_test_packet(&result, inside_program_on_frame(app), packet,
					   SKEP_OPTS(skep_test_packet_opts, .packet_out = &after,
						     .meta_out = &meta_out, .meta_out_room = 3)),
			  ENOSPC);
	assert_null(after);
}

TEST_WITH(skb_sees_its_context_and_what_it_changes_comes_back, load, NULL)
{
	SKEP_AUTO(skep_packet) *packet = udp(53);
	struct skep_test_ctx ctx = { .sz = sizeof(ctx) };
	struct skep_test_result result;

	skep_assert_ok(skep_test_packet(
		&result, inside_program_on_skb(app), packet,
		SKEP_OPTS(skep_test_packet_opts, .ctx_out = &ctx,
			  .ctx = SKEP_OPTS(skep_test_ctx, .mark = 7, .priority = 3, .cb = { 9, 8 },
					   .ifindex = 1, .ingress_ifindex = 1, .wire_len = 1500,
					   .gso_segs = 2, .gso_size = 700, .tstamp = 12345))));
	assert_int_equal(result.retval, 0);
	assert_int_equal(seen().mark, 7);
	assert_int_equal(seen().ifindex, 1);
	assert_int_equal(seen().ingress, 1);
	assert_int_equal(seen().priority, 3);
	assert_int_equal(seen().wire_len, 1500);
	assert_int_equal(seen().gso_segs, 2);
	assert_int_equal(seen().gso_size, 700);
	assert_int_equal(seen().tstamp, 12345);
	assert_int_equal(seen().bytes, skep_packet_bytes(packet));
	assert_int_equal(ctx.mark, 8);
	assert_int_equal(ctx.priority, 5);
	assert_int_equal(ctx.cb[0], 10);
	assert_int_equal(ctx.cb[1], 8);
}

TEST_WITH(older_callers_contexts_are_read_as_far_as_they_go, load, NULL)
{
	SKEP_AUTO(skep_packet) *packet = udp(53);
	struct skep_test_ctx in = { .sz = offsetof(struct skep_test_ctx, priority),
				    .mark = 7,
				    .priority = 9 },
			     out = { .sz = offsetof(struct skep_test_ctx, mark), .mark = 1000 };
	struct skep_test_result result;

	skep_assert_ok(
		skep_test_packet(&result, inside_program_on_skb(app), packet,
				 SKEP_OPTS(skep_test_packet_opts, .ctx = &in, .ctx_out = &out)));
	assert_int_equal(seen().mark, 7);
	assert_int_equal(out.mark, 1000);
	in.sz = 0;
	skep_assert_error(skep_test_packet(&result, inside_program_on_skb(app), packet,
					   SKEP_OPTS(skep_test_packet_opts, .ctx = &in)),
			  EINVAL);
}

static void refuse_ctx(const struct skep_program *program, const struct skep_test_ctx *ctx,
		       int code, const char *words)
{
	SKEP_AUTO(skep_packet) *packet = udp(53);
	struct skep_test_result result = { .retval = 77 };

	skep_assert_error(skep_test_packet(&result, program, packet,
					   SKEP_OPTS(skep_test_packet_opts, .ctx = ctx)),
			  code);
	if (!strstr(skep_error_last()->message, words))
		fail_msg("'%s' is not in: %s", words, skep_error_last()->message);
	assert_int_equal(result.retval, 77);
}

TEST_WITH(contexts_that_the_kernel_does_not_let_in_are_explained, load, NULL)
{
	struct skep_program *xdp = inside_program_on_frame(app), *tc = inside_program_on_skb(app);
	static const unsigned char meta[256];

	refuse_ctx(xdp, SKEP_OPTS(skep_test_ctx, .mark = 1), EINVAL, "__sk_buff");
	refuse_ctx(xdp, SKEP_OPTS(skep_test_ctx, .meta = "abc", .meta_bytes = 3), EINVAL,
		   "multiple of 4");
	refuse_ctx(xdp, SKEP_OPTS(skep_test_ctx, .meta_bytes = 4), EINVAL, "`meta` is NULL");
	refuse_ctx(xdp, SKEP_OPTS(skep_test_ctx, .rx_queue = 1), EINVAL, "interface");
	refuse_ctx(xdp, SKEP_OPTS(skep_test_ctx, .ingress_ifindex = 999999), ENODEV, "999999");
	refuse_ctx(xdp, SKEP_OPTS(skep_test_ctx, .ingress_ifindex = 1, .rx_queue = 77), EINVAL,
		   "queue");
	refuse_ctx(tc, SKEP_OPTS(skep_test_ctx, .meta = "abcd", .meta_bytes = 4), EINVAL, "`meta`");
	refuse_ctx(xdp, SKEP_OPTS(skep_test_ctx, .meta = meta, .meta_bytes = 256), EINVAL,
		   "up to 32");
	refuse_ctx(tc, SKEP_OPTS(skep_test_ctx, .wire_len = 10), EINVAL, "`wire_len`");
	refuse_ctx(tc, SKEP_OPTS(skep_test_ctx, .wire_len = 1 << 20), EINVAL, "too large");
	refuse_ctx(tc, SKEP_OPTS(skep_test_ctx, .gso_segs = 1 << 20), EINVAL, "too large");
	refuse_ctx(tc, SKEP_OPTS(skep_test_ctx, .ifindex = 999999), ENODEV, "999999");
}

TEST_WITH(more_metadata_than_old_kernels_take_is_taken_or_explained, load, NULL)
{
	SKEP_AUTO(skep_packet) *packet = udp(53);
	static const unsigned char meta[64];
	struct skep_test_result result;
	int err = skep_test_packet(
		&result, inside_program_on_udp(app), packet,
		SKEP_OPTS(skep_test_packet_opts, .ctx = SKEP_OPTS(skep_test_ctx, .meta = meta,
								  .meta_bytes = sizeof(meta))));

	if (!err)
		return;
	assert_int_equal(err, -EINVAL);
	assert_non_null(strstr(skep_error_last()->message, "no metadata of 64 bytes"));
}

TEST_WITH(packets_and_programs_that_do_not_fit_are_refused, load, NULL)
{
	SKEP_AUTO(skep_packet) *packet = udp(53), *large = NULL;
	struct skep_test_result result;

	skep_assert_error(skep_test_packet(&result, inside_program_on_call(app), packet, NULL),
			  EOPNOTSUPP);
	skep_assert_error(skep_test_packet(&result, inside_program_on_getpgid(app), packet, NULL),
			  EOPNOTSUPP);
	skep_assert_error(skep_test_packet(&result, inside_program_on_udp(app), NULL, NULL),
			  EINVAL);
	skep_assert_error(skep_test_packet(&result, NULL, packet, NULL), EINVAL);
	skep_assert_error(skep_test_packet(NULL, inside_program_on_udp(app), packet, NULL), EINVAL);
	skep_assert_ok(skep_packet_cut(packet, 13));
	skep_assert_error(skep_test_packet(&result, inside_program_on_udp(app), packet, NULL),
			  EINVAL);
	assert_non_null(strstr(skep_error_last()->message, "14 bytes"));
	skep_assert_ok(skep_packet_build(&large, SKEP_ETH(), SKEP_FILL(200000)));
	skep_assert_error(skep_test_packet(&result, inside_program_on_udp(app), large, NULL),
			  E2BIG);
	assert_non_null(strstr(skep_error_last()->message, "200014"));
}

static void run_udp(uint16_t port, int times)
{
	SKEP_AUTO(skep_packet) *packet = udp(port);
	struct skep_test_result result;

	for (int i = 0; i < times; i++) {
		skep_assert_ok(skep_test_packet(&result, inside_program_on_udp(app), packet, NULL));
		assert_int_equal(result.retval, XDP_DROP);
	}
}

static inside_flows_map flows;
static inside_hits_map hits;
static const struct inside_flow dns = { .port = 53, .kind = 17 },
				other = { .port = 54, .kind = 17 };

static void open_maps(void **state)
{
	load(state);
	flows = inside_map_flows(app);
	hits = inside_map_hits(app);
	assert_int_equal(skep_map_clear(flows), 0);
	run_udp(53, 3);
}

static void has_other_value(void **state)
{
	const struct inside_count wrong = { .last = 9, .packets = 4 };

	(void)state;
	skep_assert_map_has(flows, &dns, &wrong);
}

static void has_no_key(void **state)
{
	const struct inside_count any = { .packets = 4 };

	(void)state;
	skep_assert_map_has(flows, &other, &any);
}

static void lacks_what_is_there(void **state)
{
	(void)state;
	skep_assert_map_lacks(flows, &dns);
}

static void counts_wrongly(void **state)
{
	(void)state;
	skep_assert_map_count(flows, 2);
}

static void sums_wrongly(void **state)
{
	const __u32 one = 1;

	(void)state;
	skep_assert_map_sum(hits, &one, 1000000);
}

static void asks_nothing(void **state)
{
	const inside_flows_map none = { .map = NULL };

	(void)state;
	skep_assert_map_count(none, 0);
}

TEST_WITH(map_assertions_hold_whatever_is_in_padding, open_maps, NULL)
{
	const struct inside_count expected = { .last = 9, .packets = 3 };
	const __u32 zero = 0;

	skep_assert_map_has(flows, &dns, &expected);
	skep_assert_map_lacks(flows, &other);
	skep_assert_map_count(flows, 1);
	skep_assert_map_sum(hits, &zero, 0);
}

TEST_WITH(map_assertions_fail_with_both_sides_by_their_fields, open_maps, NULL)
{
	assert_refusal_says(has_other_value, ".packets = (__u64)4");
	assert_refusal_says(has_other_value, ".packets = (__u64)3");
	assert_refusal_says(has_other_value, ".port = (__u16)53");
	assert_refusal_says(has_no_key, "the key is not there");
	assert_refusal_says(has_no_key, ".port = (__u16)54");
	assert_refusal_says(lacks_what_is_there, "the key is there");
	assert_refusal_says(counts_wrongly, "has 1 keys, not 2");
	assert_refusal_says(sums_wrongly, ", not 1000000");
	assert_refusal_says(asks_nothing, "there is no map");
}

static SKEP_MAP(__u16, __u32) plain;
static SKEP_PERCPU_MAP(__u32, __u8) narrow;

static void plain_has_another(void **state)
{
	const __u16 key = 0x0102;
	const __u32 value = 0x11121314;

	(void)state;
	skep_assert_map_has(plain, &key, &value);
}

static void narrow_has_another(void **state)
{
	const __u32 key = 1;

	(void)state;
	skep_assert_map_sum(narrow, &key, 3);
}

TEST(maps_without_types_are_told_in_hex_and_narrow_numbers_wrap)
{
	const __u16 key = 0x0102;
	const __u32 one = 1, value = 0x21222324;
	const __u8 most = 255;

	require_root();
	skep_assert_ok(skep_map_new(&plain, SKEP_MAP_TYPE_HASH, "plain", 4, NULL));
	skep_assert_ok(skep_map_new(&narrow, SKEP_MAP_TYPE_PERCPU_ARRAY, "narrow", 4, NULL));
	skep_assert_ok(skep_map_put(plain, &key, &value));
	skep_assert_map_has(plain, &key, &value);
	assert_refusal_says(plain_has_another, "14 13 12 11");
	assert_refusal_says(plain_has_another, "24 23 22 21");
	skep_assert_ok(skep_percpu_put_on(narrow, &one, 0, &most));
	skep_assert_map_sum(narrow, &one, 255);
	assert_refusal_says(narrow_has_another, "the sum is 255 (0xff), not 3");
	skep_map_free(plain.map);
	skep_map_free(narrow.map);
}

TEST_WITH(capture_goes_through_a_program_and_into_another, open_maps, NULL)
{
	SKEP_AUTO(skep_pcap_writer) *writer = NULL;
	SKEP_AUTO(skep_pcap) *capture = NULL;
	struct skep_test_result result;
	char path[4096];

	snprintf(path, sizeof(path), "%s/in.pcap", test_tmpdir());
	skep_assert_ok(skep_pcap_writer_new(&writer, path, NULL));
	for (uint16_t i = 0; i < 5; i++) {
		SKEP_AUTO(skep_packet) *packet = udp(1000 + i);

		skep_assert_ok(skep_pcap_writer_add(writer, packet, 1000000001u + i));
	}
	skep_assert_ok(skep_pcap_writer_flush(writer));
	skep_assert_ok(skep_pcap_open(&capture, path, NULL));
	for (uint16_t i = 0; i < 5; i++) {
		SKEP_AUTO(skep_packet) *packet = NULL;
		const struct inside_flow flow = { .port = (__u16)(1000 + i), .kind = 17 };
		const struct inside_count once = { .last = 9, .packets = 1 };

		skep_assert_ok(skep_pcap_next(capture, &packet));
		assert_int_equal(skep_packet_time_ns(packet), 1000000001u + i);
		skep_assert_ok(skep_test_packet(&result, inside_program_on_udp(app), packet, NULL));
		skep_assert_map_has(flows, &flow, &once);
	}
	skep_assert_map_count(flows, 6);
}

TEST_WITH(benchmark_measures_every_round_and_gives_the_cpu_back, load, NULL)
{
	SKEP_AUTO(skep_packet) *packet = udp(53);
	struct skep_test_bench_result cost = { 0 };
	cpu_set_t before, after;

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	skep_assert_ok(skep_test_bench(&cost, inside_program_on_udp(app),
				       SKEP_OPTS(skep_test_bench_opts, .packet = packet, .runs = 50,
						 .rounds = 4, .cpu = SKEP_EXACTLY(0))));
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
	assert_true(cost.min_ns >= 0 && cost.min_ns <= cost.median_ns);
	assert_true(cost.median_ns <= cost.max_ns);
	assert_int_equal(cost.runs, 50);
	assert_int_equal(cost.rounds, 4);
	assert_int_equal(cost.cpu, 0);
	assert_int_equal(cost.retval, XDP_DROP);
	assert_false(cost.with_call);
}

TEST_WITH(benchmark_of_what_runs_once_a_call_says_so, load, NULL)
{
	struct inside_seen args = { 0 };
	struct skep_test_bench_result cost = { 0 };

	skep_assert_ok(skep_test_bench(&cost, inside_program_on_call(app),
				       SKEP_OPTS(skep_test_bench_opts, .args = &args, .runs = 10,
						 .rounds = 1, .args_bytes = sizeof(args))));
	assert_true(cost.with_call);
	assert_int_equal(cost.retval, 3);
	assert_int_equal(args.mark, 30); /* to try, to warm up, to measure */
}

TEST_WITH(benchmark_refuses_what_it_cannot_measure, load, NULL)
{
	SKEP_AUTO(skep_packet) *packet = udp(53);
	struct skep_test_bench_result cost = { .rounds = 77 };
	struct skep_program *udp_program = inside_program_on_udp(app);

	skep_assert_error(
		skep_test_bench(&cost, udp_program,
				SKEP_OPTS(skep_test_bench_opts, .packet = packet, .rounds = 1001)),
		EINVAL);
	skep_assert_error(skep_test_bench(&cost, udp_program,
					  SKEP_OPTS(skep_test_bench_opts, .packet = packet,
						    .cpu = SKEP_EXACTLY(8000))),
			  EINVAL);
	skep_assert_error(
		skep_test_bench(&cost, udp_program,
				SKEP_OPTS(skep_test_bench_opts, .packet = packet, .args = &cost)),
		EINVAL);
	skep_assert_error(skep_test_bench(&cost, udp_program, NULL), EINVAL);
	skep_assert_error(skep_test_bench(&cost, inside_program_on_getpgid(app), NULL), EBADF);
	skep_assert_error(skep_test_bench(&cost, NULL, NULL), EINVAL);
	assert_int_equal(cost.rounds, 77);
}
