/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* XDP programs and filters of tc that have no link, in this network namespace: asked by netlink. */
#include "top.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#define BUFFER_BYTES 32768
#define QDISCS_MOST  4096

struct qdisc {
	int index;
	uint32_t handle;
	bool both_ways; /* clsact and ingress: two places for filters */
};

struct net {
	struct top *top;
	int fd;
	uint32_t sequence;
	struct qdisc *qdiscs;
	size_t qdisc_count;
	const char *where; /* of the filters that are being asked for */
};

/* One message of an answer. */
typedef int (*message_fn)(struct net *net, struct nlmsghdr *message);

static const void *data_of(const struct rtattr *attribute)
{
	return (const char *)attribute + RTA_LENGTH(0);
}

/* A number of 32 bits; 0 for what is too short. */
static uint32_t number_of(const struct rtattr *attribute)
{
	uint32_t value = 0;

	if (attribute && RTA_PAYLOAD(attribute) >= sizeof(value))
		memcpy(&value, data_of(attribute), sizeof(value));
	return value;
}

static const struct rtattr *find(const struct rtattr *at, size_t bytes, unsigned int type)
{
	while (bytes >= sizeof(*at) && at->rta_len >= sizeof(*at) && at->rta_len <= bytes) {
		size_t step = RTA_ALIGN(at->rta_len);

		if ((at->rta_type & NLA_TYPE_MASK) == type)
			return at;
		if (step >= bytes)
			return NULL;
		bytes -= step;
		at = (const struct rtattr *)(const void *)((const char *)at + step);
	}
	return NULL;
}

static const struct rtattr *find_within(const struct rtattr *outer, unsigned int type)
{
	return outer ? find(data_of(outer), RTA_PAYLOAD(outer), type) : NULL;
}

/* What follows the fixed part of a message. */
static const struct rtattr *first_of(const struct nlmsghdr *message, size_t fixed, size_t *bytes)
{
	size_t head = NLMSG_SPACE(fixed);

	*bytes = message->nlmsg_len > head ? message->nlmsg_len - head : 0;
	return (const struct rtattr *)(const void *)((const char *)message + head);
}

/* --- asking --- */

/* 1 when the answer is over, 0 when more comes, or -errno. */
static int take_answer(struct net *net, char *buffer, size_t bytes, message_fn fn)
{
	struct nlmsghdr *message = (struct nlmsghdr *)(void *)buffer;
	int err;

	for (; bytes >= sizeof(*message) && message->nlmsg_len >= sizeof(*message) &&
	       message->nlmsg_len <= bytes;) {
		size_t step = NLMSG_ALIGN(message->nlmsg_len);

		if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
			return 1;
		err = message->nlmsg_seq == net->sequence ? fn(net, message) : 0;
		if (err)
			return err;
		if (step >= bytes)
			return 0;
		bytes -= step;
		message = (struct nlmsghdr *)(void *)((char *)message + step);
	}
	return 0;
}

static int dump(struct net *net, uint16_t type, const void *body, size_t bytes, message_fn fn)
{
	struct {
		struct nlmsghdr head;
		char body[64];
	} ask = { .head = { .nlmsg_len = (uint32_t)NLMSG_LENGTH(bytes),
			    .nlmsg_type = type,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			    .nlmsg_seq = ++net->sequence } };
	char *buffer = malloc(BUFFER_BYTES);
	int done = buffer ? 0 : -ENOMEM;
	ssize_t n;

	memcpy(ask.body, body, bytes);
	if (!done && send(net->fd, &ask, ask.head.nlmsg_len, 0) < 0)
		done = 1;
	while (!done) {
		n = recv(net->fd, buffer, BUFFER_BYTES, 0);
		done = n <= 0 ? 1 : take_answer(net, buffer, (size_t)n, fn);
	}
	free(buffer);
	return done < 0 ? done : 0;
}

static void say_interface(struct top_hook *hook, int index, const char *where)
{
	char name[IF_NAMESIZE];

	if (if_indextoname((unsigned int)index, name))
		snprintf(hook->words, sizeof(hook->words), "interface %s (%d)%s", name, index,
			 where);
	else
		snprintf(hook->words, sizeof(hook->words), "interface %d%s", index, where);
}

/* --- XDP --- */

static int take_interface(struct net *net, struct nlmsghdr *message)
{
	static const struct {
		unsigned int attribute;
		const char *where;
	} modes[] = { { IFLA_XDP_DRV_PROG_ID, "" },
		      { IFLA_XDP_SKB_PROG_ID, ", generic" },
		      { IFLA_XDP_HW_PROG_ID, ", in hardware" } };
	const struct ifinfomsg *body = NLMSG_DATA(message);
	struct top_hook hook = { .kind = "xdp" };
	const struct rtattr *xdp;
	size_t bytes;
	int err = 0;

	if (message->nlmsg_type != RTM_NEWLINK || message->nlmsg_len < NLMSG_LENGTH(sizeof(*body)))
		return 0;
	xdp = first_of(message, sizeof(*body), &bytes);
	xdp = find(xdp, bytes, IFLA_XDP);
	for (size_t i = 0; !err && i < sizeof(modes) / sizeof(modes[0]); i++) {
		hook.program = number_of(find_within(xdp, modes[i].attribute));
		if (!hook.program)
			continue;
		say_interface(&hook, body->ifi_index, modes[i].where);
		err = top_add_hook(net->top, &hook);
	}
	return err;
}

/* --- tc --- */

static int take_qdisc(struct net *net, struct nlmsghdr *message)
{
	const struct tcmsg *body = NLMSG_DATA(message);
	const struct rtattr *kind;
	struct qdisc *more;
	size_t bytes;

	if (message->nlmsg_type != RTM_NEWQDISC ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(*body)) || net->qdisc_count >= QDISCS_MOST)
		return 0;
	kind = first_of(message, sizeof(*body), &bytes);
	kind = find(kind, bytes, TCA_KIND);
	more = top_more(net->qdiscs, net->qdisc_count, sizeof(*more));
	if (!more)
		return -ENOMEM;
	net->qdiscs = more;
	more[net->qdisc_count++] = (struct qdisc){
		.index = body->tcm_ifindex,
		.handle = body->tcm_handle,
		.both_ways = kind && ((RTA_PAYLOAD(kind) == sizeof("clsact") &&
				       !memcmp(data_of(kind), "clsact", sizeof("clsact"))) ||
				      (RTA_PAYLOAD(kind) == sizeof("ingress") &&
				       !memcmp(data_of(kind), "ingress", sizeof("ingress")))),
	};
	return 0;
}

static int take_filter(struct net *net, struct nlmsghdr *message)
{
	const struct tcmsg *body = NLMSG_DATA(message);
	struct top_hook hook = { .kind = "tc" };
	const struct rtattr *first, *kind;
	char where[64];
	size_t bytes;

	if (message->nlmsg_type != RTM_NEWTFILTER ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(*body)))
		return 0;
	first = first_of(message, sizeof(*body), &bytes);
	kind = find(first, bytes, TCA_KIND);
	if (!kind || RTA_PAYLOAD(kind) != sizeof("bpf") || memcmp(data_of(kind), "bpf", 4))
		return 0;
	hook.program = number_of(find_within(find(first, bytes, TCA_OPTIONS), TCA_BPF_ID));
	if (!hook.program)
		return 0;
	snprintf(where, sizeof(where), ", tc %s, priority %u", net->where,
		 TC_H_MAJ(body->tcm_info) >> 16);
	say_interface(&hook, body->tcm_ifindex, where);
	return top_add_hook(net->top, &hook);
}

static int ask_filters(struct net *net, int index, uint32_t parent, const char *where)
{
	struct tcmsg body = { .tcm_family = AF_UNSPEC, .tcm_ifindex = index, .tcm_parent = parent };

	net->where = where;
	return dump(net, RTM_GETTFILTER, &body, sizeof(body), take_filter);
}

static int read_tc(struct net *net)
{
	struct tcmsg body = { .tcm_family = AF_UNSPEC };
	int err = dump(net, RTM_GETQDISC, &body, sizeof(body), take_qdisc);

	for (size_t i = 0; !err && i < net->qdisc_count; i++) {
		const struct qdisc *q = &net->qdiscs[i];

		if (!q->both_ways) {
			if (q->handle)
				err = ask_filters(net, q->index, q->handle, "of a qdisc");
			continue;
		}
		err = ask_filters(net, q->index, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
				  "ingress");
		if (!err)
			err = ask_filters(net, q->index, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS),
					  "egress");
	}
	free(net->qdiscs);
	return err;
}

int top_read_net(struct top *top)
{
	bool xdp = top_has_unhooked(top, BPF_PROG_TYPE_XDP);
	bool tc = top_has_unhooked(top, BPF_PROG_TYPE_SCHED_CLS);
	struct ifinfomsg all = { .ifi_family = AF_PACKET };
	struct timeval limit = { .tv_sec = 1 };
	struct net net = { .top = top };
	int err = 0;

	if (!xdp && !tc)
		return 0;
	net.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (net.fd < 0)
		return 0;
	setsockopt(net.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (xdp)
		err = dump(&net, RTM_GETLINK, &all, sizeof(all), take_interface);
	if (!err && tc)
		err = read_tc(&net);
	close(net.fd);
	return err;
}
