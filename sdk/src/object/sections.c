/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Sections that the run-time libbpf may be too old for. One that is newer knows them: then the
 * program has a type when its object is opened, and nothing is done here.
 *
 * They are not registered with libbpf_register_prog_handler(): what is registered is seen by the
 * whole process, there is no lock, and libbpf's programs keep pointers into an array that moves
 * when somebody registers another.
 */
#include "sections.h"

#include <string.h>

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "kernel/newer.h"

#define SLEEPS BPF_F_SLEEPABLE

static const struct skep_section sections[] = {
	{ "uprobe.multi", true, BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_UPROBE_MULTI, 0, false },
	{ "uretprobe.multi", true, BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_UPROBE_MULTI, 0, false },
	{ "uprobe.multi.s", true, BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_UPROBE_MULTI, SLEEPS,
	  false },
	{ "uretprobe.multi.s", true, BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_UPROBE_MULTI, SLEEPS,
	  false },
	{ "uprobe.session", true, BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_UPROBE_SESSION, 0, false },
	{ "uprobe.session.s", true, BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_UPROBE_SESSION, SLEEPS,
	  false },
	{ "kprobe.session", true, BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_KPROBE_SESSION, 0, false },
	{ "usdt.s", true, BPF_PROG_TYPE_KPROBE, 0, SLEEPS, false },
	{ "fsession", true, BPF_PROG_TYPE_TRACING, SKEP_BPF_ATTACH_FSESSION, 0, true },
	{ "fsession.s", true, BPF_PROG_TYPE_TRACING, SKEP_BPF_ATTACH_FSESSION, SLEEPS, true },
	{ "tcx/ingress", false, BPF_PROG_TYPE_SCHED_CLS, SKEP_BPF_ATTACH_TCX_INGRESS, 0, false },
	{ "tcx/egress", false, BPF_PROG_TYPE_SCHED_CLS, SKEP_BPF_ATTACH_TCX_EGRESS, 0, false },
	{ "tc/ingress", false, BPF_PROG_TYPE_SCHED_CLS, SKEP_BPF_ATTACH_TCX_INGRESS, 0, false },
	{ "tc/egress", false, BPF_PROG_TYPE_SCHED_CLS, SKEP_BPF_ATTACH_TCX_EGRESS, 0, false },
	{ "netkit/primary", false, BPF_PROG_TYPE_SCHED_CLS, SKEP_BPF_ATTACH_NETKIT_PRIMARY, 0,
	  false },
	{ "netkit/peer", false, BPF_PROG_TYPE_SCHED_CLS, SKEP_BPF_ATTACH_NETKIT_PEER, 0, false },
	{ "netfilter", false, SKEP_BPF_PROG_TYPE_NETFILTER, SKEP_BPF_ATTACH_NETFILTER, 0, false },
	{ "cgroup/connect_unix", false, BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
	  SKEP_BPF_ATTACH_CGROUP_UNIX_CONNECT, 0, false },
	{ "cgroup/sendmsg_unix", false, BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
	  SKEP_BPF_ATTACH_CGROUP_UNIX_SENDMSG, 0, false },
	{ "cgroup/recvmsg_unix", false, BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
	  SKEP_BPF_ATTACH_CGROUP_UNIX_RECVMSG, 0, false },
	{ "cgroup/getpeername_unix", false, BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
	  SKEP_BPF_ATTACH_CGROUP_UNIX_GETPEERNAME, 0, false },
	{ "cgroup/getsockname_unix", false, BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
	  SKEP_BPF_ATTACH_CGROUP_UNIX_GETSOCKNAME, 0, false },
	{ "sk_skb/verdict", false, BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_VERDICT, 0, false },
};

const struct skep_section *skep_section_table(size_t *count)
{
	*count = sizeof(sections) / sizeof(sections[0]);
	return sections;
}

const struct skep_section *skep_section_find(const char *section)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		size_t length = strlen(sections[i].name);

		if (!strncmp(section, sections[i].name, length) &&
		    (!section[length] || (sections[i].more && section[length] == '/')))
			return &sections[i];
	}
	return NULL;
}

static void apply(struct bpf_program *program)
{
	const struct skep_section *row = skep_section_find(bpf_program__section_name(program));

	if (!row || bpf_program__set_type(program, (enum bpf_prog_type)row->type))
		return;
	bpf_program__set_expected_attach_type(program, (enum bpf_attach_type)row->attach_type);
	bpf_program__set_flags(program, bpf_program__flags(program) | row->flags);
}

void skep_section_apply(const struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
		if (bpf_program__type(program) == BPF_PROG_TYPE_UNSPEC)
			apply(program);
}

void skep_section_find_target(struct bpf_program *program)
{
	const char *section = bpf_program__section_name(program);
	const struct skep_section *row = skep_section_find(section);
	const char *slash = strchr(section, '/');

	if (row && row->is_function && slash && slash[1] && bpf_program__autoload(program) &&
	    (int)bpf_program__expected_attach_type(program) == row->attach_type)
		bpf_program__set_attach_target(program, 0, slash + 1);
}
