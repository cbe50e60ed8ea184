/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>

#include <linux/bpf.h>
#include <skep/attach/netkit.h>

#include "attach.h"
#include "base/fail.h"
#include "base/opts.h"
#include "kernel/newer.h"
#include "kernel/reason.h"
#include "object/link.h"
#include "object/object.h"
#include "tcx.h"

struct request {
	struct skep_link **out;
	const struct skep_program *program;
	const char *interface;
	enum skep_netkit_end end;
	struct skep_order_wanted wanted;
};

static int type_of(enum skep_netkit_end end)
{
	return end == SKEP_NETKIT_PEER ? SKEP_BPF_ATTACH_NETKIT_PEER
				       : SKEP_BPF_ATTACH_NETKIT_PRIMARY;
}

/* One that has netkit says ENXIO of an interface of another kind, others EINVAL to all of it. */
static int refuse(int err, const struct request *request, const char *interface)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, err);
	char why[512], hint[512];
	int said;

	refusal.prog_type = BPF_PROG_TYPE_SCHED_CLS;
	refusal.attach_type = type_of(request->end);
	refusal.section = "netkit";
	refusal.target = interface;
	if (err == -EINVAL && skep_kernel_lacks(&refusal) &&
	    skep_kernel_reason(&refusal, why, sizeof(why), hint, sizeof(hint)))
		return skep_fail_hint(skep_fail(EOPNOTSUPP, "cannot attach program '%s' to %s: %s",
						skep_program_name(request->program), interface,
						why),
				      "%s", hint);
	if (err == -ENODEV)
		return skep_interface_gone(interface);
	if (err == -ENXIO)
		return skep_fail_hint(skep_fail(EINVAL, "%s is not a netkit device", interface),
				      "make a pair with `ip link add NAME type netkit`, or use "
				      "skep_attach_tcx(), which takes any interface");
	if (err == -EACCES)
		return skep_fail_hint(
			skep_fail(EINVAL, "%s is the peer end of a netkit pair", interface),
			"attach through the primary end, with SKEP_NETKIT_PEER for packets of "
			"this one");
	said = skep_order_refuse(err, request->program, interface, &request->wanted);
	return said ? said : skep_attach_refuse(request->program, err, "netkit", interface);
}

static int attach_here(void *ctx)
{
	const struct request *request = ctx;
	struct skep_interface interface;
	struct skep_link *link = NULL;
	int fd, err = skep_interface_find(request->interface, &interface);

	if (err)
		return err;
	fd = skep_order_link(request->program, interface.index, type_of(request->end),
			     &request->wanted);
	if (fd < 0)
		return refuse(fd, request, interface.name);
	err = skep_link_from_fd(&link, fd);
	if (err)
		return err;
	skep_link_set_way(link, "netkit");
	*request->out = link;
	return 0;
}

int skep_attach_netkit(struct skep_link **out, const struct skep_program *program,
		       const char *interface, enum skep_netkit_end end,
		       const struct skep_netkit_opts *opts)
{
	struct request request = {
		out,
		program,
		interface,
		end,
		{ SKEP_OPT(opts, order), SKEP_OPT(opts, link), SKEP_OPT(opts, program),
		  SKEP_OPT(opts, link_id), SKEP_OPT(opts, program_id), SKEP_OPT(opts, revision) },
	};
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_order_check(&request.wanted);
	if (err)
		return err;
	if ((unsigned int)end > SKEP_NETKIT_PEER)
		return skep_fail(EINVAL, "%d is not an enum skep_netkit_end", end);
	err = skep_attach_need(program, BPF_PROG_TYPE_SCHED_CLS,
			       end == SKEP_NETKIT_PEER ? "netkit/peer" : "netkit/primary");
	if (err)
		return err;
	return skep_netns_run(SKEP_OPT(opts, netns), SKEP_OPT(opts, netns_fd), attach_here,
			      &request);
}
