// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A program, run by the kernel on input of ours: BPF_PROG_TEST_RUN. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <skep/object.h>
#include <skep/testing.h>

#include "base/opts.h"

#define KERNEL_ENOTSUPP 524 /* what the kernel says instead of EOPNOTSUPP */

static int check_opts(const struct skep_test_run_opts *opts)
{
	const unsigned char *bytes = (const unsigned char *)opts;

	if (!opts)
		return 0;
	if (opts->sz < sizeof(size_t))
		return skep_error_set(EINVAL, "make options with SKEP_OPTS()",
				      "options of skep_test_run: sz is not set");
	for (size_t i = sizeof(*opts); i < opts->sz; i++)
		if (bytes[i])
			return skep_error_set(E2BIG, "run with the skep it was compiled with",
					      "options of skep_test_run have members that this "
					      "skep does not know");
	if (SKEP_OPT(opts, data_bytes) > UINT32_MAX || SKEP_OPT(opts, data_out_room) > UINT32_MAX ||
	    SKEP_OPT(opts, ctx_bytes) > UINT32_MAX || SKEP_OPT(opts, ctx_out_room) > UINT32_MAX)
		return skep_error_set(E2BIG, NULL, "input or output of 4 GiB or more");
	return 0;
}

/* What this kind of program must be given: the kernel only says EINVAL. */
static const char *needs_of(const struct skep_program *program)
{
	switch (bpf_program__type(skep_program_libbpf(program))) {
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_SOCKET_FILTER:
		return "give `.data` of at least 14 bytes (to skep_test_bench() a `.packet`); a "
		       "context must fit it";
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
		return "give no `.data` and no `.repeat`; `.ctx` is an array of up to 12 words";
	case BPF_PROG_TYPE_SYSCALL:
		return "give no `.data` and no `.repeat`; only `.ctx`";
	case BPF_PROG_TYPE_FLOW_DISSECTOR:
		return "give `.data` of at least 14 bytes; `.ctx` is a struct bpf_flow_keys, of "
		       "which only `flags` may be set";
	case BPF_PROG_TYPE_SK_LOOKUP:
		return "give no `.data`; `.ctx` is a struct bpf_sk_lookup with family, protocol, "
		       "addresses and ports";
	case BPF_PROG_TYPE_TRACING:
		return "give no input: fentry and fexit are run through functions of the kernel "
		       "that are made for it";
	default:
		return "this kind of program takes other input: see the kernel's bpf_prog_test_run";
	}
}

static int explain(const struct skep_program *program, int err)
{
	const char *name = skep_program_name(program), *section = skep_program_section(program);

	if (err == -KERNEL_ENOTSUPP || err == -EOPNOTSUPP)
		return skep_error_set(EOPNOTSUPP, "attach it, and do what triggers it",
				      "program '%s' (SEC(\"%s\")): this kernel cannot run this "
				      "kind without attaching it",
				      name, section);
	if (err == -EINVAL)
		return skep_error_set(err, needs_of(program),
				      "program '%s' (SEC(\"%s\")): the kernel refuses the input",
				      name, section);
	if (err == -ENOSPC)
		return skep_error_set(err, "give a larger `.data_out` or `.ctx_out`",
				      "program '%s': what came out does not fit", name);
	return skep_error_set(err, err == -EPERM ? "run as root" : NULL,
			      "cannot run program '%s' (SEC(\"%s\")): %s", name, section,
			      strerror(-err));
}

int skep_test_run_raw(struct skep_test_result *result, size_t sz,
		      const struct skep_program *program, const struct skep_test_run_opts *opts)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = SKEP_OPT(opts, data),
		    .data_size_in = (__u32)SKEP_OPT(opts, data_bytes),
		    .data_out = SKEP_OPT(opts, data_out),
		    .data_size_out = (__u32)SKEP_OPT(opts, data_out_room),
		    .ctx_in = SKEP_OPT(opts, ctx), .ctx_size_in = (__u32)SKEP_OPT(opts, ctx_bytes),
		    .ctx_out = SKEP_OPT(opts, ctx_out),
		    .ctx_size_out = (__u32)SKEP_OPT(opts, ctx_out_room),
		    .repeat = (int)SKEP_OPT(opts, repeat), .flags = SKEP_OPT(opts, flags),
		    .cpu = SKEP_OPT(opts, cpu));
	struct skep_test_result found;
	int fd = skep_program_fd(program), err = check_opts(opts);

	if (err)
		return err;
	if (fd < 0)
		return skep_error_set(EBADF, "call skep_object_load() first",
				      "program '%s' is not loaded", skep_program_name(program));
	err = bpf_prog_test_run_opts(fd, &run);
	if (err)
		return explain(program, err);
	found = (struct skep_test_result){
		.retval = (int32_t)run.retval,
		.duration_ns = run.duration,
		.data_bytes = run.data_size_out,
		.ctx_bytes = run.ctx_size_out,
	};
	memcpy(result, &found, sz < sizeof(found) ? sz : sizeof(found));
	return 0;
}
