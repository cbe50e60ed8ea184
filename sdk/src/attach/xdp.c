/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "xdp.h"

#include <errno.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "base/opts.h"
#include "object/link.h"
#include "object/object.h"

/* In which mode it came to be, where that was the kernel's choice. */
static const char *way_taken(const struct skep_interface *interface, enum skep_xdp_mode mode)
{
	AUTO_NETLINK struct skep_netlink netlink = SKEP_NETLINK_CLOSED;
	struct skep_xdp_info info = { .sz = sizeof(info) };
	SKEP_KEEP_ERROR;

	if (mode == SKEP_XDP_AUTO && !skep_netlink_open(&netlink) &&
	    !skep_xdp_ask(&netlink, interface, &info))
		mode = info.mode;
	return skep_xdp_way(mode);
}

static int create(int program_fd, unsigned int ifindex, enum skep_xdp_mode mode)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = skep_xdp_flags(mode));

	return bpf_link_create(program_fd, (int)ifindex, BPF_XDP, &opts);
}

/* What another mode could not change. */
static bool is_final(int err)
{
	return err == -EBUSY || err == -EEXIST || err == -EPERM || err == -ENODEV;
}

int skep_xdp_link(struct skep_link **out, const struct skep_program *program, int program_fd,
		  const struct skep_interface *interface, const struct skep_xdp_opts *opts)
{
	enum skep_xdp_mode mode = SKEP_OPT(opts, mode), taken = mode;
	struct skep_link *link = NULL;
	int err, fd = create(program_fd, interface->index, mode);

	if (fd < 0 && !is_final(fd) && SKEP_OPT(opts, fallback)) {
		int generic = create(program_fd, interface->index, SKEP_XDP_GENERIC);

		if (generic >= 0) {
			fd = generic;
			taken = SKEP_XDP_GENERIC;
		}
	}
	if (fd < 0)
		return skep_xdp_refuse(fd, program, program_fd, interface, mode);
	err = skep_link_from_fd(&link, fd);
	if (err)
		return err;
	skep_link_set_way(link, way_taken(interface, taken));
	*out = link;
	return 0;
}

struct request {
	struct skep_link **out;
	const struct skep_program *program;
	const char *interface;
	const struct skep_xdp_opts *opts;
};

static int attach_here(void *ctx)
{
	const struct request *request = ctx;
	struct skep_interface interface;
	int err = skep_interface_find(request->interface, &interface);

	if (err)
		return err;
	if (SKEP_OPT(request->opts, replace_id))
		return skep_xdp_replace(request->out, request->program, &interface, request->opts);
	return skep_xdp_link(request->out, request->program, skep_program_fd(request->program),
			     &interface, request->opts);
}

int skep_attach_xdp(struct skep_link **out, const struct skep_program *program,
		    const char *interface, const struct skep_xdp_opts *opts)
{
	struct request request = { out, program, interface, opts };
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	if ((unsigned int)SKEP_OPT(opts, mode) > SKEP_XDP_OFFLOAD)
		return skep_fail(EINVAL, "%d is not an enum skep_xdp_mode", SKEP_OPT(opts, mode));
	err = skep_attach_need(program, BPF_PROG_TYPE_XDP, "xdp");
	if (err)
		return err;
	return skep_netns_run(SKEP_OPT(opts, netns), SKEP_OPT(opts, netns_fd), attach_here,
			      &request);
}
