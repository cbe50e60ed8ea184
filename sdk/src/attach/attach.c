/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* By section name: what libbpf knows how to attach. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "iter.h"
#include "kernel/facts.h"
#include "kernel/newer.h"
#include "kernel/reason.h"
#include "kprobe.h"
#include "object/capture.h"
#include "object/link.h"
#include "object/object.h"
#include "tracepoint.h"
#include "uprobe.h"
#include "usdt.h"

/* fsession and the like: the target was chosen when it was loaded. */
static int attach_trace(struct skep_link **out, const struct skep_program *program,
			const char *target)
{
	int fd = bpf_link_create(bpf_program__fd(program->prog), 0,
				 bpf_program__expected_attach_type(program->prog), NULL);

	return fd < 0 ? skep_attach_refuse(program, fd, NULL, target) : skep_link_from_fd(out, fd);
}

/*
 * Sections that say all there is to say, but not to every libbpf. Each family adds its rows.
 * `target` is what stands behind the slash, "" for nothing.
 */
static const struct {
	const char *kind; /* what stands before the slash */
	int (*attach)(struct skep_link **out, const struct skep_program *program,
		      const char *target);
	bool always; /* libbpf is not asked first: ours understands more than its */
} ours[] = {
	{ "fsession", attach_trace, false },
	{ "fsession.s", attach_trace, false },
	{ "iter", skep_iter_by_section, true },
	{ "iter.s", skep_iter_by_section, true },
	{ "kprobe", skep_kprobe_by_section, true },
	{ "kretprobe", skep_kprobe_by_section, true },
	{ "kprobe.multi", skep_kprobe_multi_by_section, true },
	{ "kretprobe.multi", skep_kprobe_multi_by_section, true },
	{ "kprobe.session", skep_kprobe_multi_by_section, true },
	{ "ksyscall", skep_ksyscall_by_section, true },
	{ "kretsyscall", skep_ksyscall_by_section, true },
	{ "tp", skep_tracepoint_by_section, true },
	{ "tracepoint", skep_tracepoint_by_section, true },
	{ "uprobe", skep_attach_uprobe_section, true },
	{ "uretprobe", skep_attach_uprobe_section, true },
	{ "uprobe.s", skep_attach_uprobe_section, true },
	{ "uretprobe.s", skep_attach_uprobe_section, true },
	{ "uprobe.multi", skep_attach_uprobe_section, true },
	{ "uretprobe.multi", skep_attach_uprobe_section, true },
	{ "uprobe.multi.s", skep_attach_uprobe_section, true },
	{ "uretprobe.multi.s", skep_attach_uprobe_section, true },
	{ "uprobe.session", skep_attach_uprobe_section, true },
	{ "uprobe.session.s", skep_attach_uprobe_section, true },
	{ "usdt", skep_attach_usdt_section, true },
	{ "usdt.s", skep_attach_usdt_section, true },
};

#define ANY (-1)

/* Program types whose section does not say where to, and the way to say it. First match counts. */
static const struct {
	enum bpf_prog_type type;
	int attach_type; /* that it expects, or ANY */
	const char *argument;
	const char *helper;
} with_argument[] = {
	{ BPF_PROG_TYPE_XDP, ANY, "an interface", "skep_attach_xdp()" },
	{ BPF_PROG_TYPE_SCHED_CLS, SKEP_BPF_ATTACH_NETKIT_PRIMARY, "a netkit device",
	  "skep_attach_netkit()" },
	{ BPF_PROG_TYPE_SCHED_CLS, SKEP_BPF_ATTACH_NETKIT_PEER, "a netkit device",
	  "skep_attach_netkit()" },
	{ BPF_PROG_TYPE_SCHED_CLS, SKEP_BPF_ATTACH_TCX_INGRESS, "an interface",
	  "skep_attach_tcx()" },
	{ BPF_PROG_TYPE_SCHED_CLS, SKEP_BPF_ATTACH_TCX_EGRESS, "an interface",
	  "skep_attach_tcx()" },
	{ BPF_PROG_TYPE_SCHED_CLS, ANY, "an interface", "skep_attach_tc() or skep_attach_tcx()" },
	{ BPF_PROG_TYPE_CGROUP_SKB, ANY, "a cgroup", "skep_attach_cgroup()" },
	{ BPF_PROG_TYPE_CGROUP_SOCK, ANY, "a cgroup", "skep_attach_cgroup()" },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, ANY, "a cgroup", "skep_attach_cgroup()" },
	{ BPF_PROG_TYPE_CGROUP_SOCKOPT, ANY, "a cgroup", "skep_attach_cgroup()" },
	{ BPF_PROG_TYPE_CGROUP_SYSCTL, ANY, "a cgroup", "skep_attach_cgroup()" },
	{ BPF_PROG_TYPE_CGROUP_DEVICE, ANY, "a cgroup", "skep_attach_cgroup()" },
	{ BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP, "a cgroup", "skep_attach_cgroup()" },
	{ BPF_PROG_TYPE_SOCK_OPS, ANY, "a cgroup", "skep_attach_cgroup()" },
	{ BPF_PROG_TYPE_SK_LOOKUP, ANY, "a network namespace", "skep_attach_sk_lookup()" },
	{ BPF_PROG_TYPE_FLOW_DISSECTOR, ANY, "a network namespace",
	  "skep_attach_flow_dissector()" },
	{ (enum bpf_prog_type)SKEP_BPF_PROG_TYPE_NETFILTER, ANY, "a hook of netfilter",
	  "skep_attach_netfilter()" },
	{ BPF_PROG_TYPE_LWT_IN, ANY, "a route", "skep_attach_lwt()" },
	{ BPF_PROG_TYPE_LWT_OUT, ANY, "a route", "skep_attach_lwt()" },
	{ BPF_PROG_TYPE_LWT_XMIT, ANY, "a route", "skep_attach_lwt()" },
	{ BPF_PROG_TYPE_PERF_EVENT, ANY, "a perf event", "skep_attach_perf_event()" },
	{ BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, "functions", "skep_attach_kprobe_multi()" },
	{ BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_KPROBE_SESSION, "functions",
	  "skep_attach_kprobe_session()" },
	{ BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_UPROBE_MULTI, "a binary and functions",
	  "skep_attach_uprobe_multi()" },
	{ BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_UPROBE_SESSION, "a binary and functions",
	  "skep_attach_uprobe_multi()" },
	{ BPF_PROG_TYPE_KPROBE, 0, "a function",
	  "skep_attach_kprobe(), skep_attach_uprobe() or skep_attach_usdt()" },
	{ BPF_PROG_TYPE_TRACEPOINT, ANY, "a tracepoint", "skep_attach_tracepoint()" },
	{ BPF_PROG_TYPE_RAW_TRACEPOINT, ANY, "a tracepoint", "skep_attach_raw_tracepoint()" },
	{ BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, "a map", "skep_attach_iter()" },
	{ BPF_PROG_TYPE_SOCKET_FILTER, ANY, "a socket", "skep_attach_socket()" },
	{ BPF_PROG_TYPE_SK_REUSEPORT, ANY, "a socket", "skep_attach_reuseport()" },
	{ BPF_PROG_TYPE_SK_SKB, ANY, "a socket map", "skep_attach_sockmap()" },
	{ BPF_PROG_TYPE_SK_MSG, ANY, "a socket map", "skep_attach_sockmap()" },
	{ BPF_PROG_TYPE_STRUCT_OPS, ANY, "its map",
	  "skep_attach_struct_ops() or skep_object_attach()" },
	{ BPF_PROG_TYPE_SYSCALL, ANY, "to be run instead", "skep_program_run()" },
};

/* The row of with_argument[], or -1. */
static int find_argument(const struct bpf_program *prog)
{
	const size_t rows = sizeof(with_argument) / sizeof(with_argument[0]);
	int expected = (int)bpf_program__expected_attach_type(prog);

	for (size_t i = 0; i < rows; i++)
		if (with_argument[i].type == bpf_program__type(prog) &&
		    (with_argument[i].attach_type == ANY ||
		     with_argument[i].attach_type == expected))
			return (int)i;
	return -1;
}

static int need_argument(const struct bpf_program *prog)
{
	int row = find_argument(prog);
	const char *argument = row < 0 ? "an argument that the section does not give"
				       : with_argument[row].argument;
	const char *helper = row < 0 ? "a function of libbpf, and skep_object_libbpf()"
				     : with_argument[row].helper;

	return skep_fail_hint(
		skep_fail(EDESTADDRREQ,
			  "cannot attach program '%s' by its section (%s): it needs %s",
			  bpf_program__name(prog), bpf_program__section_name(prog), argument),
		"attach it with %s", helper);
}

/* libbpf says EOPNOTSUPP for "I do not know where to", and so may the kernel for "I cannot". */
static bool says_where(const struct bpf_program *prog)
{
	return find_argument(prog) < 0 && strchr(bpf_program__section_name(prog), '/');
}

int skep_attach_refuse(const struct skep_program *program, int err, const char *section,
		       const char *target)
{
	const struct bpf_program *prog = program->prog;
	const struct skep_capture *said = skep_capture_current();
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, skep_errno_standard(err));
	char why[512] = "", hint[512] = "";

	refusal.prog_type = (int)bpf_program__type(prog);
	refusal.attach_type = (int)bpf_program__expected_attach_type(prog);
	refusal.section = section ? section : bpf_program__section_name(prog);
	refusal.target = target;
	/* Seldom a mistake, and seldom read: a start should not wait for it. */
	refusal.without_names = program->optional;
	if (!target) {
		const char *slash = strchr(refusal.section, '/');

		refusal.target = slash ? slash + 1 : NULL;
	}
	if (refusal.code == EMFILE) /* what would look for reasons could open no file either */
		return skep_fail_hint(skep_fail(EMFILE,
						"cannot attach program '%s' (%s): no file "
						"descriptor is free",
						bpf_program__name(prog), refusal.section),
				      "close some, or raise the limit: `ulimit -n`");
	if (!skep_kernel_reason(&refusal, why, sizeof(why), hint, sizeof(hint)) && said)
		skep_capture_complaint(said, why, sizeof(why));
	err = skep_kernel_lacks(&refusal) ? -EOPNOTSUPP : -refusal.code;
	skep_fail(err, "cannot attach program '%s' (%s): %s", bpf_program__name(prog),
		  refusal.section, why[0] ? why : strerror(refusal.code));
	return hint[0] ? skep_fail_hint(err, "%s", hint) : err;
}

static int no_program(void)
{
	return skep_fail_hint(skep_fail(EINVAL, "there is no program to attach"),
			      "skep_object_program() returns NULL for a name that the object does "
			      "not have");
}

static int need_loaded(const struct bpf_program *prog)
{
	if (bpf_program__fd(prog) >= 0)
		return 0;
	return skep_fail_hint(
		skep_fail(EBADF, "program '%s' is not loaded", bpf_program__name(prog)),
		"load its object first, and look at the result");
}

int skep_attach_need_loaded(const struct skep_program *program)
{
	if (program)
		return need_loaded(program->prog);
	return skep_fail_hint(skep_fail(EINVAL, "no program is given"),
			      "skep_object_program() is NULL for a name that the object does not "
			      "have");
}

int skep_attach_need(const struct skep_program *program, int type, const char *section)
{
	int err = skep_attach_need_loaded(program);

	if (err || (int)bpf_program__type(program->prog) == type)
		return err;
	return skep_fail_hint(skep_fail(EPROTOTYPE, "program '%s' (%s) is of another type than %s",
					skep_program_name(program), skep_program_section(program),
					section),
			      "put it into SEC(\"%s\")", section);
}

/* Without `bpf` among the security modules the kernel takes the link, and never runs it. */
static bool would_never_run(const struct bpf_program *prog)
{
	char lsms[512];

	return bpf_program__type(prog) == BPF_PROG_TYPE_LSM &&
	       bpf_program__expected_attach_type(prog) == BPF_LSM_MAC &&
	       skep_kernel_lsms(lsms, sizeof(lsms)) && !skep_kernel_lsm_in(lsms, "bpf");
}

/* The row of ours[] that the program's section is, and what it says behind the slash; or -1. */
static int find_ours(const struct bpf_program *prog, const char **target)
{
	const char *section = bpf_program__section_name(prog);
	size_t kind = strcspn(section, "/");

	*target = section[kind] ? section + kind + 1 : "";
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strlen(ours[i].kind) == kind && !strncmp(ours[i].kind, section, kind))
			return (int)i;
	return -1;
}

/* 0 or a failure in words; -EDESTADDRREQ without, where the section does not say where to. */
static int attach(struct skep_link **out, const struct skep_program *program)
{
	const struct bpf_program *prog = program->prog;
	const char *target;
	int row = find_ours(prog, &target), err = need_loaded(prog);
	SKEP_CAPTURE(said);
	struct bpf_link *link;

	if (err)
		return err;
	if (would_never_run(prog))
		return skep_attach_refuse(program, -EOPNOTSUPP, NULL, NULL);
	if (row >= 0 && ours[row].always)
		return ours[row].attach(out, program, target);
	link = bpf_program__attach(prog);
	if (link)
		return skep_link_from_libbpf(out, link);
	err = -errno;
	if (err == -EOPNOTSUPP && row >= 0)
		return ours[row].attach(out, program, target);
	if (err == -EOPNOTSUPP && !says_where(prog))
		return -EDESTADDRREQ;
	return skep_attach_refuse(program, err, NULL, NULL);
}

int skep_attach_if_said(struct skep_link **out, const struct skep_program *program)
{
	int err = attach(out, program);

	return err == -EDESTADDRREQ ? 0 : err;
}

int skep_attach(struct skep_link **out, const struct skep_program *program)
{
	int err = program && program->prog ? attach(out, program) : no_program();

	return err == -EDESTADDRREQ ? need_argument(program->prog) : err;
}

int skep_attach_libbpf(struct skep_link **out, const struct bpf_program *program)
{
	/* Without an object: what attaches looks at the program only. */
	struct skep_program stranger = { .prog = (struct bpf_program *)program };

	return skep_attach(out, &stranger);
}
