// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Programs that decide about packets: routes, rules, limits, drops; and packets in pieces. */
#include "harness/machine.h"
#include "harness/test.h"

#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "bpf_net_app.h"
#include "net.h"

#define ROUTES 200
#define MOST   2048

static int rounds(void)
{
	return test_scaled_ms(1000) > 1000 ? 1000 : 3000; /* guests are slow */
}

static struct net_asked *ask(uint32_t what)
{
	struct net_asked *asked = &bpf_net_vars()->asked;

	memset(asked, 0, sizeof(*asked));
	asked->what = what;
	return asked;
}

static uint32_t below(uint64_t *seed, uint32_t limit)
{
	return (uint32_t)(packet_random_next(seed) >> 33) % limit;
}

/* Few bits differ, so that prefixes and addresses meet. */
static void pick_address(unsigned char *to, size_t bytes, uint64_t *seed)
{
	memset(to, 0x20, bytes);
	to[0] = (unsigned char)(below(seed, 16) << 4);
	to[1] = (unsigned char)(below(seed, 4) << 6);
	to[bytes - 2] = (unsigned char)below(seed, 4);
	to[bytes - 1] = (unsigned char)below(seed, 256);
}

static bool fits(const unsigned char *address, const unsigned char *prefix, uint32_t bits)
{
	uint32_t rest = bits % 8;

	if (memcmp(address, prefix, bits / 8) != 0)
		return false;
	return !rest || (address[bits / 8] ^ prefix[bits / 8]) >> (8 - rest) == 0;
}

static struct skep_lpm6 routes[2][ROUTES];

/* Of both families, some for one address alone; the number is what is found. */
static void put_routes(uint64_t *seed)
{
	bpf_net_routes4_map map4 = bpf_net_map_routes4(bpf_net_opened());
	bpf_net_routes6_map map6 = bpf_net_map_routes6(bpf_net_opened());

	for (uint32_t i = 0; i < ROUTES; i++) {
		struct skep_lpm4 key4 = { .prefixlen = 12 + below(seed, 21) };
		struct skep_lpm6 key6 = { .prefixlen = 12 + below(seed, 117) };

		if (i < ROUTES / 10) {
			key4.prefixlen = 32;
			key6.prefixlen = 128;
		}
		pick_address(key4.addr, 4, seed);
		pick_address(key6.addr, 16, seed);
		assert_ok(skep_map_put(map4, &key4, &i));
		assert_ok(skep_map_put(map6, &key6, &i));
		routes[0][i].prefixlen = key4.prefixlen;
		memcpy(routes[0][i].addr, key4.addr, 4);
		routes[1][i] = key6;
	}
}

/* The longest prefix that fits; of equal ones the last, which took the place of the others. */
static int best_route(bool is6, const unsigned char *address)
{
	int best = -1;

	for (int i = 0; i < ROUTES; i++)
		if (fits(address, routes[is6][i].addr, routes[is6][i].prefixlen) &&
		    (best < 0 || routes[is6][i].prefixlen >= routes[is6][best].prefixlen))
			best = i;
	return best;
}

TEST_WITH(lpm_keys_find_the_longest_of_200_prefixes, bpf_net_start, NULL)
{
	static const char *const programs[] = { "route_xdp", "route_tc" };
	int count = rounds(), found = 0;
	uint64_t seed = 21;

	put_routes(&seed);
	ask(0);
	for (int i = 0; i < count; i++) {
		unsigned char packet[MOST];
		bool is6 = i % 2;
		size_t bytes = packet_make(packet, is6 ? PACKET_TCP6 : PACKET_TCP4, &seed);
		unsigned char *dst = packet + 14 + (is6 ? 24 : 16);
		int wanted;

		pick_address(dst, is6 ? 16 : 4, &seed);
		if (i % 7 == 0)
			memcpy(dst, routes[is6][i % ROUTES].addr, is6 ? 16 : 4);
		wanted = best_route(is6, dst);
		bpf_net_read(programs[i / 2 % 2], packet, bytes);
		assert_int_equal(bpf_net_vars()->status, wanted);
		found += wanted >= 0;
	}
	assert_in_range(found, count / 10, count - 1);
}

static void put_rules(struct net_rule *rules, uint64_t *seed)
{
	static const uint8_t protos[] = { 6, 17, 1 };

	for (int i = 0; i < NET_RULES; i++) {
		struct net_rule *rule = &rules[i];
		uint32_t port = below(seed, 65536);

		memset(rule, 0, sizeof(*rule));
		pick_address((unsigned char *)&rule->src, 4, seed);
		pick_address((unsigned char *)&rule->dst, 4, seed);
		rule->src_mask = htonl(~0U << below(seed, 24));
		rule->dst_mask = htonl(~0U << below(seed, 24));
		rule->to = below(seed, 2) ? 0xffff : (uint16_t)(port + below(seed, 65536 - port));
		rule->from = rule->to == 0xffff ? 0 : (uint16_t)port;
		rule->proto = protos[below(seed, 3)];
		rule->proto_mask = below(seed, 2) ? 0xff : 0;
	}
}

static int first_rule(const struct net_rule *rules, const unsigned char *packet)
{
	const unsigned char *l4 = packet + 34;
	uint16_t port = packet[23] == 1 ? 0 : (uint16_t)(l4[2] << 8 | l4[3]);
	uint32_t src, dst;

	memcpy(&src, packet + 26, 4);
	memcpy(&dst, packet + 30, 4);
	for (int i = 0; i < NET_RULES; i++) {
		const struct net_rule *rule = &rules[i];

		if ((src & rule->src_mask) == (rule->src & rule->src_mask) &&
		    (dst & rule->dst_mask) == (rule->dst & rule->dst_mask) &&
		    (!rule->proto_mask || packet[23] == rule->proto) && port >= rule->from &&
		    port <= rule->to)
			return i;
	}
	return -1;
}

TEST_WITH(first_of_200_rules_that_fits_is_found, bpf_net_start, NULL)
{
	static const enum packet_kind kinds[] = { PACKET_TCP4, PACKET_UDP4, PACKET_ICMP4 };
	static const char *const programs[] = { "filter_xdp", "filter_tc" };
	struct net_rule *rules = bpf_net_vars()->rules;
	int count = rounds(), hits[NET_RULES + 1] = { 0 }, kinds_hit = 0;
	uint64_t seed = 22;

	put_rules(rules, &seed);
	memset(&rules[NET_RULES - 1], 0, sizeof(*rules)); /* the last one takes what is left */
	rules[NET_RULES - 1].to = 0xffff;
	for (int i = 0; i < count; i++) {
		unsigned char packet[MOST];
		size_t bytes = packet_make(packet, kinds[i % 3], &seed);
		int wanted;

		pick_address(packet + 26, 4, &seed);
		pick_address(packet + 30, 4, &seed);
		if (i % 2) { /* one that its addresses are made for, and perhaps an earlier one */
			uint32_t rule = below(&seed, NET_RULES - 1);

			memcpy(packet + 26, &rules[rule].src, 4);
			memcpy(packet + 30, &rules[rule].dst, 4);
		}
		wanted = first_rule(rules, packet);
		bpf_net_read(programs[i / 3 % 2], packet, bytes);
		assert_int_equal(bpf_net_vars()->status, wanted);
		hits[wanted + 1]++;
	}
	for (int i = 0; i <= NET_RULES; i++)
		kinds_hit += hits[i] > 0;
	assert_true(kinds_hit > 50 && hits[NET_RULES] > 0);
}

/* A bucket as one would write it down: so much is in it, so much comes with time. */
TEST_WITH(bucket_gives_what_a_model_gives_at_random_times, bpf_net_start, NULL)
{
	const uint64_t period = 1000, size = 5; /* as the program has them */
	uint64_t seed = 23, level = size * period, now = 1000000;
	int count = rounds(), given = 0;
	unsigned char packet[MOST];
	size_t bytes = packet_build(packet, 0);

	bpf_net_vars()->bucket.full_at = 0;
	for (int i = 0; i < count; i++) {
		uint64_t tokens = below(&seed, 7),
			 passed = below(&seed, 4) ? below(&seed, 3000) : 0;
		bool wanted;

		now += passed;
		level = level + passed < size * period ? level + passed : size * period;
		wanted = tokens * period <= level;
		if (wanted)
			level -= tokens * period;
		ask(0)->now = now;
		bpf_net_vars()->asked.bytes = (uint32_t)tokens;
		bpf_net_read(i % 2 ? "take_tc" : "take_xdp", packet, bytes);
		assert_int_equal(bpf_net_vars()->status, wanted);
		given += wanted;
	}
	assert_in_range(given, count / 10, count - count / 10);
}

static uint64_t drops_of(uint32_t reason)
{
	bpf_net_drops_map drops = bpf_net_map_drops(bpf_net_opened());
	SKEP_PERCPU_VIEW(uint64_t) view;
	uint64_t sum = 0;

	assert_ok(skep_percpu_new(&view, drops));
	assert_ok(skep_percpu_get(drops, &reason, view));
	for (unsigned int cpu = 0; cpu < (unsigned int)sysconf(_SC_NPROCESSORS_ONLN); cpu++)
		sum += *skep_percpu_at(view, cpu);
	skep_percpu_free(view.percpu);
	return sum;
}

static void assert_dropped(const char *program, const unsigned char *packet, size_t bytes,
			   uint32_t reason, uint32_t counted)
{
	uint64_t before = drops_of(counted);

	bpf_net_vars()->asked.bytes = reason;
	bpf_net_read(program, packet, bytes);
	assert_int_equal(drops_of(counted), before + 1);
}

TEST_WITH(drops_are_counted_by_their_reason, bpf_net_start, NULL)
{
	unsigned char packet[MOST];
	size_t bytes = packet_build(packet, 5); /* ARP has no route */

	ask(0);
	for (int side = 0; side < 2; side++) {
		const char *program = side ? "route_tc" : "route_xdp";

		for (uint32_t reason = 0; reason < 64; reason += 7)
			assert_dropped(program, packet, bytes, reason, reason);
		assert_dropped(program, packet, bytes, 64, 0);
		assert_dropped(program, packet, bytes, UINT32_MAX, 0);
	}
	bytes = packet_build(packet, 0);
	packet[14] = 0x44; /* a header of 16 bytes */
	assert_dropped("route_xdp", packet, bytes, 20, 1);
}

TEST_WITH(each_sender_has_a_limit_of_its_own, bpf_net_start, NULL)
{
	unsigned char packet[MOST];
	uint64_t seed = 24, dropped = drops_of(5);

	ask(NET_LIMIT);
	for (unsigned char sender = 1; sender < 4; sender++) {
		size_t bytes = packet_make(packet, PACKET_UDP4, &seed);

		memcpy(packet + 26, "\x0a\x00\x00", 3);
		packet[29] = sender;
		for (int i = 0; i < 5; i++)
			bpf_net_read("route_xdp", packet, bytes);
		dropped += 2;
		assert_int_equal(drops_of(5), dropped);
	}
}

TEST_WITH(packet_may_begin_with_its_ip_header, bpf_net_start, NULL)
{
	unsigned char packet[MOST];
	size_t bytes = packet_build(packet, 2);

	ask(NET_IS_IP)->bytes = 40;
	bpf_net_read("pulled_xdp", packet + 14, bytes - 14);
	assert_int_equal(bpf_net_vars()->result.outer.version, 6);
	assert_int_equal(bpf_net_vars()->result.outer.dst_port, 80);
	assert_int_equal(bpf_net_vars()->found.err, 0);
	bpf_net_vars()->asked.bytes = 1000;
	bpf_net_read("pulled_xdp", packet + 14, bytes - 14);
	assert_int_equal(bpf_net_vars()->found.err, -EBADMSG);
}

static bool ran(void *ctx)
{
	return *(volatile uint32_t *)ctx > 0;
}

/*
 * Sends one over the loopback, whose packets have their headers in one piece and the rest elsewhere.
 * To a socket that is there, because what answered would be seen, too.
 */
static void send_large(uint32_t pull, uint32_t skip)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned char data[30000];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i % 251);
	assert_true(fd >= 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	ask(0)->bytes = pull;
	bpf_net_vars()->asked.now = skip;
	bpf_net_vars()->found.runs = 0;
	assert_int_equal(sendto(fd, data, sizeof(data), 0, (struct sockaddr *)&to, sizeof(to)),
			 sizeof(data));
	close(fd);
	assert_true(wait_until(ran, &bpf_net_vars()->found.runs, 2000));
}

TEST_WITH(large_packets_of_tc_are_read_after_a_pull, bpf_net_start, NULL)
{
	SKEP_AUTO(skep_link) *link = NULL;
	const struct net_found *found = &bpf_net_vars()->found;

	net_enter();
	net_set_up("lo");
	assert_ok(skep_attach_tc(&link, bpf_net_program_pulled_tc(bpf_net_opened()), "lo",
				 SKEP_INGRESS, NULL));
	send_large(42 + 20000, 2000);
	assert_int_equal(found->whole, 0); /* or this case shows nothing */
	assert_int_equal(found->err, 0);
	assert_int_equal(found->last, 19999 % 251);
	assert_int_equal(bpf_net_vars()->result.outer.dst_port, 9);
	assert_int_equal(found->skipped, 0);
	assert_int_equal(found->at, 2042);
	assert_int_equal(found->behind, 2000 % 251);
	send_large(31000, 2049); /* more than there is; more than is skipped at once */
	assert_int_equal(found->err, -EBADMSG);
	assert_int_equal(found->skipped, -EBADMSG);
	assert_int_equal(found->at, 42);
	send_large(100, 2000); /* what is skipped was not pulled */
	assert_int_equal(found->err, 0);
	assert_int_equal(found->skipped, -EBADMSG);
}
