/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Filters that are there, and those that dead processes left. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skep/attach/tc.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "interface.h"
#include "tc_filter.h"

typedef int visit_fn(struct skep_netlink *netlink, const struct skep_tc_found *found,
		     const char *interface, void *ctx);

struct walk {
	const char *interface; /* or NULL */
	visit_fn *visit;
	void *ctx;
};

static int walk_one(struct skep_netlink *netlink, const struct skep_interface *interface,
		    const struct walk *walk)
{
	struct skep_tc_list list = { 0 };
	int err = skep_tc_list(netlink, interface->index, SKEP_INGRESS, &list), stop = 0;

	if (!err)
		err = skep_tc_list(netlink, interface->index, SKEP_EGRESS, &list);
	for (size_t i = 0; !err && !stop && i < list.count; i++)
		if (list.all[i].program_id)
			stop = walk->visit(netlink, &list.all[i], interface->name, walk->ctx);
	free(list.all);
	if (stop)
		return stop;
	/* No qdisc that has filters; or the interface went away meanwhile. */
	if (!err || err == -EINVAL || err == -ENOENT || err == -ENODEV || err == -EOPNOTSUPP)
		return 0;
	return skep_fail(err, "cannot list the filters of %s: %s", interface->name,
			 netlink->said[0] ? netlink->said : strerror(-err));
}

static int walk_here(void *ctx)
{
	const struct walk *walk = ctx;
	AUTO_NETLINK struct skep_netlink netlink = SKEP_NETLINK_CLOSED;
	struct skep_interface interface;
	struct if_nameindex *all;
	int err = skep_netlink_open(&netlink);

	if (err)
		return err;
	if (walk->interface) {
		err = skep_interface_find(walk->interface, &interface);
		return err ? err : walk_one(&netlink, &interface, walk);
	}
	all = if_nameindex();
	if (!all)
		return skep_fail(errno, "cannot list the network interfaces: %s", strerror(errno));
	for (struct if_nameindex *at = all; !err && at->if_index; at++) {
		interface.index = at->if_index;
		memcpy(interface.name, at->if_name, strnlen(at->if_name, IF_NAMESIZE - 1) + 1);
		err = walk_one(&netlink, &interface, walk);
	}
	if_freenameindex(all);
	return err;
}

struct caller {
	skep_tc_filter_fn fn;
	void *ctx;
};

static int show(struct skep_netlink *netlink, const struct skep_tc_found *found,
		const char *interface, void *ctx)
{
	const struct caller *caller = ctx;
	struct skep_tc_owner owner = { .pid = 0 };
	bool skeps = skep_tc_owner_read(found->name, &owner);
	struct skep_tc_filter filter = {
		.ifindex = found->place.ifindex,
		.traffic = found->place.traffic,
		.priority = found->place.priority,
		.handle = found->place.handle,
		.program_id = found->program_id,
		.owner = owner.pid,
		.stale = skeps && skep_tc_owner_is_dead(&owner),
		.interface = interface,
		.name = skeps ? owner.program : found->name,
	};

	(void)netlink;
	return caller->fn(&filter, caller->ctx);
}

int skep_tc_foreach(const char *interface, skep_tc_filter_fn fn, void *ctx,
		    const struct skep_tc_opts *opts)
{
	struct caller caller = { fn, ctx };
	struct walk walk = { interface, show, &caller };
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	if (!fn)
		return skep_fail(EINVAL, "no function to call for the filters");
	return skep_netns_run(SKEP_OPT(opts, netns), SKEP_OPT(opts, netns_fd), walk_here, &walk);
}

static int remove_if_stale(struct skep_netlink *netlink, const struct skep_tc_found *found,
			   const char *interface, void *ctx)
{
	unsigned int *removed = ctx;
	struct skep_tc_owner owner;
	int err;

	if (!skep_tc_owner_read(found->name, &owner) || !skep_tc_owner_is_dead(&owner))
		return 0;
	err = skep_tc_drop(netlink, &found->place, found->name);
	if (err == -ENOENT || err == -ENODEV)
		return 0; /* somebody was faster */
	if (err == -EPERM)
		return skep_fail_hint(skep_fail(err, "cannot remove the filter '%s' of %s: %s",
						owner.program, interface, strerror(-err)),
				      "run it with sudo, or grant cap_net_admin");
	if (err)
		return skep_fail(err, "cannot remove the filter '%s' of %s: %s", owner.program,
				 interface, netlink->said[0] ? netlink->said : strerror(-err));
	(*removed)++;
	return 0;
}

int skep_tc_remove_stale(const char *interface, unsigned int *removed,
			 const struct skep_tc_opts *opts)
{
	unsigned int count = 0;
	struct walk walk = { interface, remove_if_stale, &count };
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_netns_run(SKEP_OPT(opts, netns), SKEP_OPT(opts, netns_fd), walk_here,
				     &walk);
	if (!err && removed)
		*removed = count;
	return err;
}
