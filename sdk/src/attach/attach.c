/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* By section name: what libbpf knows how to attach. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "kernel/facts.h"
#include "kernel/reason.h"
#include "object/capture.h"
#include "object/link.h"
#include "object/object.h"

/* Program types whose section does not say where to, and the way to say it. */
static const struct {
	enum bpf_prog_type type;
	const char *argument;
	const char *helper;
} with_argument[] = {
	{ BPF_PROG_TYPE_XDP, "an interface", "skep_attach_xdp()" },
	{ BPF_PROG_TYPE_SCHED_CLS, "an interface", "bpf_tc_attach()" },
	{ BPF_PROG_TYPE_CGROUP_SKB, "a cgroup", "bpf_program__attach_cgroup()" },
	{ BPF_PROG_TYPE_CGROUP_SOCK, "a cgroup", "bpf_program__attach_cgroup()" },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, "a cgroup", "bpf_program__attach_cgroup()" },
	{ BPF_PROG_TYPE_CGROUP_SOCKOPT, "a cgroup", "bpf_program__attach_cgroup()" },
	{ BPF_PROG_TYPE_CGROUP_SYSCTL, "a cgroup", "bpf_program__attach_cgroup()" },
	{ BPF_PROG_TYPE_CGROUP_DEVICE, "a cgroup", "bpf_program__attach_cgroup()" },
	{ BPF_PROG_TYPE_SOCK_OPS, "a cgroup", "bpf_program__attach_cgroup()" },
	{ BPF_PROG_TYPE_SK_LOOKUP, "a network namespace", "bpf_program__attach_netns()" },
	{ BPF_PROG_TYPE_FLOW_DISSECTOR, "a network namespace", "bpf_program__attach_netns()" },
	{ BPF_PROG_TYPE_PERF_EVENT, "a perf event", "bpf_program__attach_perf_event()" },
	{ BPF_PROG_TYPE_SOCKET_FILTER, "a socket", "setsockopt(SO_ATTACH_BPF)" },
	{ BPF_PROG_TYPE_SK_REUSEPORT, "a socket", "setsockopt(SO_ATTACH_REUSEPORT_EBPF)" },
	{ BPF_PROG_TYPE_SK_SKB, "a socket map", "bpf_prog_attach()" },
	{ BPF_PROG_TYPE_SK_MSG, "a socket map", "bpf_prog_attach()" },
	{ BPF_PROG_TYPE_STRUCT_OPS, "its map", "bpf_map__attach_struct_ops()" },
	{ BPF_PROG_TYPE_SYSCALL, "to be run instead", "bpf_prog_test_run_opts()" },
};

static int need_argument(const struct bpf_program *prog)
{
	const char *argument = "an argument that the section does not give";
	const char *helper = "a function of libbpf, and skep_object_libbpf()";

	for (size_t i = 0; i < sizeof(with_argument) / sizeof(with_argument[0]); i++)
		if (with_argument[i].type == bpf_program__type(prog)) {
			argument = with_argument[i].argument;
			helper = with_argument[i].helper;
		}
	return skep_fail_hint(
		skep_fail(EDESTADDRREQ,
			  "cannot attach program '%s' by its section (%s): it needs %s",
			  bpf_program__name(prog), bpf_program__section_name(prog), argument),
		"attach it with %s", helper);
}

/* libbpf says EOPNOTSUPP for "I do not know where to", and so may the kernel for "I cannot". */
static bool says_where(const struct bpf_program *prog)
{
	for (size_t i = 0; i < sizeof(with_argument) / sizeof(with_argument[0]); i++)
		if (with_argument[i].type == bpf_program__type(prog))
			return false;
	return strchr(bpf_program__section_name(prog), '/');
}

static int refuse(const struct bpf_program *prog, int err, const struct skep_capture *said)
{
	const char *section = bpf_program__section_name(prog);
	const char *slash = strchr(section, '/');
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, skep_errno_standard(err));
	char why[512] = "", hint[512] = "";

	refusal.prog_type = (int)bpf_program__type(prog);
	refusal.attach_type = (int)bpf_program__expected_attach_type(prog);
	refusal.section = section;
	refusal.target = slash ? slash + 1 : NULL;

	if (!skep_kernel_reason(&refusal, why, sizeof(why), hint, sizeof(hint)))
		skep_capture_complaint(said, why, sizeof(why));
	err = skep_kernel_lacks(&refusal) ? -EOPNOTSUPP : -refusal.code;
	skep_fail(err, "cannot attach program '%s' (%s): %s", bpf_program__name(prog), section,
		  why[0] ? why : strerror(refusal.code));
	return hint[0] ? skep_fail_hint(err, "%s", hint) : err;
}

/* Without `bpf` among the security modules the kernel takes the link, and never runs it. */
static bool would_never_run(const struct bpf_program *prog)
{
	char lsms[512];

	return bpf_program__type(prog) == BPF_PROG_TYPE_LSM &&
	       bpf_program__expected_attach_type(prog) == BPF_LSM_MAC &&
	       skep_kernel_lsms(lsms, sizeof(lsms)) && !skep_kernel_lsm_in(lsms, "bpf");
}

/* 0 or a failure in words; -EDESTADDRREQ without, where the section does not say where to. */
static int attach(struct skep_link **out, const struct bpf_program *program)
{
	SKEP_CAPTURE(said);
	struct bpf_link *link;
	int err;

	if (bpf_program__fd(program) < 0)
		return skep_fail_hint(
			skep_fail(EBADF, "program '%s' is not loaded", bpf_program__name(program)),
			"load its object first, and look at the result");
	if (would_never_run(program))
		return refuse(program, -EOPNOTSUPP, &said);
	link = bpf_program__attach(program);
	if (link)
		return skep_link_from_libbpf(out, link);
	err = -errno;
	if (err == -EOPNOTSUPP && !says_where(program))
		return -EDESTADDRREQ;
	return refuse(program, err, &said);
}

int skep_attach_if_said(struct skep_link **out, const struct skep_program *program)
{
	int err = attach(out, program->prog);

	return err == -EDESTADDRREQ ? 0 : err;
}

int skep_attach_libbpf(struct skep_link **out, const struct bpf_program *program)
{
	int err = attach(out, program);

	return err == -EDESTADDRREQ ? need_argument(program) : err;
}

int skep_attach(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach_libbpf(out, program->prog);
}
