/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs that were loaded for their target: what is left to say is that they begin. */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "base/opts.h"
#include "kernel/facts.h"
#include "perf_link.h"
#include "target.h"

static int refuse(const struct skep_program *program, int err, uint64_t cookie)
{
	const char *section = skep_program_section(program);

	if (err == -EMFILE || err == -ENOMEM)
		return skep_perf_refuse(program, err, 0);
	if (err == -E2BIG && !cookie)
		return skep_fail_hint(skep_fail(E2BIG,
						"cannot attach program '%s' (%s): as many programs "
						"as a function takes are on it",
						skep_program_name(program), section),
				      "`bpftool link` shows whose they are");
	if (cookie && (err == -EINVAL || err == -E2BIG))
		return skep_fail_hint(skep_fail(EOPNOTSUPP,
						"cannot attach program '%s' (%s) with a cookie: "
						"this kernel has none here",
						skep_program_name(program), section),
				      "attach it without .cookie");
	return skep_attach_refuse(program, err, NULL, NULL);
}

static int attach(struct skep_link **out, const struct skep_program *program, uint64_t cookie,
		  const char *way)
{
	SKEP_CAPTURE(said);
	LIBBPF_OPTS(bpf_trace_opts, opts, .cookie = cookie);
	struct bpf_link *link = bpf_program__attach_trace_opts(program->prog, &opts);
	int err;

	if (!link)
		return refuse(program, -errno, cookie);
	err = skep_link_from_libbpf(out, link);
	if (!err)
		skep_link_set_way(*out, way);
	return err;
}

/* NULL: not one that is attached here. */
static const char *way_of(const struct skep_program *program)
{
	switch ((int)bpf_program__expected_attach_type(program->prog)) {
	case BPF_TRACE_FENTRY:
		return "fentry";
	case BPF_TRACE_FEXIT:
		return "fexit";
	case BPF_MODIFY_RETURN:
		return "fmod_ret";
	case BPF_TRACE_RAW_TP:
		return "tp_btf";
	default:
		return NULL;
	}
}

int skep_attach_tracing(struct skep_link **out, const struct skep_program *program,
			const struct skep_tracing_opts *opts)
{
	int err = SKEP_OPTS_CHECK(opts);
	const char *way;

	if (!err)
		err = skep_attach_need(program, BPF_PROG_TYPE_TRACING, "fentry/X");
	if (err)
		return err;
	way = way_of(program);
	if (!way)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"program '%s' (%s) is neither fentry, fexit, "
						"fmod_ret nor tp_btf",
						skep_program_name(program),
						skep_program_section(program)),
				      "iterators are opened with skep_iter_open()");
	return attach(out, program, SKEP_OPT(opts, cookie), way);
}

int skep_attach_lsm(struct skep_link **out, const struct skep_program *program,
		    const struct skep_lsm_opts *opts)
{
	int err = SKEP_OPTS_CHECK(opts);
	char lsms[512];

	if (!err)
		err = skep_attach_need(program, BPF_PROG_TYPE_LSM, "lsm/X");
	if (err)
		return err;
	if (bpf_program__expected_attach_type(program->prog) != BPF_LSM_MAC)
		return skep_fail_hint(skep_fail(EPROTOTYPE, "program '%s' (%s) is for cgroups",
						skep_program_name(program),
						skep_program_section(program)),
				      "attach it to a cgroup, or put it into SEC(\"lsm/X\")");
	/* The kernel would take it, and never ask it. */
	if (skep_kernel_lsms(lsms, sizeof(lsms)) && !skep_kernel_lsm_in(lsms, "bpf"))
		return skep_attach_refuse(program, -EOPNOTSUPP, NULL, NULL);
	return attach(out, program, SKEP_OPT(opts, cookie), "lsm");
}

static int refuse_freplace(const struct skep_program *program, int err)
{
	if (err == -EBUSY || err == -EEXIST)
		return skep_fail_hint(skep_fail(EBUSY,
						"cannot attach program '%s' (%s): the function is "
						"replaced already, or its program is traced",
						skep_program_name(program),
						skep_program_section(program)),
				      "`bpftool link` shows by whom: one at a time");
	if (err == -EINVAL)
		return skep_fail_hint(
			skep_fail(err,
				  "cannot attach program '%s' (%s): it does not fit the "
				  "function",
				  skep_program_name(program), skep_program_section(program)),
			"it needs the same arguments and result, a target of the type that it was "
			"loaded for, and a target that is no freplace itself");
	return refuse(program, err, 0);
}

int skep_attach_freplace(struct skep_link **out, const struct skep_program *program,
			 const struct skep_freplace_opts *opts)
{
	const struct skep_program *target = SKEP_OPT(opts, target);
	const char *function = SKEP_OPT(opts, function);
	struct bpf_link *link;
	SKEP_CAPTURE(said);
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_attach_need(program, BPF_PROG_TYPE_EXT, "freplace");
	if (!err && !target && function)
		err = skep_fail(EINVAL, "program '%s': .function needs a .target",
				skep_program_name(program));
	if (!err && target)
		err = skep_target_check(program, skep_program_fd(target), function);
	if (err)
		return err;
	if (target)
		link = bpf_program__attach_freplace(program->prog, skep_program_fd(target),
						    function);
	else
		link = bpf_program__attach_trace(program->prog);
	if (!link)
		return refuse_freplace(program, -errno);
	err = skep_link_from_libbpf(out, link);
	if (!err)
		skep_link_set_way(*out, "freplace");
	return err;
}
