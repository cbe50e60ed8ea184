/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "netlink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fail.h"

#define ANSWER_BYTES (32u << 10) /* the kernel fills no more at once */

int skep_netlink_open(struct skep_netlink *netlink)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), yes = 1;

	if (fd < 0 && errno == EMFILE)
		return skep_fail_hint(
			skep_fail(EMFILE,
				  "cannot open a netlink socket: no file descriptor is free"),
			"close some, or raise the limit: `ulimit -n`");
	if (fd < 0)
		return skep_fail(errno, "cannot open a netlink socket: %s", strerror(errno));
	/* Words for refusals, without our own request in them. Old kernels do without. */
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &yes, sizeof(yes));
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &yes, sizeof(yes));
	*netlink = (struct skep_netlink){ .fd = fd };
	return 0;
}

void skep_netlink_close(struct skep_netlink *netlink)
{
	if (netlink->fd >= 0)
		close(netlink->fd);
	netlink->fd = -1;
}

void skep_netlink_start(struct skep_netlink_request *request, uint16_t type, uint16_t flags,
			const void *body, size_t bytes)
{
	memset(request, 0, sizeof(*request));
	request->head.nlmsg_type = type;
	request->head.nlmsg_flags = (uint16_t)(flags | NLM_F_REQUEST);
	if ((flags & NLM_F_DUMP) != NLM_F_DUMP)
		request->head.nlmsg_flags |= NLM_F_ACK;
	request->head.nlmsg_len = NLMSG_LENGTH((uint32_t)bytes);
	memcpy(request->room, body, bytes);
}

static struct rtattr *append(struct skep_netlink_request *request, uint16_t type, size_t bytes)
{
	size_t at = NLMSG_ALIGN(request->head.nlmsg_len);
	struct rtattr *attr = (struct rtattr *)((char *)request + at);

	if (at + RTA_SPACE(bytes) > offsetof(struct skep_netlink_request, full)) {
		request->full = true;
		return NULL;
	}
	attr->rta_type = type;
	attr->rta_len = (uint16_t)RTA_LENGTH(bytes);
	request->head.nlmsg_len = (uint32_t)(at + RTA_SPACE(bytes));
	return attr;
}

void skep_netlink_add(struct skep_netlink_request *request, uint16_t type, const void *data,
		      size_t bytes)
{
	struct rtattr *attr = append(request, type, bytes);

	if (attr)
		memcpy(RTA_DATA(attr), data, bytes);
}

void skep_netlink_add_u32(struct skep_netlink_request *request, uint16_t type, uint32_t value)
{
	skep_netlink_add(request, type, &value, sizeof(value));
}

struct rtattr *skep_netlink_nest(struct skep_netlink_request *request, uint16_t type)
{
	return append(request, type | NLA_F_NESTED, 0);
}

void skep_netlink_end(struct skep_netlink_request *request, struct rtattr *nest)
{
	if (nest)
		nest->rta_len =
			(uint16_t)((char *)request + request->head.nlmsg_len - (char *)nest);
}

static const struct rtattr *find(const void *attrs, size_t bytes, uint16_t type)
{
	const struct rtattr *attr = attrs;

	while (bytes >= sizeof(*attr) && attr->rta_len >= sizeof(*attr) && attr->rta_len <= bytes) {
		size_t step = RTA_ALIGN((size_t)attr->rta_len);

		if ((attr->rta_type & NLA_TYPE_MASK) == type)
			return attr;
		if (step >= bytes)
			break;
		bytes -= step;
		attr = (const struct rtattr *)((const char *)attr + step);
	}
	return NULL;
}

const struct rtattr *skep_netlink_find(const struct nlmsghdr *message, size_t body, uint16_t type)
{
	size_t skip = NLMSG_SPACE((uint32_t)body);

	if (message->nlmsg_len <= skip)
		return NULL;
	return find((const char *)message + skip, message->nlmsg_len - skip, type);
}

const struct rtattr *skep_netlink_find_in(const struct rtattr *nest, uint16_t type)
{
	return nest ? find(RTA_DATA(nest), RTA_PAYLOAD(nest), type) : NULL;
}

uint32_t skep_netlink_u32(const struct rtattr *attr)
{
	uint32_t value = 0;

	if (attr && RTA_PAYLOAD(attr) >= sizeof(value))
		memcpy(&value, RTA_DATA(attr), sizeof(value));
	return value;
}

void skep_netlink_text(const struct rtattr *attr, char *buf, size_t size)
{
	size_t bytes = attr ? RTA_PAYLOAD(attr) : 0;

	snprintf(buf, size, "%.*s", (int)bytes, bytes ? (const char *)RTA_DATA(attr) : "");
}

/* The error of an acknowledgement, and the kernel's words behind it. */
static int read_ack(struct skep_netlink *netlink, const struct nlmsghdr *message)
{
	const struct nlmsgerr *ack = NLMSG_DATA(message);

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*ack)))
		return -EBADMSG;
	if (message->nlmsg_flags & NLM_F_ACK_TLVS)
		skep_netlink_text(skep_netlink_find(message, sizeof(*ack), NLMSGERR_ATTR_MSG),
				  netlink->said, sizeof(netlink->said));
	return ack->error;
}

/* 1: there is more to come; 0 or -errno: this was the end. */
static int read_messages(struct skep_netlink *netlink, const void *answer, size_t bytes,
			 skep_netlink_fn *each, void *ctx)
{
	const struct nlmsghdr *message = answer;

	while (bytes >= sizeof(*message) && message->nlmsg_len >= sizeof(*message) &&
	       message->nlmsg_len <= bytes) {
		size_t step = NLMSG_ALIGN((size_t)message->nlmsg_len);

		if (message->nlmsg_seq == netlink->sequence) {
			if (message->nlmsg_type == NLMSG_ERROR)
				return read_ack(netlink, message);
			if (message->nlmsg_type == NLMSG_DONE)
				return 0;
			if (each)
				each(message, ctx);
		}
		if (step >= bytes)
			break;
		bytes -= step;
		message = (const struct nlmsghdr *)((const char *)message + step);
	}
	return 1;
}

int skep_netlink_ask(struct skep_netlink *netlink, struct skep_netlink_request *request,
		     skep_netlink_fn *each, void *ctx)
{
	AUTO_FREE char *answer = malloc(ANSWER_BYTES);
	int more = 1;

	netlink->said[0] = '\0';
	request->head.nlmsg_seq = ++netlink->sequence;
	if (request->full)
		return -EMSGSIZE;
	if (!answer)
		return -ENOMEM;
	if (send(netlink->fd, request, request->head.nlmsg_len, 0) < 0)
		return -errno;
	while (more == 1) {
		ssize_t bytes = recv(netlink->fd, answer, ANSWER_BYTES, MSG_TRUNC);

		if (bytes < 0 && errno == EINTR)
			continue;
		if (bytes < 0)
			return -errno;
		if (!bytes || (size_t)bytes > ANSWER_BYTES)
			return -EMSGSIZE;
		more = read_messages(netlink, answer, (size_t)bytes, each, ctx);
	}
	return more;
}
