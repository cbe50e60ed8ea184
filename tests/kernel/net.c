// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "net.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_packet.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "harness/machine.h"
#include "harness/test.h"

#define PROTOCOL 0x88b5

void net_enter(void)
{
	assert_int_equal(unshare(CLONE_NEWNET), 0);
}

struct request {
	struct nlmsghdr head;
	struct ifinfomsg info;
	char room[512];
};

/* Appends an attribute; with bytes 0 one whose content follows. */
static struct rtattr *add(struct request *r, unsigned short type, const void *data, size_t bytes)
{
	struct rtattr *attr = (struct rtattr *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = (unsigned short)RTA_LENGTH(bytes);
	if (bytes)
		memcpy(RTA_DATA(attr), data, bytes);
	r->head.nlmsg_len = NLMSG_ALIGN(r->head.nlmsg_len) + (__u32)RTA_SPACE(bytes);
	return attr;
}

static void end(struct request *r, struct rtattr *attr)
{
	attr->rta_len = (unsigned short)((char *)r + r->head.nlmsg_len - (char *)attr);
}

static int ask(struct request *r)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	assert_true(fd >= 0);
	assert_int_equal(send(fd, r, r->head.nlmsg_len, 0), r->head.nlmsg_len);
	assert_true(recv(fd, &answer, sizeof(answer), MSG_TRUNC) >= (ssize_t)sizeof(answer));
	close(fd);
	return answer.err.error;
}

void net_set_up(const char *interface)
{
	struct ifreq ifr = { .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", interface);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &ifr), 0);
	close(fd);
}

/* The kernel notices the cable by and by, and until then takes frames and drops them. */
static bool is_running(void *ctx)
{
	struct ifreq ifr = { .ifr_flags = 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", (const char *)ctx);
	assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &ifr), 0);
	close(fd);
	return ifr.ifr_flags & IFF_RUNNING;
}

/* A pair of veth or netkit: both describe the peer by attribute 1. 0 or the kernel's -errno. */
static int make_pair(const char *kind, const char *a, const char *b)
{
	struct request r = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(r.info)),
			  .nlmsg_type = RTM_NEWLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK },
	};
	struct rtattr *info, *data, *peer;

	add(&r, IFLA_IFNAME, a, strlen(a) + 1);
	info = add(&r, IFLA_LINKINFO, NULL, 0);
	add(&r, IFLA_INFO_KIND, kind, strlen(kind) + 1);
	data = add(&r, IFLA_INFO_DATA, NULL, 0);
	peer = add(&r, VETH_INFO_PEER, NULL, 0);
	r.head.nlmsg_len += (__u32)sizeof(struct ifinfomsg); /* of the peer: all default */
	add(&r, IFLA_IFNAME, b, strlen(b) + 1);
	end(&r, peer);
	end(&r, data);
	end(&r, info);
	return ask(&r);
}

void net_make_veth(const char *a, const char *b)
{
	int err = make_pair("veth", a, b);

	if (err == -EOPNOTSUPP)
		test_skip("this kernel has no veth");
	assert_ok(err);
	net_set_up(a);
	net_set_up(b);
	assert_true(wait_until(is_running, (void *)(uintptr_t)a, 5000));
	assert_true(wait_until(is_running, (void *)(uintptr_t)b, 5000));
}

bool net_make_netkit(const char *primary, const char *peer)
{
	int err = make_pair("netkit", primary, peer);

	if (err == -EOPNOTSUPP)
		return false;
	assert_ok(err);
	net_set_up(primary);
	net_set_up(peer);
	return true;
}

void net_remove(const char *interface)
{
	struct request r = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(r.info)),
			  .nlmsg_type = RTM_DELLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.info.ifi_index = (int)if_nametoindex(interface),
	};

	assert_ok(ask(&r));
}

void net_make_ingress(const char *interface)
{
	struct {
		struct nlmsghdr head;
		struct tcmsg body;
		struct rtattr kind;
		char name[8];
	} r = {
		.head = { .nlmsg_len = sizeof(r),
			  .nlmsg_type = RTM_NEWQDISC,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK },
		.body = { .tcm_ifindex = (int)if_nametoindex(interface),
			  .tcm_handle = TC_H_MAKE(TC_H_INGRESS, 0),
			  .tcm_parent = TC_H_INGRESS },
		.kind = { .rta_len = RTA_LENGTH(sizeof(r.name)), .rta_type = TCA_KIND },
		.name = "ingress",
	};
	struct request copy;

	memcpy(&copy, &r, sizeof(r));
	assert_ok(ask(&copy));
}

void net_set_mtu(const char *interface, int mtu)
{
	struct ifreq ifr = { .ifr_mtu = mtu };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", interface);
	assert_int_equal(ioctl(fd, SIOCSIFMTU, &ifr), 0);
	close(fd);
}

void net_send_udp(const char *address, int packets)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_equal(inet_pton(AF_INET, address, &to.sin_addr), 1);
	for (int i = 0; i < packets; i++) /* refused when nobody listens, but it was sent */
		(void)sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
	close(fd);
}

void net_send(const char *interface, int frames)
{
	unsigned char frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,          2,
				    0,    0,    0,    0,    1,    PROTOCOL >> 8, PROTOCOL & 0xff };
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(PROTOCOL),
				  .sll_ifindex = (int)if_nametoindex(interface) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), yes = 1;

	assert_true(fd >= 0);
	/* Past the queue, which may not be there yet. */
	assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes)), 0);
	for (int i = 0; i < frames; i++)
		assert_int_equal(
			sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)),
			sizeof(frame));
	close(fd);
}
