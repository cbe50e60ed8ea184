/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* xdpcount: packets and bytes by protocol and source are those that were sent. */
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"
#include "network.h"
#include "tool.h"

#define READY  "Ctrl-C ends"
#define HEADER 14 /* of Ethernet */

static struct tool tool;

static void setup(void **state)
{
	(void)state;
	require_root();
	network_make();
}

#define CASE(name) TEST_WITH(name, setup, tool_teardown)

struct traffic {
	long long packets, bytes;
};

/* What it counted of a protocol and a source, either of which may be NULL for all. */
static struct traffic counted(const char *protocol, const char *source)
{
	struct traffic sum = { 0 };
	json_t *line;
	size_t i;

	json_array_foreach(tool.lines, i, line) {
		const char *p = json_string_value(json_object_get(line, "protocol"));
		const char *s = json_string_value(json_object_get(line, "source"));

		assert_true(p && s);
		if ((protocol && strcmp(p, protocol)) || (source && strcmp(s, source)))
			continue;
		sum.packets += json_integer_value(json_object_get(line, "packets"));
		sum.bytes += json_integer_value(json_object_get(line, "bytes"));
	}
	return sum;
}

static void assert_counted(const char *protocol, const char *source, long long packets,
			   long long bytes)
{
	struct traffic is = counted(protocol, source);

	if (is.packets != packets || is.bytes != bytes)
		fail_msg("%s from %s: %lld packets, %lld bytes; sent: %lld, %lld\n%s", protocol,
			 source, is.packets, is.bytes, packets, bytes, tool.text);
}

/* Until nothing is under way on the wire. */
static void settle(void)
{
	const struct timespec pause = { .tv_nsec = 30000000 };
	uint64_t packets, bytes, before = 0;

	for (int quiet = 0; quiet < 4; quiet++) {
		nanosleep(&pause, NULL);
		network_tx_count(&packets, &bytes);
		if (bytes != before)
			quiet = 0;
		before = bytes;
	}
}

/*
 * IPv6 announces its groups when it likes. Those packets are counted as others are, by both sides;
 * but none may come while the program starts, whose count would not be known.
 */
static void start(const char *mode)
{
	uint64_t packets, before, bytes;

	for (int tries = 0; tries < 20; tries++) {
		settle();
		network_tx_count(&before, &bytes);
		TOOL_START(&tool, READY, "xdpcount", "-j", "-m", mode, "rx0");
		network_tx_count(&packets, &bytes);
		if (packets == before)
			return;
		tool_free(&tool);
	}
	fail_msg("there is always something on the wire");
}

static void stop(void)
{
	settle();
	tool_stop(&tool, SIGINT, 0);
}

/* A veth whose other end has a program in native mode counts without the Ethernet headers. */
static void assert_all_counted(long long packets, long long bytes)
{
	struct traffic is = counted(NULL, NULL);

	assert_int_equal(is.packets, packets);
	if (is.bytes != bytes && is.bytes != bytes + packets * HEADER)
		fail_msg("%lld bytes, but sent: %lld\n%s", is.bytes, bytes, tool.text);
}

/* A mix, each protocol to the packet and to the byte; and all of it by the sender's own count. */
static void count_a_mix(const char *mode)
{
	uint64_t packets, bytes, packets_before, bytes_before;

	start(mode);
	network_tx_count(&packets_before, &bytes_before);
	network_send_udp(AF_INET, 200, 100);
	network_send_udp(AF_INET, 1, 0);
	network_send_udp(AF_INET6, 150, 1000);
	network_send_icmp(AF_INET, 30, 56);
	network_send_icmp(AF_INET6, 20, 56);
	network_send_tcp(AF_INET, 300000);
	network_send_tcp(AF_INET6, 100000);
	settle();
	network_tx_count(&packets, &bytes);
	stop();
	assert_counted("udp", TX4, 201, 200 * (HEADER + 20 + 8 + 100) + HEADER + 20 + 8);
	assert_counted("udp", TX6, 150, 150 * (HEADER + 40 + 8 + 1000));
	assert_counted("icmp", TX4, 30, 30 * (HEADER + 20 + 8 + 56));
	assert_counted("ipv6-icmp", TX6, 20, 20 * (HEADER + 40 + 8 + 56));
	assert_true(counted("tcp", TX4).bytes > 300000);
	assert_true(counted("tcp", TX6).bytes > 100000);
	assert_all_counted((long long)(packets - packets_before),
			   (long long)(bytes - bytes_before));
	tool_free(&tool);
}

CASE(native_counts_are_the_senders)
{
	count_a_mix("native");
}

CASE(generic_counts_are_the_senders)
{
	count_a_mix("generic");
}

CASE(automatic_counts_are_the_senders)
{
	count_a_mix("auto");
}

struct frame {
	uint8_t bytes[128];
	size_t length;
};

static void put(struct frame *frame, const void *data, size_t length)
{
	memcpy(frame->bytes + frame->length, data, length);
	frame->length += length;
}

static void put_type(struct frame *frame, uint16_t type)
{
	type = htons(type);
	put(frame, &type, sizeof(type));
}

/* An Ethernet header with `tags` VLAN tags, then `type`. */
static struct frame frame_of(int tags, uint16_t type)
{
	static const uint8_t addresses[12] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };
	struct frame frame = { .length = 0 };

	put(&frame, addresses, sizeof(addresses));
	for (int i = 0; i < tags; i++) {
		put_type(&frame, i + 1 < tags ? 0x88a8 : ETHERTYPE_VLAN);
		put_type(&frame, 42);
	}
	put_type(&frame, type);
	return frame;
}

static void put_ip(struct frame *frame, uint8_t protocol, const char *source)
{
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 1, .protocol = protocol };

	ip.tot_len = htons(sizeof(ip) + 20);
	assert_int_equal(inet_pton(AF_INET, source, &ip.saddr), 1);
	put(frame, &ip, sizeof(ip));
	memset(frame->bytes + frame->length, 0, 20);
	frame->length += 20;
}

static void send_times(const struct frame *frame, int times)
{
	while (times--)
		network_send_frame(frame->bytes, frame->length);
}

/*
 * With a program in native mode, a tag stands in the packet; in generic mode the kernel may have
 * taken it out already, and its four bytes are not in the packet.
 */
static void count_tagged(const char *mode)
{
	struct traffic one, two;
	struct frame frame;

	start(mode);
	frame = frame_of(1, ETHERTYPE_IP);
	put_ip(&frame, IPPROTO_UDP, "10.1.1.1");
	send_times(&frame, 7);
	frame = frame_of(2, ETHERTYPE_IP);
	put_ip(&frame, IPPROTO_TCP, "10.1.1.2");
	send_times(&frame, 5);
	stop();
	one = counted("udp", "10.1.1.1");
	two = counted("tcp", "10.1.1.2");
	assert_int_equal(one.packets, 7);
	assert_int_equal(two.packets, 5);
	assert_in_range(one.bytes, 7 * (HEADER + 40), 7 * (HEADER + 4 + 40));
	assert_in_range(two.bytes, 5 * (HEADER + 4 + 40), 5 * (HEADER + 8 + 40));
	tool_free(&tool);
}

CASE(vlan_tags_one_and_two_are_looked_through_natively)
{
	count_tagged("native");
}

CASE(vlan_tags_one_and_two_are_looked_through_generically)
{
	count_tagged("generic");
}

CASE(what_is_not_ip_or_cut_short_is_counted_by_its_type)
{
	struct frame arp = frame_of(0, ETHERTYPE_ARP), odd = frame_of(0, 0x88b5);
	struct frame cut = frame_of(0, ETHERTYPE_IP), tags = frame_of(3, ETHERTYPE_IP);

	start("native");
	memset(arp.bytes + arp.length, 0, 28);
	arp.length += 28;
	odd.length += 50;
	cut.length += 10;
	tags.length += 40;
	send_times(&arp, 3);
	send_times(&odd, 4);
	send_times(&cut, 2);
	send_times(&tags, 6);
	stop();
	assert_counted("0x0806", "-", 3, 3 * (HEADER + 28));
	assert_counted("0x88b5", "-", 4, 4 * (HEADER + 50));
	assert_counted("ip", "0.0.0.0", 2, 2 * (HEADER + 10));
	assert_counted("0x8100", "-", 6, 6 * (HEADER + 12 + 40));
	tool_free(&tool);
}

CASE(sources_and_protocols_are_kept_apart)
{
	int rows = 0;
	json_t *line;
	size_t n;

	start("native");
	for (int i = 1; i <= 20; i++) {
		struct frame frame = frame_of(0, ETHERTYPE_IP);
		char source[32];

		snprintf(source, sizeof(source), "10.2.3.%d", i);
		put_ip(&frame, (uint8_t)(i % 2 ? IPPROTO_UDP : 253), source);
		send_times(&frame, i);
	}
	stop();
	for (int i = 1; i <= 20; i++) {
		char source[32];

		snprintf(source, sizeof(source), "10.2.3.%d", i);
		assert_counted(i % 2 ? "udp" : "ip 253", source, i, i * (HEADER + 40));
	}
	json_array_foreach(tool.lines, n, line)
		rows += !strncmp(json_string_value(json_object_get(line, "source")), "10.2.3.", 7);
	assert_int_equal(rows, 20);
	tool_free(&tool);
}

CASE(traffic_goes_on_while_it_counts)
{
	start("native");
	/* TCP arrives whole, or network_send_tcp() fails. */
	network_send_tcp(AF_INET, 1000000);
	network_send_tcp(AF_INET6, 1000000);
	stop();
	tool_free(&tool);
}

static void assert_no_program(void)
{
	shell("! ip -d link show dev rx0 | grep -q 'prog/xdp'");
}

CASE(no_program_is_left_after_any_end)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGKILL };
	static const char *const modes[] = { "native", "generic", "auto" };
	struct snapshot before;

	for (size_t i = 0; i < 3; i++) {
		snapshot_take(&before);
		start(modes[i]);
		shell("ip -d link show dev rx0 | grep -q 'prog/xdp'");
		network_send_udp(AF_INET, 3, 10);
		if (signals[i] == SIGKILL)
			tool_free(&tool);
		else
			tool_stop(&tool, signals[i], 0);
		assert_no_program();
		snapshot_assert_unchanged(&before);
		tool_free(&tool);
	}
}

CASE(duration_and_interval_print_by_themselves)
{
	TOOL_RUN(&tool, 0, "xdpcount", "-d", "3", "-i", "1", "rx0");
	assert_null(tool.lines);
	/* At one second, at two, and at the end. */
	assert_ptr_equal(strstr(tool.text, "PROTOCOL"), tool.text);
	{
		size_t headings = 0;

		for (const char *at = tool.text; (at = strstr(at, "PROTOCOL")); at++)
			headings++;
		assert_int_equal(headings, 3);
	}
	tool_free(&tool);
}

CASE(one_that_is_there_already_is_not_replaced)
{
	static struct tool second;
	uint64_t packets, bytes;

	start("native");
	TOOL_RUN(&second, 1, "xdpcount", "-m", "native", "rx0");
	assert_non_null(strstr(second.words, "xdpcount: "));
	tool_free(&second);
	network_tx_count(&packets, &bytes);
	network_send_udp(AF_INET, 5, 10);
	stop();
	assert_counted("udp", TX4, 5, 5 * (HEADER + 28 + 10));
	tool_free(&tool);
}

CASE(wrong_arguments_and_interfaces_are_refused)
{
	TOOL_RUN(&tool, 1, "xdpcount", "no-such-one");
	assert_non_null(strstr(tool.words, "there is no network interface 'no-such-one'"));
	tool_free(&tool);
	TOOL_RUN(&tool, 2, "xdpcount");
	assert_non_null(strstr(tool.words, "which interface?"));
	tool_free(&tool);
	TOOL_RUN(&tool, 2, "xdpcount", "-m", "fast", "rx0");
	assert_non_null(strstr(tool.words, "auto, native or generic, not 'fast'"));
	tool_free(&tool);
	TOOL_RUN(&tool, 2, "xdpcount", "-i", "0", "rx0");
	tool_free(&tool);
	TOOL_RUN(&tool, 2, "xdpcount", "rx0", "lo");
	tool_free(&tool);
	assert_no_program();
}
