/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/rtnetlink.h>

#include "harness/test.h"
#include "tool.h"

#define PORT 4999

static int tx_ns = -1, rx_ns = -1;

static int new_namespace(void)
{
	if (unshare(CLONE_NEWNET))
		test_skip("network namespaces cannot be made: %s", strerror(errno));
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

static void enter(int ns)
{
	assert_int_equal(setns(ns, CLONE_NEWNET), 0);
}

void network_enter_tx(void)
{
	enter(tx_ns);
}

void network_enter_rx(void)
{
	enter(rx_ns);
}

/* IPv6 asks and announces a lot by itself; here it must not. `all` cannot do it for a new one. */
static void be_quiet(const char *interface)
{
	shell("cd /proc/sys/net/ipv6/conf && for d in default %s; do [ -d $d ] || continue; "
	      "echo 0 > $d/accept_ra; echo 0 > $d/router_solicitations; echo 0 > $d/accept_dad; "
	      "echo 0 > $d/dad_transmits; echo 1 > $d/addr_gen_mode; "
	      "echo 10 > $d/mldv2_unsolicited_report_interval; done",
	      interface);
}

static void configure(const char *interface, const char *ip4, const char *ip6)
{
	be_quiet(interface);
	shell("ip link set lo up && ip link set %s up && ip addr add %s/24 dev %s && "
	      "ip -6 addr add %s/64 dev %s nodad",
	      interface, ip4, interface, ip6, interface);
}

static void know_neighbour(const char *interface, const char *ip, const char *mac)
{
	shell("ip neigh replace %s lladdr %s dev %s nud permanent", ip, mac, interface);
}

void network_make(void)
{
	if (tx_ns >= 0)
		close(tx_ns);
	if (rx_ns >= 0)
		close(rx_ns);
	tx_ns = new_namespace();
	rx_ns = new_namespace();
	assert_true(tx_ns >= 0 && rx_ns >= 0);
	be_quiet("");
	if (system("ip link add rx0 address 02:00:00:00:00:02 type veth peer name tx0 "
		   "address 02:00:00:00:00:01"))
		test_skip("a veth pair cannot be made");
	shell("ip link set tx0 netns /proc/%d/fd/%d", (int)getpid(), tx_ns);
	configure("rx0", RX4, RX6);
	know_neighbour("rx0", TX4, "02:00:00:00:00:01");
	know_neighbour("rx0", TX6, "02:00:00:00:00:01");
	network_enter_tx();
	configure("tx0", TX4, TX6);
	know_neighbour("tx0", RX4, "02:00:00:00:00:02");
	know_neighbour("tx0", RX6, "02:00:00:00:00:02");
	network_enter_rx();
}

static socklen_t address_of(struct sockaddr_storage *to, int family, const char *ip, int port)
{
	struct sockaddr_in *to4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *to6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	to->ss_family = (sa_family_t)family;
	if (family == AF_INET) {
		to4->sin_port = htons((uint16_t)port);
		assert_int_equal(inet_pton(family, ip, &to4->sin_addr), 1);
		return sizeof(*to4);
	}
	to6->sin6_port = htons((uint16_t)port);
	assert_int_equal(inet_pton(family, ip, &to6->sin6_addr), 1);
	return sizeof(*to6);
}

static void send_all(int fd, int family, const void *packet, size_t bytes, unsigned int count)
{
	struct sockaddr_storage to;
	socklen_t length = address_of(&to, family, family == AF_INET ? RX4 : RX6, 0);

	/* Raw sockets have no port, and IPv6 wants none. */
	if (((const struct sockaddr_in *)&to)->sin_port == 0 && bytes == 0)
		return;
	for (unsigned int i = 0; i < count; i++)
		assert_int_equal(sendto(fd, packet, bytes, 0, (struct sockaddr *)&to, length),
				 bytes);
}

void network_send_udp(int family, unsigned int count, size_t bytes)
{
	struct sockaddr_storage to;
	socklen_t length = address_of(&to, family, family == AF_INET ? RX4 : RX6, PORT);
	static const char payload[65536];
	int receiver, fd;

	/* A port that nobody listens to would answer, and the kernel limits how often. */
	network_enter_rx();
	receiver = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(receiver, (struct sockaddr *)&to, length), 0);
	network_enter_tx();
	fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, length), 0);
	for (unsigned int i = 0; i < count; i++)
		assert_int_equal(send(fd, payload, bytes, 0), bytes);
	close(fd);
	close(receiver);
	network_enter_rx();
}

void network_send_icmp(int family, unsigned int count, size_t bytes)
{
	char packet[1400] = { family == AF_INET ? ICMP_ECHO : (char)ICMP6_ECHO_REQUEST };
	uint16_t sum = (uint16_t)~htons(ICMP_ECHO << 8);
	int fd;

	/* The kernel sums IPv6's; the rest of ours is zero. */
	if (family == AF_INET)
		memcpy(packet + 2, &sum, sizeof(sum));
	network_enter_tx();
	fd = socket(family, SOCK_RAW | SOCK_CLOEXEC,
		    family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	assert_true(fd >= 0);
	send_all(fd, family, packet, 8 + bytes, count);
	close(fd);
	network_enter_rx();
}

static void send_stream(int family, size_t bytes)
{
	struct sockaddr_storage to;
	socklen_t length = address_of(&to, family, family == AF_INET ? RX4 : RX6, PORT);
	static const char data[65536];
	int fd;

	network_enter_tx();
	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&to, length))
		_exit(1);
	while (bytes) {
		ssize_t n = send(fd, data, bytes < sizeof(data) ? bytes : sizeof(data), 0);

		if (n <= 0)
			_exit(2);
		bytes -= (size_t)n;
	}
	_exit(close(fd) ? 3 : 0);
}

void network_send_tcp(int family, size_t bytes)
{
	struct sockaddr_storage at;
	socklen_t length = address_of(&at, family, family == AF_INET ? RX4 : RX6, PORT);
	int listener, fd, status, on = 1;
	static char data[65536];
	ssize_t n;
	pid_t pid;

	network_enter_rx();
	listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, length), 0);
	assert_int_equal(listen(listener, 1), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		send_stream(family, bytes);
	fd = accept(listener, NULL, NULL);
	assert_true(fd >= 0);
	while ((n = recv(fd, data, sizeof(data), 0)) > 0)
		bytes -= (size_t)n;
	assert_int_equal(bytes, 0);
	close(fd);
	close(listener);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

void network_send_frame(const void *frame, size_t bytes)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	int fd;

	network_enter_tx();
	to.sll_ifindex = (int)if_nametoindex("tx0");
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0 && to.sll_ifindex > 0);
	assert_int_equal(sendto(fd, frame, bytes, 0, (struct sockaddr *)&to, sizeof(to)), bytes);
	close(fd);
	network_enter_rx();
}

/* "/sys" belongs to whoever mounted it; netlink to the namespace one is in. */
void network_tx_count(uint64_t *packets, uint64_t *bytes)
{
	struct ifaddrs *all, *at;

	*packets = *bytes = UINT64_MAX;
	network_enter_tx();
	assert_int_equal(getifaddrs(&all), 0);
	for (at = all; at; at = at->ifa_next) {
		const struct rtnl_link_stats *stats = at->ifa_data;

		if (!stats || at->ifa_addr->sa_family != AF_PACKET || strcmp(at->ifa_name, "tx0"))
			continue;
		*packets = stats->tx_packets;
		*bytes = stats->tx_bytes;
	}
	freeifaddrs(all);
	network_enter_rx();
	assert_true(*packets != UINT64_MAX);
}
