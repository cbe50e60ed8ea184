/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tcx.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "attach.h"
#include "base/fail.h"
#include "base/opts.h"
#include "kernel/newer.h"
#include "kernel/reason.h"
#include "netlink.h"
#include "object/link.h"
#include "object/object.h"
#include "tc.h"
#include "tc_filter.h"

#define MOST          64
#define FIRST_OF_AUTO 0xc000 /* where the kernel's own choice of priorities begins */

static int type_of(enum skep_traffic traffic)
{
	return traffic == SKEP_EGRESS ? SKEP_BPF_ATTACH_TCX_EGRESS : SKEP_BPF_ATTACH_TCX_INGRESS;
}

/* BPF_PROG_QUERY as the kernel lays it out. */
struct query {
	uint32_t target;
	uint32_t attach_type;
	uint32_t query_flags;
	uint32_t attach_flags;
	uint64_t prog_ids;
	uint32_t count;
	uint32_t pad;
	uint64_t prog_attach_flags;
	uint64_t link_ids;
	uint64_t link_attach_flags;
	uint64_t revision;
};

/* The kernel's -errno. */
static int query(unsigned int ifindex, int attach_type, struct skep_tcx_info *info)
{
	struct query attr = {
		.target = ifindex,
		.attach_type = (uint32_t)attach_type,
		.prog_ids = (uint64_t)(uintptr_t)info->program_ids,
		.link_ids = (uint64_t)(uintptr_t)info->link_ids,
		.count = MOST,
	};

	if (syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr)))
		return -errno;
	info->count = attr.count < MOST ? attr.count : MOST;
	info->revision = attr.revision;
	return 0;
}

/*
 * Whether the kernel has no tcx: one that has, knows an interface that cannot be from a kind of
 * attachment that cannot be.
 */
static bool lacks_tcx(void)
{
	struct skep_tcx_info info = { .sz = sizeof(info) };

	return query(INT32_MAX, type_of(SKEP_INGRESS), &info) == -EINVAL;
}

static int refuse_lack(const char *what)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, EINVAL);
	char why[512], hint[512];

	refusal.prog_type = BPF_PROG_TYPE_SCHED_CLS;
	refusal.attach_type = SKEP_BPF_ATTACH_TCX_INGRESS;
	refusal.section = "tcx/ingress";
	if (!skep_kernel_lacks(&refusal) ||
	    !skep_kernel_reason(&refusal, why, sizeof(why), hint, sizeof(hint)))
		snprintf(why, sizeof(why), "the kernel knows no such hook");
	return skep_fail_hint(
		skep_fail(EOPNOTSUPP, "%s: this kernel has no tcx: %s", what, why),
		"allow .fallback, or use skep_attach_tc(): filters of a clsact qdisc");
}

struct request {
	struct skep_link **out;
	const struct skep_program *program;
	const char *interface;
	enum skep_traffic traffic;
	struct skep_order_wanted wanted;
	bool fallback;
};

/* The priority after all that are there. 0 where none is left: the kernel chooses then. */
static uint32_t last_priority(const struct skep_interface *interface, enum skep_traffic traffic)
{
	AUTO_NETLINK struct skep_netlink netlink = SKEP_NETLINK_CLOSED;
	struct skep_tc_list list = { 0 };
	uint32_t last = 0;

	if (skep_netlink_open(&netlink))
		return 0;
	(void)skep_tc_list(&netlink, interface->index, traffic, &list);
	for (size_t i = 0; i < list.count; i++)
		if (list.all[i].place.priority > last)
			last = list.all[i].place.priority;
	free(list.all);
	if (!last)
		return FIRST_OF_AUTO;
	return last < 65535 ? last + 1 : 0;
}

static int fall_back(const struct request *request, const struct skep_interface *interface)
{
	struct skep_tc_wanted wanted = { .traffic = request->traffic };

	if (request->wanted.order == SKEP_ORDER_BEFORE ||
	    request->wanted.order == SKEP_ORDER_AFTER || request->wanted.revision)
		return skep_fail_hint(
			skep_fail(EOPNOTSUPP, "this kernel has no tcx, and a filter of a clsact "
					      "qdisc cannot be before or after another link"),
			"use SKEP_ORDER_FIRST or SKEP_ORDER_LAST, or skep_attach_tc() with a "
			"priority");
	if (request->wanted.order == SKEP_ORDER_LAST)
		wanted.priority = last_priority(interface, request->traffic);
	return skep_tc_attach_here(request->out, request->program, interface, &wanted);
}

static int attach_here(void *ctx)
{
	const struct request *request = ctx;
	struct skep_link *link = NULL;
	struct skep_interface interface;
	int fd, err = skep_interface_find(request->interface, &interface);

	if (err)
		return err;
	fd = skep_order_link(request->program, interface.index, type_of(request->traffic),
			     &request->wanted);
	if (fd == -EINVAL && lacks_tcx())
		return request->fallback ? fall_back(request, &interface)
					 : refuse_lack("cannot attach");
	if (fd == -ENODEV)
		return skep_interface_gone(interface.name);
	if (fd < 0) {
		err = skep_order_refuse(fd, request->program, interface.name, &request->wanted);
		return err ? err : skep_attach_refuse(request->program, fd, "tcx", interface.name);
	}
	err = skep_link_from_fd(&link, fd);
	if (err)
		return err;
	skep_link_set_way(link, "tcx");
	*request->out = link;
	return 0;
}

int skep_attach_tcx(struct skep_link **out, const struct skep_program *program,
		    const char *interface, enum skep_traffic traffic,
		    const struct skep_tcx_opts *opts)
{
	struct request request = {
		out,
		program,
		interface,
		traffic,
		{ SKEP_OPT(opts, order), SKEP_OPT(opts, link), SKEP_OPT(opts, program),
		  SKEP_OPT(opts, link_id), SKEP_OPT(opts, program_id), SKEP_OPT(opts, revision) },
		SKEP_OPT(opts, fallback),
	};
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_order_check(&request.wanted);
	if (err)
		return err;
	if ((unsigned int)traffic > SKEP_EGRESS)
		return skep_fail(EINVAL, "%d is not an enum skep_traffic", traffic);
	err = skep_attach_need(program, BPF_PROG_TYPE_SCHED_CLS,
			       traffic == SKEP_EGRESS ? "tcx/egress" : "tcx/ingress");
	if (err)
		return err;
	return skep_netns_run(SKEP_OPT(opts, netns), SKEP_OPT(opts, netns_fd), attach_here,
			      &request);
}

struct question {
	const char *interface;
	enum skep_traffic traffic;
	struct skep_tcx_info *info;
};

static int query_here(void *ctx)
{
	const struct question *question = ctx;
	struct skep_tcx_info info = { .sz = question->info->sz };
	struct skep_interface interface;
	int err = skep_interface_find(question->interface, &interface);

	if (err)
		return err;
	err = query(interface.index, type_of(question->traffic), &info);
	if (err == -EINVAL && lacks_tcx())
		return refuse_lack("cannot ask");
	if (err == -ENODEV)
		return skep_interface_gone(interface.name);
	if (err == -EPERM)
		return skep_fail_hint(skep_fail(err, "cannot ask for the programs on %s: %s",
						interface.name, strerror(-err)),
				      "run it with sudo, or grant cap_net_admin");
	/* Where nothing ever was, the kernel has no list. */
	if (err && err != -ENOENT)
		return skep_fail(err, "cannot ask for the programs on %s: %s", interface.name,
				 strerror(-err));
	memcpy(question->info, &info, info.sz < sizeof(info) ? info.sz : sizeof(info));
	return 0;
}

int skep_tcx_query(const char *interface, enum skep_traffic traffic, struct skep_tcx_info *info,
		   const struct skep_tcx_opts *opts)
{
	struct question question = { interface, traffic, info };
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	if (!info || info->sz < sizeof(info->sz))
		return skep_fail_hint(skep_fail(EINVAL, "a struct skep_tcx_info without its size"),
				      "set sz = sizeof(struct skep_tcx_info) before the call");
	if ((unsigned int)traffic > SKEP_EGRESS)
		return skep_fail(EINVAL, "%d is not an enum skep_traffic", traffic);
	return skep_netns_run(SKEP_OPT(opts, netns), SKEP_OPT(opts, netns_fd), query_here,
			      &question);
}
