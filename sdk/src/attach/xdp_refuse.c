/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Why an interface does not take an XDP program. */
#include "xdp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attach.h"
#include "base/fail.h"

static int say_busy(const struct skep_interface *interface, const struct skep_xdp_info *info)
{
	const char *off = info->mode == SKEP_XDP_GENERIC   ? "xdpgeneric"
			  : info->mode == SKEP_XDP_OFFLOAD ? "xdpoffload"
							   : "xdpdrv";
	char who[80];
	int err;

	if (!info->program_id)
		return skep_fail_hint(skep_fail(EBUSY,
						"another XDP program is on %s, or on a "
						"device that it is a part of",
						interface->name),
				      "`ip -details link show` and `bpftool net` show it");
	if (info->program_name[0])
		snprintf(who, sizeof(who), "'%s' (id %u, %s)", info->program_name, info->program_id,
			 skep_xdp_way(info->mode));
	else
		snprintf(who, sizeof(who), "id %u (%s)", info->program_id,
			 skep_xdp_way(info->mode));
	err = skep_fail(EBUSY, "another XDP program is on %s: %s%s", interface->name, who,
			info->link_id ? ", held by a BPF link" : "");
	if (info->link_id)
		return skep_fail_hint(err,
				      "`bpftool link show id %u` says who holds it: it goes when "
				      "that process lets go or ends; or let both share %s by "
				      "skep_xdp_chain_open()",
				      info->link_id, interface->name);
	return skep_fail_hint(err,
			      "take it off with `ip link set dev %s %s off`, or take its "
			      "place with .replace_id = %u",
			      interface->name, off, info->program_id);
}

/*
 * A BPF link is refused without words, the older way with the driver's. So it is asked once more
 * that way; if it is taken then, it is taken off at once.
 */
static void ask_driver(struct skep_netlink *netlink, const struct skep_interface *interface,
		       int program_fd, enum skep_xdp_mode mode)
{
	uint32_t flags = skep_xdp_flags(mode);

	if (!skep_xdp_set(netlink, interface->index, program_fd, -1, flags))
		(void)skep_xdp_set(netlink, interface->index, -1, program_fd, flags);
}

static int say_driver(int err, const struct skep_interface *interface, enum skep_xdp_mode mode,
		      const char *said)
{
	if (mode == SKEP_XDP_OFFLOAD)
		return skep_fail_hint(
			skep_fail(err, "the card of %s does not take the program: %s",
				  interface->name, said[0] ? said : strerror(-err)),
			"load it for that card with bpf_program__set_ifindex() before "
			"skep_object_load(), or use SKEP_XDP_NATIVE");
	if (err == -EOPNOTSUPP)
		return skep_fail_hint(
			skep_fail(err, "the driver of %s cannot run XDP itself%s%s",
				  interface->name, said[0] ? ": " : "", said),
			"use SKEP_XDP_GENERIC, which every interface has, or .fallback");
	if (err == -ERANGE || strstr(said, "MTU"))
		return skep_fail_hint(
			skep_fail(ERANGE, "the MTU of %s is too large for XDP in its driver%s%s",
				  interface->name, said[0] ? ": " : "", said),
			"make it smaller (`ip link set dev %s mtu 1500`; of a veth, its peer's), "
			"use SKEP_XDP_GENERIC, or load the program from SEC(\"xdp.frags\")",
			interface->name);
	return skep_fail_hint(skep_fail(err, "cannot attach XDP to %s: %s", interface->name,
					said[0] ? said : strerror(-err)),
			      "SKEP_XDP_GENERIC does not ask the driver");
}

int skep_xdp_refuse(int err, const struct skep_program *program, int program_fd,
		    const struct skep_interface *interface, enum skep_xdp_mode mode)
{
	AUTO_NETLINK struct skep_netlink netlink = SKEP_NETLINK_CLOSED;
	struct skep_xdp_info info = { .sz = sizeof(info) };

	if ((err == -EPERM || err == -ENOSYS || err == -EMFILE) && program)
		return skep_attach_refuse(program, err, "xdp", interface->name);
	if (err == -EPERM)
		return skep_fail_hint(
			skep_fail(err, "cannot attach XDP to %s: no privilege", interface->name),
			"run it with sudo, or grant cap_net_admin and cap_bpf");
	if (err == -ENODEV)
		return skep_interface_gone(interface->name);
	if (skep_netlink_open(&netlink))
		return skep_fail(err, "cannot attach XDP to %s: %s", interface->name,
				 strerror(-err));
	if (err == -EBUSY || err == -EEXIST) {
		(void)skep_xdp_ask(&netlink, interface, &info);
		return say_busy(interface, &info);
	}
	ask_driver(&netlink, interface, program_fd, mode);
	return say_driver(err, interface, mode, netlink.said);
}
