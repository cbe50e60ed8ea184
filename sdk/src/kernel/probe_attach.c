/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Attach types and kinds of links. The kernel is asked for a place that cannot be: what does not
 * know the type says EINVAL before it looks for the place, what does says that it is not there.
 */
#include "facts.h"
#include "newer.h"
#include "probe_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#define TOO_MANY ((1U << 20) + 1) /* sites of a multi link: refused before they are read */

/* errno of the call; what it gives is closed. */
static int call(int command, void *attr, size_t size)
{
	long fd = syscall(SYS_bpf, command, attr, size);

	if (fd < 0)
		return errno;
	if (command == BPF_LINK_CREATE)
		close((int)fd);
	return 0;
}

/* EINVAL: not known. Privilege says nothing. All else comes of the place. */
static struct skep_probed judge(int code)
{
	if (code == EPERM || code == EACCES || skep_probe_is_passing(code))
		return SKEP_PROBED(SKEP_UNKNOWN, code);
	if (code == EINVAL || code == EOPNOTSUPP || code == ENOSYS || code == SKEP_KERNEL_ENOTSUPP)
		return SKEP_PROBED(SKEP_NO, code);
	return SKEP_PROBED(SKEP_YES, 0);
}

static struct skep_probed try_query(int attach_type)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (__u32)-1; /* also the number of no interface */
	attr.query.attach_type = (__u32)attach_type;
	return judge(call(BPF_PROG_QUERY, &attr, sizeof(attr)));
}

/* Sockmaps could be attached to long before they could be asked. */
static struct skep_probed try_sockmap(int attach_type)
{
	struct skep_probed probed = try_query(attach_type);

	return probed.answer == SKEP_NO ? SKEP_PROBED(SKEP_UNKNOWN, 0) : probed;
}

/* Type 1 of the kernel's BTF is no function: who knows the attach type says so. */
static struct skep_probed try_target(int attach_type)
{
	const struct skep_trivial setting = {
		.prog_type = attach_type == BPF_LSM_MAC ? BPF_PROG_TYPE_LSM : BPF_PROG_TYPE_TRACING,
		.attach_type = attach_type,
		.btf_id = 1,
	};
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char log[1024];
	int code = skep_probe_load(&setting, insns, 2, log, sizeof(log));

	if (!code || strstr(log, "attach_btf_id 1 "))
		return SKEP_PROBED(SKEP_YES, 0);
	return code == EINVAL && !log[0] ? SKEP_PROBED(SKEP_NO, code)
					 : SKEP_PROBED(SKEP_UNKNOWN, code);
}

static struct skep_probed try_load(int prog_type, int attach_type)
{
	const struct skep_trivial setting = { .prog_type = prog_type,
					      .attach_type = attach_type,
					      .returns = 1 };
	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&setting);

	return judge(prog < 0 ? -prog : 0);
}

/* BPF_LINK_CREATE's arguments: the part that kernels have had from the beginning, and room. */
struct link_attr {
	__u32 prog_fd, target, attach_type, flags;
	union {
		struct {
			__u32 flags, count;
			__aligned_u64 symbols, addresses, cookies;
		} kprobes;
		struct {
			__aligned_u64 path, offsets, ref_ctr_offsets, cookies;
			__u32 count, flags, pid;
		} uprobes;
		char room[64];
	};
};

/* Loads a program of the type, and asks for a link to `target`. */
static struct skep_probed try_link(const struct skep_trivial *setting, struct link_attr *attr)
{
	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(setting);

	if (prog < 0)
		return SKEP_PROBED(SKEP_UNKNOWN, -prog);
	attr->prog_fd = (__u32)prog;
	return judge(call(BPF_LINK_CREATE, attr, sizeof(*attr)));
}

static struct skep_probed try_link_fd(int prog_type, int attach_type, int target)
{
	const struct skep_trivial setting = { .prog_type = prog_type,
					      .attach_type = attach_type,
					      .returns = 1 };
	struct link_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target = (__u32)target;
	attr.attach_type = (__u32)attach_type;
	return try_link(&setting, &attr);
}

static struct skep_probed try_struct_ops_link(void)
{
	struct link_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_fd = (__u32)-1; /* here the map's */
	attr.attach_type = SKEP_BPF_ATTACH_STRUCT_OPS;
	return judge(call(BPF_LINK_CREATE, &attr, sizeof(attr)));
}

/* More sites than any kernel takes: E2BIG is its yes. */
static struct skep_probed try_session(int attach_type)
{
	const struct skep_trivial setting = { .prog_type = BPF_PROG_TYPE_KPROBE,
					      .attach_type = attach_type };
	struct skep_probed probed;
	struct link_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.attach_type = (__u32)attach_type;
	if (attach_type == SKEP_BPF_ATTACH_KPROBE_SESSION) {
		attr.kprobes.count = TOO_MANY;
		attr.kprobes.addresses = (uintptr_t)&attr;
	} else {
		attr.uprobes.count = TOO_MANY;
		attr.uprobes.path = (uintptr_t) "/";
		attr.uprobes.offsets = (uintptr_t)&attr;
	}
	probed = try_link(&setting, &attr);
	return probed.code == E2BIG ? SKEP_PROBED(SKEP_YES, 0) : probed;
}

/* What is asked about whole is tried whole. */
static struct skep_probed ask(enum skep_ability ability)
{
	enum skep_answer answer = skep_kernel_can(ability);
	int code;

	if (answer != SKEP_NO)
		return SKEP_PROBED(answer, 0);
	code = skep_kernel_finding(ability)->code;
	return code == EPERM || code == EACCES ? SKEP_PROBED(SKEP_UNKNOWN, code)
					       : SKEP_PROBED(SKEP_NO, code);
}

static bool is_queried(int type)
{
	switch (type) {
	case BPF_CGROUP_DEVICE:
	case BPF_LIRC_MODE2:
	case BPF_FLOW_DISSECTOR:
	case BPF_CGROUP_SYSCTL:
	case BPF_CGROUP_INET_SOCK_RELEASE:
	case BPF_SK_LOOKUP:
	case BPF_LSM_CGROUP:
		return true;
	default:
		return (type >= BPF_CGROUP_INET_INGRESS && type <= BPF_CGROUP_SOCK_OPS) ||
		       (type >= BPF_CGROUP_INET4_BIND && type <= BPF_CGROUP_UDP6_SENDMSG) ||
		       (type >= BPF_CGROUP_UDP4_RECVMSG && type <= BPF_CGROUP_SETSOCKOPT) ||
		       (type >= BPF_CGROUP_INET4_GETPEERNAME &&
			type <= BPF_CGROUP_INET6_GETSOCKNAME) ||
		       (type >= SKEP_BPF_ATTACH_CGROUP_UNIX_CONNECT &&
			type <= SKEP_BPF_ATTACH_CGROUP_UNIX_GETSOCKNAME) ||
		       type == SKEP_BPF_ATTACH_TCX_INGRESS || type == SKEP_BPF_ATTACH_TCX_EGRESS ||
		       type == SKEP_BPF_ATTACH_NETKIT_PRIMARY ||
		       type == SKEP_BPF_ATTACH_NETKIT_PEER;
	}
}

struct skep_probed skep_probe_attach_type(int attach_type)
{
	if (is_queried(attach_type))
		return try_query(attach_type);
	switch (attach_type) {
	case BPF_SK_SKB_STREAM_PARSER:
	case BPF_SK_SKB_STREAM_VERDICT:
	case BPF_SK_SKB_VERDICT:
	case BPF_SK_MSG_VERDICT:
		return try_sockmap(attach_type);
	case BPF_TRACE_RAW_TP:
	case BPF_TRACE_FENTRY:
	case BPF_TRACE_FEXIT:
	case BPF_MODIFY_RETURN:
	case BPF_TRACE_ITER:
	case BPF_LSM_MAC:
	case SKEP_BPF_ATTACH_FSESSION:
		return try_target(attach_type);
	case BPF_SK_REUSEPORT_SELECT:
	case BPF_SK_REUSEPORT_SELECT_OR_MIGRATE:
		return try_load(BPF_PROG_TYPE_SK_REUSEPORT, attach_type);
	case BPF_PERF_EVENT:
		return try_link_fd(BPF_PROG_TYPE_PERF_EVENT, attach_type, -1);
	case BPF_TRACE_KPROBE_MULTI:
		return ask(SKEP_CAN_KPROBE_MULTI);
	case SKEP_BPF_ATTACH_UPROBE_MULTI:
		return ask(SKEP_CAN_UPROBE_MULTI);
	case SKEP_BPF_ATTACH_STRUCT_OPS:
		return try_struct_ops_link();
	case SKEP_BPF_ATTACH_NETFILTER:
		return ask(SKEP_CAN_NETFILTER);
	case SKEP_BPF_ATTACH_KPROBE_SESSION:
	case SKEP_BPF_ATTACH_UPROBE_SESSION:
		return try_session(attach_type);
	default: /* those of XDP in maps: to try them would take a running CPU map */
		return SKEP_PROBED(SKEP_UNKNOWN, 0);
	}
}

/* A folder that is no cgroup. */
static struct skep_probed try_cgroup_link(void)
{
	SKEP_KERNEL_FD folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return try_link_fd(BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS, folder);
}

struct skep_probed skep_probe_link_type(int link_type)
{
	switch (link_type) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		return ask(SKEP_CAN_LINK);
	case BPF_LINK_TYPE_TRACING:
		return ask(SKEP_CAN_BTF_TRACEPOINT);
	case BPF_LINK_TYPE_CGROUP:
		return try_cgroup_link();
	case BPF_LINK_TYPE_ITER:
		return ask(SKEP_CAN_ITERATOR);
	case BPF_LINK_TYPE_NETNS:
		return try_link_fd(BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP, -1);
	case BPF_LINK_TYPE_PERF_EVENT:
		return skep_probe_attach_type(BPF_PERF_EVENT);
	case BPF_LINK_TYPE_KPROBE_MULTI:
		return ask(SKEP_CAN_KPROBE_MULTI);
	case BPF_LINK_TYPE_STRUCT_OPS:
		return try_struct_ops_link();
	case SKEP_BPF_LINK_NETFILTER:
		return ask(SKEP_CAN_NETFILTER);
	case SKEP_BPF_LINK_TCX:
		return ask(SKEP_CAN_TCX);
	case SKEP_BPF_LINK_UPROBE_MULTI:
		return ask(SKEP_CAN_UPROBE_MULTI);
	case SKEP_BPF_LINK_NETKIT:
		return ask(SKEP_CAN_NETKIT);
	case SKEP_BPF_LINK_SOCKMAP:
		return try_link_fd(BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_STREAM_VERDICT, -1);
	default: /* an XDP link cannot be asked for without making one */
		return SKEP_PROBED(SKEP_UNKNOWN, 0);
	}
}
