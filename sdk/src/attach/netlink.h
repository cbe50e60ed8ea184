/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Questions to the kernel's network side: one request, and what comes back.
 *
 *	struct skep_netlink_request request;
 *
 *	skep_netlink_start(&request, RTM_NEWTFILTER, NLM_F_CREATE, &body, sizeof(body));
 *	skep_netlink_add(&request, TCA_KIND, "bpf", sizeof("bpf"));
 *	err = skep_netlink_ask(netlink, &request, NULL, NULL);
 *
 * A socket belongs to the network namespace in which it was opened, whoever asks by it later.
 */
#ifndef SKEP_ATTACH_NETLINK_H
#define SKEP_ATTACH_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

struct skep_netlink {
	int fd;
	uint32_t sequence;
	char said[200]; /* the kernel's own words about the last refusal, or empty */
};

#define SKEP_NETLINK_CLOSED                                                                        \
	{                                                                                          \
		.fd = -1                                                                           \
	}
#define AUTO_NETLINK __attribute__((cleanup(skep_netlink_close)))

struct skep_netlink_request {
	struct nlmsghdr head;
	char room[1024];
	bool full; /* something did not fit: asking is -EMSGSIZE then */
};

/* -errno in words. */
int skep_netlink_open(struct skep_netlink *netlink);
void skep_netlink_close(struct skep_netlink *netlink);

void skep_netlink_start(struct skep_netlink_request *request, uint16_t type, uint16_t flags,
			const void *body, size_t bytes);
void skep_netlink_add(struct skep_netlink_request *request, uint16_t type, const void *data,
		      size_t bytes);
void skep_netlink_add_u32(struct skep_netlink_request *request, uint16_t type, uint32_t value);
struct rtattr *skep_netlink_nest(struct skep_netlink_request *request, uint16_t type);
void skep_netlink_end(struct skep_netlink_request *request, struct rtattr *nest);

typedef void skep_netlink_fn(const struct nlmsghdr *message, void *ctx);

/* `each` (or NULL) gets what comes before the end. The kernel's -errno, without words. */
int skep_netlink_ask(struct skep_netlink *netlink, struct skep_netlink_request *request,
		     skep_netlink_fn *each, void *ctx);

/* An attribute of a message whose fixed part has `body` bytes, or of a nest; NULL: not there. */
const struct rtattr *skep_netlink_find(const struct nlmsghdr *message, size_t body, uint16_t type);
const struct rtattr *skep_netlink_find_in(const struct rtattr *nest, uint16_t type);
uint32_t skep_netlink_u32(const struct rtattr *attr); /* 0 where it is NULL or too short */
/* Always a text. */
void skep_netlink_text(const struct rtattr *attr, char *buf, size_t size);

#endif
