/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tcx.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "base/fail.h"
#include "object/link.h"
#include "object/object.h"

/* The kernel's BPF_F_..., newer than libc's headers. */
#define BEFORE  (1u << 3)
#define AFTER   (1u << 4)
#define BY_ID   (1u << 5)
#define BY_LINK (1u << 13)

int skep_order_check(const struct skep_order_wanted *wanted)
{
	int named = !!wanted->link + !!wanted->program + !!wanted->link_id + !!wanted->program_id;
	bool relative = wanted->order == SKEP_ORDER_BEFORE || wanted->order == SKEP_ORDER_AFTER;

	if ((unsigned int)wanted->order > SKEP_ORDER_AFTER)
		return skep_fail(EINVAL, "%d is not an enum skep_order", wanted->order);
	if (named > 1)
		return skep_fail_hint(skep_fail(EINVAL, "more than one to be before or after"),
				      "set one of link, program, link_id and program_id");
	if (relative && !named)
		return skep_fail_hint(skep_fail(EINVAL, "before or after what is not said"),
				      "set link, program, link_id or program_id; or use "
				      "SKEP_ORDER_FIRST or SKEP_ORDER_LAST");
	if (!relative && named)
		return skep_fail_hint(skep_fail(EINVAL, "something is named to be before or after, "
							"but not which of both"),
				      "set .order to SKEP_ORDER_BEFORE or SKEP_ORDER_AFTER");
	if (wanted->link && skep_link_fd(wanted->link) < 0)
		return skep_fail_hint(skep_fail(EINVAL,
						"the link to be before or after is no link "
						"of the kernel (%s)",
						skep_link_way(wanted->link)),
				      "filters of a clsact qdisc have priorities: see "
				      "skep_attach_tc()");
	if (wanted->program && skep_program_fd(wanted->program) < 0)
		return skep_fail(EBADF, "program '%s' to be before or after is not loaded",
				 skep_program_name(wanted->program));
	return 0;
}

int skep_link_create_raw(const struct skep_link_create *attr)
{
	long fd = syscall(SYS_bpf, BPF_LINK_CREATE, attr, sizeof(*attr));

	return fd < 0 ? -errno : (int)fd;
}

int skep_order_link(const struct skep_program *program, unsigned int ifindex, int attach_type,
		    const struct skep_order_wanted *wanted)
{
	struct skep_link_create attr = {
		.prog_fd = (uint32_t)skep_program_fd(program),
		.target = ifindex,
		.attach_type = (uint32_t)attach_type,
		.order.revision = wanted->revision,
	};

	attr.flags = wanted->order == SKEP_ORDER_FIRST || wanted->order == SKEP_ORDER_BEFORE
			     ? BEFORE
			     : AFTER;
	if (wanted->link) {
		attr.flags |= BY_LINK;
		attr.order.relative = (uint32_t)skep_link_fd(wanted->link);
	} else if (wanted->link_id) {
		attr.flags |= BY_LINK | BY_ID;
		attr.order.relative = wanted->link_id;
	} else if (wanted->program) {
		attr.order.relative = (uint32_t)skep_program_fd(wanted->program);
	} else if (wanted->program_id) {
		attr.flags |= BY_ID;
		attr.order.relative = wanted->program_id;
	}
	return skep_link_create_raw(&attr);
}

int skep_order_refuse(int err, const struct skep_program *program, const char *interface,
		      const struct skep_order_wanted *wanted)
{
	bool relative = wanted->order == SKEP_ORDER_BEFORE || wanted->order == SKEP_ORDER_AFTER;

	switch (err) {
	case -EEXIST:
		return skep_fail_hint(
			skep_fail(err, "program '%s' is on %s already", skep_program_name(program),
				  interface),
			"a program can be on one hook once: update the link that has it");
	case -ESTALE:
		return skep_fail_hint(
			skep_fail(err, "somebody changed the programs on %s since revision %llu",
				  interface, (unsigned long long)wanted->revision),
			"look again with skep_tcx_query(), and take its revision");
	case -ERANGE:
		return skep_fail_hint(skep_fail(E2BIG, "64 programs are on %s", interface),
				      "detach one: the kernel takes no more");
	case -ENOENT:
	case -EBADF:
	case -EINVAL:
		if (!relative)
			return 0;
		return skep_fail_hint(
			skep_fail(ENOENT, "what program '%s' is to be %s is not on %s",
				  skep_program_name(program),
				  wanted->order == SKEP_ORDER_BEFORE ? "before" : "after",
				  interface),
			"skep_tcx_query() and `bpftool net show dev %s` tell what is", interface);
	default:
		return 0;
	}
}
