/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* XDP without a BPF link: the only way to take the place of a program that has none itself. */
#include "xdp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_link.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "object/link.h"
#include "object/object.h"

int skep_xdp_set(struct skep_netlink *netlink, unsigned int ifindex, int fd, int expected,
		 uint32_t flags)
{
	struct ifinfomsg body = { .ifi_family = AF_UNSPEC, .ifi_index = (int)ifindex };
	struct skep_netlink_request request;
	struct rtattr *xdp;

	if (expected >= 0)
		flags |= XDP_FLAGS_REPLACE;
	else
		flags |= XDP_FLAGS_UPDATE_IF_NOEXIST;
	skep_netlink_start(&request, RTM_SETLINK, 0, &body, sizeof(body));
	xdp = skep_netlink_nest(&request, IFLA_XDP);
	skep_netlink_add_u32(&request, IFLA_XDP_FD, (uint32_t)fd);
	skep_netlink_add_u32(&request, IFLA_XDP_FLAGS, flags);
	if (expected >= 0)
		skep_netlink_add_u32(&request, IFLA_XDP_EXPECTED_FD, (uint32_t)expected);
	skep_netlink_end(&request, xdp);
	return skep_netlink_ask(netlink, &request, NULL, NULL);
}

/* The socket is kept: it belongs to the interface's namespace, wherever we are later. */
struct held {
	struct skep_netlink netlink;
	struct skep_interface interface;
	uint32_t flags;
	int program_fd; /* ours: what is there when nobody else changed it; -1 once detached */
};

static int detach(void *state)
{
	struct held *held = state;
	int err;

	if (held->program_fd < 0)
		return 0;
	err = skep_xdp_set(&held->netlink, held->interface.index, -1, held->program_fd,
			   held->flags);
	close(held->program_fd);
	held->program_fd = -1;
	/* Gone with its interface, or somebody put another one there. */
	if (!err || err == -ENODEV || err == -EEXIST || err == -ENOENT)
		return 0;
	return skep_fail(err, "cannot take the XDP program off %s: %s", held->interface.name,
			 strerror(-err));
}

static void free_held(void *state)
{
	struct held *held = state;

	(void)detach(held);
	skep_netlink_close(&held->netlink);
	free(held);
}

static int update(void *state, int program_fd)
{
	struct held *held = state;
	AUTO_CLOSE int own = fcntl(program_fd, F_DUPFD_CLOEXEC, 3);
	int err;

	if (own < 0)
		return skep_fail(errno, "cannot keep the program: %s", strerror(errno));
	if (held->program_fd < 0)
		return skep_fail(ENOLINK, "the XDP program is not on %s any more",
				 held->interface.name);
	err = skep_xdp_set(&held->netlink, held->interface.index, own, held->program_fd,
			   held->flags);
	if (err == -ENODEV)
		return skep_fail(ENOLINK, "interface %s went away", held->interface.name);
	if (err)
		return skep_fail(err, "cannot replace the XDP program on %s: %s",
				 held->interface.name,
				 held->netlink.said[0] ? held->netlink.said : strerror(-err));
	close(held->program_fd);
	held->program_fd = skep_take_fd(&own);
	return 0;
}

/* The kernel has no link for it: this is what was asked for. */
static void describe(const void *state, struct skep_link_info *info)
{
	const struct held *held = state;

	info->interface = held->interface.index;
	info->is_gone = held->program_fd < 0;
	snprintf(info->hook, sizeof(info->hook), "interface %s (%u)", held->interface.name,
		 held->interface.index);
}

static const struct skep_link_ops ops = {
	.name = "xdp",
	.free = free_held,
	.update = update,
	.detach = detach,
	.describe = describe,
};

static int compare(const struct skep_interface *interface, const struct skep_xdp_info *info,
		   uint32_t wanted)
{
	int err;

	if (!info->program_id)
		return skep_fail_hint(skep_fail(ENOENT, "no XDP program is on %s to be replaced",
						interface->name),
				      "leave out replace_id");
	if (info->program_id != wanted)
		return skep_fail_hint(
			skep_fail(EEXIST, "the XDP program on %s is '%s' (id %u), not id %u",
				  interface->name, info->program_name, info->program_id, wanted),
			"look again with skep_xdp_query(): somebody was faster");
	if (!info->link_id)
		return 0;
	err = skep_fail(EBUSY, "the XDP program '%s' (id %u) on %s is held by BPF link %u",
			info->program_name, info->program_id, interface->name, info->link_id);
	return skep_fail_hint(err,
			      "only who has that link can replace it, by updating the link; "
			      "`bpftool link show id %u` shows it",
			      info->link_id);
}

static int put(struct held *held, const struct skep_program *program, uint32_t old_id)
{
	AUTO_CLOSE int old = bpf_prog_get_fd_by_id(old_id);
	int err;

	if (old < 0)
		return skep_fail_hint(skep_fail(old,
						"cannot look at program %u, which is on %s: %s",
						old_id, held->interface.name, strerror(-old)),
				      "CAP_SYS_ADMIN is needed to replace a program by its id");
	held->program_fd = fcntl(skep_program_fd(program), F_DUPFD_CLOEXEC, 3);
	if (held->program_fd < 0)
		return skep_fail(errno, "cannot keep the program: %s", strerror(errno));
	err = skep_xdp_set(&held->netlink, held->interface.index, held->program_fd, old,
			   held->flags);
	if (!err)
		return 0;
	close(held->program_fd);
	held->program_fd = -1; /* it is not there, so nothing is to be taken off */
	return skep_fail(err, "cannot replace the XDP program on %s: %s", held->interface.name,
			 held->netlink.said[0] ? held->netlink.said : strerror(-err));
}

int skep_xdp_replace(struct skep_link **out, const struct skep_program *program,
		     const struct skep_interface *interface, const struct skep_xdp_opts *opts)
{
	struct held *held = calloc(1, sizeof(*held));
	uint32_t wanted = SKEP_OPT(opts, replace_id);
	struct skep_xdp_info info = { .sz = sizeof(info) };
	struct skep_link *link = NULL;
	int err;

	if (!held)
		return skep_fail(ENOMEM, "no memory for a link");
	*held = (struct held){ SKEP_NETLINK_CLOSED, *interface, 0, -1 };
	err = skep_netlink_open(&held->netlink);
	if (!err) {
		err = skep_xdp_ask(&held->netlink, interface, &info);
		err = err ? skep_fail(err, "cannot ask for the XDP program of %s: %s",
				      interface->name, strerror(-err))
			  : compare(interface, &info, wanted);
	}
	/* One mode is changed into another only by way of none: keep the mode that is there. */
	held->flags = skep_xdp_flags(info.mode);
	if (!err)
		err = put(held, program, wanted);
	if (err) {
		free_held(held);
		return err;
	}
	err = skep_link_from_ops(&link, &ops, held);
	if (err)
		return err;
	skep_link_set_way(link, skep_xdp_way(info.mode));
	*out = link;
	return 0;
}
