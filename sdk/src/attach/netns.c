/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Hooks of a network namespace as a whole. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <bpf/bpf.h>
#include <skep/attach/netns.h>

#include "attach.h"
#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "interface.h"
#include "object/link.h"
#include "object/object.h"

struct hook {
	const char *section;
	int prog_type;
	enum bpf_attach_type attach_type;
};

static const struct hook sk_lookup = { "sk_lookup", BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP };
static const struct hook flow_dissector = { "flow_dissector", BPF_PROG_TYPE_FLOW_DISSECTOR,
					    BPF_FLOW_DISSECTOR };

static int refuse(int err, const struct skep_program *program, const struct hook *hook,
		  const char *where, int netns)
{
	if (err == -EINVAL && ioctl(netns, NS_GET_NSTYPE) != CLONE_NEWNET)
		return skep_fail_hint(skep_fail(EINVAL, "%s is not a network namespace", where),
				      "give a name that `ip netns` lists, or a path such as "
				      "/proc/PID/ns/net");
	if (err == -EBUSY || err == -EEXIST || (err == -E2BIG && hook == &flow_dissector))
		return skep_fail_hint(
			skep_fail(EBUSY, "a flow dissector is on this network namespace, on the "
					 "first one, or this is the first and others have one"),
			"`bpftool link list` and `bpftool net show` show it: take it off first");
	if (err == -E2BIG)
		return skep_fail_hint(skep_fail(err, "64 programs are on this network namespace"),
				      "detach one: the kernel takes no more");
	return skep_attach_refuse(program, err, hook->section, NULL);
}

static int attach(struct skep_link **out, const struct skep_program *program, const char *netns,
		  const struct skep_netns_opts *opts, const struct hook *hook)
{
	AUTO_CLOSE int opened = -1;
	struct skep_link *link = NULL;
	int fd, netns_fd = SKEP_OPT(opts, netns_fd), err = SKEP_OPTS_CHECK(opts);

	if (!err && netns && netns_fd)
		err = skep_fail(EINVAL, "give either the path of a network namespace or its fd");
	if (!err)
		err = skep_attach_need(program, hook->prog_type, hook->section);
	if (err)
		return err;
	if (!netns_fd) {
		opened = skep_netns_open(netns);
		if (opened < 0)
			return opened;
		netns_fd = opened;
	}
	fd = bpf_link_create(skep_program_fd(program), netns_fd, hook->attach_type, NULL);
	if (fd < 0)
		return refuse(fd, program, hook, netns ? netns : "the descriptor", netns_fd);
	err = skep_link_from_fd(&link, fd);
	if (err)
		return err;
	skep_link_set_way(link, hook->section);
	*out = link;
	return 0;
}

int skep_attach_sk_lookup(struct skep_link **out, const struct skep_program *program,
			  const char *netns, const struct skep_netns_opts *opts)
{
	return attach(out, program, netns, opts, &sk_lookup);
}

int skep_attach_flow_dissector(struct skep_link **out, const struct skep_program *program,
			       const char *netns, const struct skep_netns_opts *opts)
{
	return attach(out, program, netns, opts, &flow_dissector);
}
