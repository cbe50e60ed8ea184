/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>

#include <linux/bpf.h>
#include <skep/attach/netfilter.h>

#include "attach.h"
#include "base/fail.h"
#include "base/opts.h"
#include "interface.h"
#include "kernel/newer.h"
#include "object/link.h"
#include "object/object.h"
#include "tcx.h"

#define IP_DEFRAG       (1u << 0) /* the kernel's BPF_F_NETFILTER_IP_DEFRAG */
#define DEFRAG_PRIORITY (-400)    /* its NF_IP_PRI_CONNTRACK_DEFRAG */
#define FAMILY_IPV4     2         /* its NFPROTO_... */
#define FAMILY_IPV6     10

struct request {
	struct skep_link **out;
	const struct skep_program *program;
	struct skep_link_create attr;
};

static int refuse(int err, const struct request *request)
{
	const struct skep_link_create *attr = &request->attr;

	if (err == -EBUSY || err == -EEXIST)
		return skep_fail_hint(
			skep_fail(EBUSY, "another BPF program has priority %d at this hook",
				  attr->netfilter.priority),
			"choose another priority; `bpftool net` shows those there are");
	if (attr->netfilter.flags && (err == -EOPNOTSUPP || err == -ENOENT || err == -EINVAL))
		return skep_fail_hint(
			skep_fail(EOPNOTSUPP,
				  "this kernel does not put fragments together for BPF "
				  "programs (CONFIG_NF_DEFRAG_IPV%c)",
				  attr->netfilter.family == FAMILY_IPV6 ? '6' : '4'),
			"`modprobe nf_defrag_ipv%c` if it is a module; or leave out .defrag",
			attr->netfilter.family == FAMILY_IPV6 ? '6' : '4');
	if (err == -EAFNOSUPPORT)
		return skep_fail(EOPNOTSUPP, "this kernel has no netfilter for IPv%c",
				 attr->netfilter.family == FAMILY_IPV6 ? '6' : '4');
	return skep_attach_refuse(request->program, err, "netfilter", NULL);
}

static int attach_here(void *ctx)
{
	const struct request *request = ctx;
	struct skep_link *link = NULL;
	int err, fd = skep_link_create_raw(&request->attr);

	if (fd < 0)
		return refuse(fd, request);
	err = skep_link_from_fd(&link, fd);
	if (err)
		return err;
	skep_link_set_way(link, "netfilter");
	*request->out = link;
	return 0;
}

static int check(enum skep_netfilter_hook hook, int32_t priority, bool defrag)
{
	if ((unsigned int)hook > SKEP_NETFILTER_POST_ROUTING)
		return skep_fail(EINVAL, "%d is not an enum skep_netfilter_hook", hook);
	if (priority == INT32_MIN || priority == INT32_MAX)
		return skep_fail_hint(
			skep_fail(EINVAL, "priority %d is the kernel's own", priority),
			"choose one between -400 and 400");
	if (defrag && priority <= DEFRAG_PRIORITY)
		return skep_fail_hint(skep_fail(EINVAL,
						"priority %d is before fragments are put together",
						priority),
				      "with .defrag choose one above -400");
	return 0;
}

int skep_attach_netfilter(struct skep_link **out, const struct skep_program *program,
			  enum skep_netfilter_hook hook, const struct skep_netfilter_opts *opts)
{
	struct request request = { out, program, { 0 } };
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = check(hook, SKEP_OPT(opts, priority), SKEP_OPT(opts, defrag));
	if (!err)
		err = skep_attach_need(program, SKEP_BPF_PROG_TYPE_NETFILTER, "netfilter");
	if (err)
		return err;
	request.attr.prog_fd = (uint32_t)skep_program_fd(program);
	request.attr.attach_type = SKEP_BPF_ATTACH_NETFILTER;
	request.attr.netfilter.family = SKEP_OPT(opts, ipv6) ? FAMILY_IPV6 : FAMILY_IPV4;
	request.attr.netfilter.hook = (uint32_t)hook;
	request.attr.netfilter.priority = SKEP_OPT(opts, priority);
	request.attr.netfilter.flags = SKEP_OPT(opts, defrag) ? IP_DEFRAG : 0;
	return skep_netns_run(SKEP_OPT(opts, netns), SKEP_OPT(opts, netns_fd), attach_here,
			      &request);
}
