/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One filter of a clsact qdisc as a link. */
#include "tc.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "interface.h"
#include "object/link.h"
#include "object/object.h"
#include "tc_filter.h"

/*
 * Between "nothing is in the qdisc" and its removal nobody of this process may put something
 * there. Other processes are not kept from it: the kernel has no such step.
 */
static pthread_mutex_t qdiscs = PTHREAD_MUTEX_INITIALIZER;

/* The socket is kept: it belongs to the interface's namespace, wherever we are later. */
struct filter {
	struct skep_netlink netlink;
	struct skep_interface interface;
	struct skep_tc_place place;
	bool on;
	char name[SKEP_TC_NAME_BYTES];
};

static int detach(void *state)
{
	struct filter *filter = state;
	int err;

	if (!filter->on)
		return 0;
	filter->on = false;
	pthread_mutex_lock(&qdiscs);
	err = skep_tc_drop(&filter->netlink, &filter->place, filter->name);
	pthread_mutex_unlock(&qdiscs);
	/* Gone with its interface or its qdisc, or replaced by somebody. */
	if (!err || err == -ENODEV || err == -ENOENT || err == -EINVAL)
		return 0;
	return skep_fail(err, "cannot take the filter off %s: %s", filter->interface.name,
			 filter->netlink.said[0] ? filter->netlink.said : strerror(-err));
}

static void free_filter(void *state)
{
	struct filter *filter = state;

	(void)detach(filter);
	skep_netlink_close(&filter->netlink);
	free(filter);
}

static int update(void *state, int program_fd)
{
	struct filter *filter = state;
	struct skep_tc_found found;
	int err = filter->on ? skep_tc_get(&filter->netlink, &filter->place, &found) : -ENOENT;

	if (!err && strcmp(found.name, filter->name))
		err = -ENOENT;
	if (err)
		return skep_fail(ENOLINK, "the filter on %s is not there any more%s",
				 filter->interface.name,
				 err == -ENODEV ? ": the interface went away" : "");
	err = skep_tc_put(&filter->netlink, &filter->place, program_fd, filter->name, 0);
	return err ? skep_fail(err, "cannot replace the program of the filter on %s: %s",
			       filter->interface.name,
			       filter->netlink.said[0] ? filter->netlink.said : strerror(-err))
		   : 0;
}

static const struct skep_link_ops ops = {
	.name = "clsact",
	.free = free_filter,
	.update = update,
	.detach = detach,
};

/* Whether a skep made the qdisc that is there: then it goes with our filter, if it is the last. */
static bool is_skeps(struct skep_netlink *netlink, unsigned int ifindex)
{
	struct skep_tc_list list = { 0 };
	struct skep_tc_owner owner;
	bool is = false;

	if (!skep_tc_list(netlink, ifindex, SKEP_INGRESS, &list))
		(void)skep_tc_list(netlink, ifindex, SKEP_EGRESS, &list);
	for (size_t i = 0; i < list.count; i++)
		is = is || (skep_tc_owner_read(list.all[i].name, &owner) && owner.made_qdisc);
	free(list.all);
	return is;
}

static int refuse_qdisc(int err, const struct skep_program *program, const struct filter *filter)
{
	if (err == -EPERM)
		return skep_attach_refuse(program, err, "tc", filter->interface.name);
	if (err == -ENODEV)
		return skep_interface_gone(filter->interface.name);
	if (err == -ENOENT || err == -EOPNOTSUPP)
		return skep_fail_hint(skep_fail(EOPNOTSUPP, "this kernel has no clsact qdisc "
							    "(CONFIG_NET_SCH_INGRESS is not set)"),
				      "`modprobe sch_ingress` if it is a module; else use "
				      "skep_attach_tcx() or XDP");
	return skep_fail(err, "cannot make a clsact qdisc on %s: %s", filter->interface.name,
			 filter->netlink.said[0] ? filter->netlink.said : strerror(-err));
}

static int refuse_taken(struct filter *filter)
{
	struct skep_tc_found found = { .name = "" };
	struct skep_tc_owner owner;
	bool known = !skep_tc_get(&filter->netlink, &filter->place, &found);
	bool skeps = known && skep_tc_owner_read(found.name, &owner);

	return skep_fail_hint(
		skep_fail(EEXIST, "filter %u of priority %u is on %s already: '%s' (program id %u)",
			  filter->place.handle, filter->place.priority, filter->interface.name,
			  skeps ? owner.program : found.name, found.program_id),
		"leave out the handle, or set .replace");
}

static int refuse_filter(int err, const struct skep_program *program, struct filter *filter)
{
	const char *said = filter->netlink.said;

	if (err == -EPERM)
		return skep_attach_refuse(program, err, "tc", filter->interface.name);
	if (err == -ENODEV)
		return skep_interface_gone(filter->interface.name);
	if (err == -EEXIST)
		return refuse_taken(filter);
	if (err == -ENOENT)
		return skep_fail_hint(
			skep_fail(EOPNOTSUPP, "this kernel has no BPF filters (CONFIG_NET_CLS_BPF "
					      "is not set)"),
			"`modprobe cls_bpf` if it is a module; else use skep_attach_tcx() "
			"or XDP");
	return skep_fail_hint(
		skep_fail(err, "cannot attach program '%s' to %s: %s", skep_program_name(program),
			  filter->interface.name, said[0] ? said : strerror(-err)),
		"`tc qdisc show dev %s` and `tc filter show dev %s ingress` show what "
		"is there",
		filter->interface.name, filter->interface.name);
}

static int refuse_ingress_only(const char *interface)
{
	return skep_fail_hint(skep_fail(EBUSY,
					"an `ingress` qdisc is on %s, where a clsact one is needed "
					"for egress",
					interface),
			      "`tc qdisc del dev %s ingress` takes it off, with the filters in it; "
			      "or use skep_attach_tcx()",
			      interface);
}

static int put(struct filter *filter, const struct skep_program *program, bool replace)
{
	uint16_t flags = NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL);
	bool made;
	int err = skep_tc_make_qdisc(&filter->netlink, filter->place.ifindex);

	made = !err;
	if (err && err != -EEXIST)
		return refuse_qdisc(err, program, filter);
	if (!made && filter->place.traffic == SKEP_EGRESS &&
	    skep_tc_is_ingress_only(&filter->netlink, filter->place.ifindex))
		return refuse_ingress_only(filter->interface.name);
	skep_tc_owner_write(filter->name, sizeof(filter->name), skep_program_name(program),
			    made || is_skeps(&filter->netlink, filter->place.ifindex));
	err = skep_tc_put(&filter->netlink, &filter->place, skep_program_fd(program), filter->name,
			  flags);
	if (!err) {
		filter->on = true;
		return 0;
	}
	err = refuse_filter(err, program, filter);
	if (made)
		(void)skep_tc_remove_qdisc(&filter->netlink, filter->place.ifindex);
	return err;
}

int skep_tc_attach_here(struct skep_link **out, const struct skep_program *program,
			const struct skep_interface *interface, const struct skep_tc_wanted *wanted)
{
	struct filter *filter = calloc(1, sizeof(*filter));
	int err;

	if (!filter)
		return skep_fail(ENOMEM, "no memory for a filter");
	filter->interface = *interface;
	filter->place = (struct skep_tc_place){ interface->index, wanted->traffic, wanted->priority,
						wanted->handle };
	filter->netlink.fd = -1;
	err = skep_netlink_open(&filter->netlink);
	if (!err) {
		pthread_mutex_lock(&qdiscs);
		err = put(filter, program, wanted->replace);
		pthread_mutex_unlock(&qdiscs);
	}
	if (err) {
		free_filter(filter);
		return err;
	}
	return skep_link_from_ops(out, &ops, filter);
}

struct request {
	struct skep_link **out;
	const struct skep_program *program;
	const char *interface;
	struct skep_tc_wanted wanted;
};

static int attach_here(void *ctx)
{
	const struct request *request = ctx;
	struct skep_interface interface;
	int err = skep_interface_find(request->interface, &interface);

	return err ? err
		   : skep_tc_attach_here(request->out, request->program, &interface,
					 &request->wanted);
}

int skep_attach_tc(struct skep_link **out, const struct skep_program *program,
		   const char *interface, enum skep_traffic traffic,
		   const struct skep_tc_opts *opts)
{
	struct request request = { out,
				   program,
				   interface,
				   { traffic, SKEP_OPT(opts, priority), SKEP_OPT(opts, handle),
				     SKEP_OPT(opts, replace) } };
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	if ((unsigned int)traffic > SKEP_EGRESS)
		return skep_fail(EINVAL, "%d is not an enum skep_traffic", traffic);
	if (request.wanted.priority > 65535)
		return skep_fail_hint(
			skep_fail(EINVAL, "priority %u is too large", request.wanted.priority),
			"priorities are 1 to 65535, lower ones run first");
	if (request.wanted.replace && (!request.wanted.priority || !request.wanted.handle))
		return skep_fail_hint(skep_fail(EINVAL, "which filter to replace is not said"),
				      "set .priority and .handle, as `tc filter show` has them");
	err = skep_attach_need(program, BPF_PROG_TYPE_SCHED_CLS, "tc");
	if (err)
		return err;
	return skep_netns_run(SKEP_OPT(opts, netns), SKEP_OPT(opts, netns_fd), attach_here,
			      &request);
}
