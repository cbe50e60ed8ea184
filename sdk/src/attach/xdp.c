/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_link.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <skep/attach.h>

#include "base/fail.h"
#include "base/opts.h"
#include "base/text.h"
#include "object/link.h"
#include "object/object.h"

static int no_interface(const char *name)
{
	struct if_nameindex *all = if_nameindex();
	struct skep_text names = { 0 };
	int err = skep_fail(ENODEV, "there is no network interface '%s'", name);

	for (struct if_nameindex *at = all; at && at->if_index; at++)
		skep_text_add_name(&names, at->if_name);
	if (all)
		if_freenameindex(all);
	return names.used ? skep_fail_hint(err, "there are: %s", names.buf) : err;
}

/* A name, or an index in decimal. 0 when there is no such interface. */
static unsigned int find_interface(const char *interface)
{
	unsigned int index = if_nametoindex(interface);
	char name[IF_NAMESIZE], *end;
	unsigned long number;

	if (index)
		return index;
	number = strtoul(interface, &end, 10);
	if (end == interface || *end || number > INT32_MAX)
		return 0;
	return if_indextoname((unsigned int)number, name) ? (unsigned int)number : 0;
}

static int refuse(int err, const char *interface, enum skep_xdp_mode mode)
{
	switch (err) {
	case -EBUSY:
		return skep_fail_hint(skep_fail(err, "another XDP program is on %s", interface),
				      "see it with `ip link show dev %s`, take it off with "
				      "`ip link set dev %s xdp off`",
				      interface, interface);
	case -EOPNOTSUPP:
		return skep_fail_hint(skep_fail(err, "the driver of %s cannot run XDP%s", interface,
						mode == SKEP_XDP_NATIVE ? " itself" : ""),
				      "use SKEP_XDP_GENERIC, which every interface has");
	case -EPERM:
		return skep_fail_hint(
			skep_fail(err, "cannot attach XDP to %s: no privilege", interface),
			"run it with sudo, or grant cap_net_admin and cap_bpf");
	default:
		return skep_fail(err, "cannot attach XDP to %s: %s", interface, strerror(-err));
	}
}

int skep_attach_xdp(struct skep_link **out, const struct skep_program *program,
		    const char *interface, const struct skep_xdp_opts *opts)
{
	static const uint32_t flags[] = {
		[SKEP_XDP_AUTO] = 0,
		[SKEP_XDP_NATIVE] = XDP_FLAGS_DRV_MODE,
		[SKEP_XDP_GENERIC] = XDP_FLAGS_SKB_MODE,
	};
	enum skep_xdp_mode mode = SKEP_OPT(opts, mode);
	unsigned int index;
	int fd, err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	if ((unsigned int)mode > SKEP_XDP_GENERIC)
		return skep_fail(EINVAL, "%d is not an enum skep_xdp_mode", mode);
	err = skep_object_need_loaded(program->object);
	if (err)
		return err;
	if (bpf_program__type(program->prog) != BPF_PROG_TYPE_XDP)
		return skep_fail_hint(skep_fail(EINVAL, "program '%s' (%s) is not an XDP program",
						skep_program_name(program),
						skep_program_section(program)),
				      "put it into SEC(\"xdp\")");
	index = find_interface(interface);
	if (!index)
		return no_interface(interface);
	LIBBPF_OPTS(bpf_link_create_opts, link_opts, .flags = flags[mode]);
	fd = bpf_link_create(skep_program_fd(program), (int)index, BPF_XDP, &link_opts);
	return fd < 0 ? refuse(fd, interface, mode) : skep_link_from_fd(out, fd);
}
