/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which XDP program is on an interface. */
#include "xdp.h"

#include <errno.h>
#include <string.h>

#include <linux/if_link.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"

uint32_t skep_xdp_flags(enum skep_xdp_mode mode)
{
	static const uint32_t flags[] = {
		[SKEP_XDP_AUTO] = 0,
		[SKEP_XDP_NATIVE] = XDP_FLAGS_DRV_MODE,
		[SKEP_XDP_GENERIC] = XDP_FLAGS_SKB_MODE,
		[SKEP_XDP_OFFLOAD] = XDP_FLAGS_HW_MODE,
	};

	return flags[mode];
}

const char *skep_xdp_way(enum skep_xdp_mode mode)
{
	static const char *const ways[] = {
		[SKEP_XDP_AUTO] = "xdp",
		[SKEP_XDP_NATIVE] = "xdp native",
		[SKEP_XDP_GENERIC] = "xdp generic",
		[SKEP_XDP_OFFLOAD] = "xdp offload",
	};

	return ways[mode];
}

static void read_link(const struct nlmsghdr *message, void *ctx)
{
	struct skep_xdp_info *info = ctx;
	const struct rtattr *xdp = skep_netlink_find(message, sizeof(struct ifinfomsg), IFLA_XDP);
	uint32_t native = skep_netlink_u32(skep_netlink_find_in(xdp, IFLA_XDP_DRV_PROG_ID));
	uint32_t generic = skep_netlink_u32(skep_netlink_find_in(xdp, IFLA_XDP_SKB_PROG_ID));
	uint32_t offload = skep_netlink_u32(skep_netlink_find_in(xdp, IFLA_XDP_HW_PROG_ID));

	if (message->nlmsg_type != RTM_NEWLINK)
		return;
	info->offload_id = offload;
	info->program_id = native ? native : generic ? generic : offload;
	if (info->program_id)
		info->mode = native    ? SKEP_XDP_NATIVE
			     : generic ? SKEP_XDP_GENERIC
				       : SKEP_XDP_OFFLOAD;
}

static void find_name(struct skep_xdp_info *info)
{
	AUTO_CLOSE int fd = bpf_prog_get_fd_by_id(info->program_id);
	struct bpf_prog_info program = { 0 };
	uint32_t bytes = sizeof(program);

	if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &program, &bytes))
		memcpy(info->program_name, program.name, sizeof(info->program_name) - 1);
}

/* Interfaces of two namespaces may share a number, a program on both is the same to us. */
static bool is_its_link(uint32_t id, const struct skep_xdp_info *info)
{
	AUTO_CLOSE int fd = bpf_link_get_fd_by_id(id);
	struct bpf_link_info link = { 0 };
	uint32_t bytes = sizeof(link);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &link, &bytes) &&
	       link.type == BPF_LINK_TYPE_XDP && link.xdp.ifindex == info->ifindex &&
	       link.prog_id == info->program_id;
}

static void find_link(struct skep_xdp_info *info)
{
	uint32_t id = 0;

	while (!bpf_link_get_next_id(id, &id))
		if (is_its_link(id, info)) {
			info->link_id = id;
			return;
		}
}

int skep_xdp_ask(struct skep_netlink *netlink, const struct skep_interface *interface,
		 struct skep_xdp_info *info)
{
	struct ifinfomsg body = { .ifi_family = AF_UNSPEC, .ifi_index = (int)interface->index };
	struct skep_netlink_request request;
	int err;

	*info = (struct skep_xdp_info){ .sz = sizeof(*info), .ifindex = interface->index };
	skep_netlink_start(&request, RTM_GETLINK, 0, &body, sizeof(body));
	err = skep_netlink_ask(netlink, &request, read_link, info);
	if (err || !info->program_id)
		return err;
	find_name(info);
	find_link(info);
	return 0;
}

struct request {
	const char *interface;
	struct skep_xdp_info *info;
};

static int query_here(void *ctx)
{
	const struct request *request = ctx;
	AUTO_NETLINK struct skep_netlink netlink = SKEP_NETLINK_CLOSED;
	struct skep_interface interface;
	struct skep_xdp_info info;
	int err = skep_interface_find(request->interface, &interface);

	if (!err)
		err = skep_netlink_open(&netlink);
	if (err)
		return err;
	err = skep_xdp_ask(&netlink, &interface, &info);
	if (err == -ENODEV)
		return skep_interface_gone(request->interface);
	if (err)
		return skep_fail(err, "cannot ask for the XDP program of %s: %s", interface.name,
				 strerror(-err));
	info.sz = request->info->sz;
	memcpy(request->info, &info, info.sz < sizeof(info) ? info.sz : sizeof(info));
	return 0;
}

int skep_xdp_query(const char *interface, struct skep_xdp_info *info,
		   const struct skep_xdp_opts *opts)
{
	struct request request = { interface, info };
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	if (!info || info->sz < sizeof(info->sz))
		return skep_fail_hint(skep_fail(EINVAL, "a struct skep_xdp_info without its size"),
				      "set sz = sizeof(struct skep_xdp_info) before the call");
	return skep_netns_run(SKEP_OPT(opts, netns), SKEP_OPT(opts, netns_fd), query_here,
			      &request);
}
