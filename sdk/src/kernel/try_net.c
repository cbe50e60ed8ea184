/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Hooks of the network and of cgroups. Nothing is attached to what is in use: programs are
 * loaded for real, and the attach is asked for a place that cannot exist. The errno tells whether
 * the kernel got as far as looking for the place.
 */
#include "attempt.h"
#include "facts.h"
#include "newer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#define NO_INTERFACE 0x7ffffff0 /* no interface has such a number */

/* BPF_LINK_CREATE with `target`; the fd must not be, and is closed if it is. errno, positive. */
static int link_error(int prog, int target, int attach_type, uint32_t first, uint32_t second)
{
	struct {
		__u32 prog_fd, target, attach_type, flags, first, second;
		__u32 rest[6];
	} attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_fd = (__u32)prog;
	attr.target = (__u32)target;
	attr.attach_type = (__u32)attach_type;
	attr.first = first;
	attr.second = second;
	fd = syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	if (fd < 0)
		return errno;
	close((int)fd);
	return 0;
}

/* Loads, and asks for a link to an interface that is not there: ENODEV is the kernel's yes. */
static void try_interface(struct skep_attempt *attempt, int attach_type)
{
	const struct skep_trivial trivial = { .prog_type = BPF_PROG_TYPE_SCHED_CLS };
	struct skep_refusal refusal;
	int code;

	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);

	if (prog < 0) {
		refusal = skep_kernel_trivial_refusal(&trivial, SKEP_REQUEST_LOAD, prog);
		skep_kernel_attempt_refused(attempt, &refusal);
		return;
	}
	code = link_error(prog, NO_INTERFACE, attach_type, 0, 0);
	refusal = skep_kernel_trivial_refusal(&trivial, SKEP_REQUEST_ATTACH, code);
	refusal.attach_type = attach_type;
	if (code == ENODEV)
		skep_kernel_attempt_yes(attempt, "%s", "");
	else
		skep_kernel_attempt_refused(attempt, &refusal);
}

/* Which interfaces take one natively is theirs; every one takes it in generic mode. */
void skep_kernel_try_xdp(struct skep_attempt *attempt)
{
	const struct skep_trivial trivial = { .prog_type = BPF_PROG_TYPE_XDP };
	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);
	struct skep_refusal refusal =
		skep_kernel_trivial_refusal(&trivial, SKEP_REQUEST_LOAD, prog);

	if (prog >= 0)
		skep_kernel_attempt_yes(attempt, "%s", "");
	else
		skep_kernel_attempt_refused(attempt, &refusal);
}

void skep_kernel_try_tcx(struct skep_attempt *attempt)
{
	try_interface(attempt, SKEP_BPF_ATTACH_TCX_INGRESS);
}

void skep_kernel_try_netkit(struct skep_attempt *attempt)
{
	try_interface(attempt, SKEP_BPF_ATTACH_NETKIT_PRIMARY);
}

/* A qdisc would have to be made to try it: believe the configuration. */
void skep_kernel_try_tc(struct skep_attempt *attempt)
{
	static const char *const needed[] = { "CONFIG_NET_SCH_INGRESS", "CONFIG_NET_CLS_BPF" };
	const struct skep_trivial trivial = { .prog_type = BPF_PROG_TYPE_SCHED_CLS };
	enum skep_config lowest = SKEP_CONFIG_ON;

	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);
	struct skep_refusal refusal =
		skep_kernel_trivial_refusal(&trivial, SKEP_REQUEST_LOAD, prog);

	if (prog < 0) {
		skep_kernel_attempt_refused(attempt, &refusal);
		return;
	}
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		enum skep_config config = skep_kernel_config(needed[i]);

		if (config == SKEP_CONFIG_OFF) {
			skep_kernel_attempt_no(attempt, "%s is not set", needed[i]);
			skep_kernel_attempt_remedy(attempt, "use SEC(\"tcx/ingress\") or XDP");
			return;
		}
		lowest = config < lowest ? config : lowest;
	}
	if (lowest == SKEP_CONFIG_UNKNOWN)
		skep_kernel_attempt_unknown(attempt, "programs load; whether clsact and cls_bpf "
						     "are there is not known");
	else
		skep_kernel_attempt_yes(attempt, "%s",
					lowest == SKEP_CONFIG_MODULE ? "as kernel modules" : "");
}

/* A family that no kernel has: EAFNOSUPPORT comes from the hook itself. */
void skep_kernel_try_netfilter(struct skep_attempt *attempt)
{
	const struct skep_trivial trivial = { .prog_type = SKEP_BPF_PROG_TYPE_NETFILTER,
					      .attach_type = SKEP_BPF_ATTACH_NETFILTER,
					      .returns = 1 };
	struct skep_refusal refusal;
	int code;

	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);

	if (prog < 0) {
		refusal = skep_kernel_trivial_refusal(&trivial, SKEP_REQUEST_LOAD, prog);
		skep_kernel_attempt_refused(attempt, &refusal);
		return;
	}
	code = link_error(prog, 0, SKEP_BPF_ATTACH_NETFILTER, 255, 0);
	refusal = skep_kernel_trivial_refusal(&trivial, SKEP_REQUEST_ATTACH, code);
	if (code == EAFNOSUPPORT)
		skep_kernel_attempt_yes(attempt, "%s", "");
	else
		skep_kernel_attempt_refused(attempt, &refusal);
}

/* On a folder that is no cgroup: EBADF. */
void skep_kernel_try_cgroup(struct skep_attempt *attempt)
{
	const struct skep_trivial trivial = { .prog_type = BPF_PROG_TYPE_CGROUP_SKB,
					      .attach_type = BPF_CGROUP_INET_INGRESS,
					      .returns = 1 };
	struct skep_refusal refusal;
	char path[256];
	int code;

	SKEP_KERNEL_FD folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);

	if (prog < 0) {
		refusal = skep_kernel_trivial_refusal(&trivial, SKEP_REQUEST_LOAD, prog);
		skep_kernel_attempt_refused(attempt, &refusal);
		return;
	}
	if (!skep_kernel_mount(SKEP_MOUNT_CGROUP2, NULL, path, sizeof(path))) {
		skep_kernel_attempt_no(attempt, "cgroup v2 is not mounted");
		skep_kernel_attempt_remedy(attempt, "%s",
					   skep_kernel_mount_command(SKEP_MOUNT_CGROUP2));
		return;
	}
	code = link_error(prog, folder, BPF_CGROUP_INET_INGRESS, 0, 0);
	if (code == EBADF) {
		skep_kernel_attempt_yes(attempt, "on %s", path);
		return;
	}
	refusal = skep_kernel_trivial_refusal(&trivial, SKEP_REQUEST_ATTACH, code);
	refusal.target = path;
	skep_kernel_attempt_refused(attempt, &refusal);
}

/* A link to a network namespace could run; the load is enough, there is no option for it. */
void skep_kernel_try_sk_lookup(struct skep_attempt *attempt)
{
	const struct skep_trivial trivial = { .prog_type = BPF_PROG_TYPE_SK_LOOKUP,
					      .attach_type = BPF_SK_LOOKUP,
					      .returns = 1 };
	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);
	struct skep_refusal refusal =
		skep_kernel_trivial_refusal(&trivial, SKEP_REQUEST_LOAD, prog);

	if (prog >= 0)
		skep_kernel_attempt_yes(attempt, "%s", "");
	else
		skep_kernel_attempt_refused(attempt, &refusal);
}
