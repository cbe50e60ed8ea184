/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One filter of a clsact qdisc as a link. */
#include "tc.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* The kernel has no link for it: this is what was asked for. */
static void describe(const void *state, struct skep_link_info *info)
{
	const struct filter *filter = state;

	info->interface = filter->interface.index;
	info->is_gone = !filter->on;
	snprintf(info->hook, sizeof(info->hook), "interface %s (%u), %s, priority %u, handle %u",
		 filter->interface.name, filter->interface.index,
		 filter->place.traffic == SKEP_EGRESS ? "egress" : "ingress",
		 filter->place.priority, filter->place.handle);
}

static const struct skep_link_ops ops = {
	.name = "clsact",
	.free = free_filter,
	.update = update,
	.detach = detach,
	.describe = describe,
};

enum maker {
	MADE_BY_SKEP,
	MADE_BY_OTHERS,
	MADE_BY_WHOM, /* nothing is in it that would tell */
};

/* Who made the qdisc that is there: one of skep's goes with our filter, if it is the last. */
static enum maker look_for_maker(struct skep_netlink *netlink, unsigned int ifindex)
{
	struct skep_tc_list list = { 0 };
	struct skep_tc_owner owner;
	enum maker maker = MADE_BY_WHOM;

	if (!skep_tc_list(netlink, ifindex, SKEP_INGRESS, &list))
		(void)skep_tc_list(netlink, ifindex, SKEP_EGRESS, &list);
	for (size_t i = 0; i < list.count && maker != MADE_BY_SKEP; i++)
		maker = skep_tc_owner_read(list.all[i].name, &owner) && owner.made_qdisc
				? MADE_BY_SKEP
				: MADE_BY_OTHERS;
	free(list.all);
	return maker;
}

/*
 * 0 or -errno of the kernel. An empty qdisc may be that of another process which is about to put its
 * filter into it, or to take it away: a moment later it is known.
 */
static int get_qdisc(struct filter *filter, bool *made, bool *skeps)
{
	enum maker maker = MADE_BY_WHOM;
	int err;

	for (int tries = 0; tries < 10; tries++) {
		err = skep_tc_make_qdisc(&filter->netlink, filter->place.ifindex);
		*made = !err;
		if (err != -EEXIST)
			break;
		maker = look_for_maker(&filter->netlink, filter->place.ifindex);
		if (maker != MADE_BY_WHOM)
			break;
		usleep(1000);
	}
	*skeps = *made || maker == MADE_BY_SKEP;
	return err;
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

/* 0 or -errno in words; `*made`: the qdisc is to go again where this fails. */
static int put_once(struct filter *filter, const struct skep_program *program, uint16_t flags,
		    bool *made)
{
	bool skeps, now;
	int err = get_qdisc(filter, &now, &skeps);

	*made = *made || now;
	if (err && err != -EEXIST)
		return refuse_qdisc(err, program, filter);
	if (!*made && filter->place.traffic == SKEP_EGRESS &&
	    skep_tc_is_ingress_only(&filter->netlink, filter->place.ifindex))
		return refuse_ingress_only(filter->interface.name);
	skep_tc_owner_write(filter->name, sizeof(filter->name), skep_program_name(program),
			    skeps || *made);
	err = skep_tc_put(&filter->netlink, &filter->place, skep_program_fd(program), filter->name,
			  flags);
	filter->on = !err;
	return err ? refuse_filter(err, program, filter) : 0;
}

static int put(struct filter *filter, const struct skep_program *program, bool replace)
{
	uint16_t flags = NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL);
	bool made = false;
	int err = -EINVAL;

	/*
	 * Another process may take the qdisc away, or the free priority, just then: the kernel has no
	 * errno of its own for it.
	 */
	for (int tries = 0; tries < 5; tries++) {
		err = put_once(filter, program, flags, &made);
		if (err != -EINVAL && err != -EOPNOTSUPP &&
		    (err != -EEXIST || filter->place.handle))
			break;
	}
	if (err && made)
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
