/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs that are called. Public side: <skep/attach/syscall.h>. */
#include <errno.h>

#include <bpf/bpf.h>
#include <skep/attach/syscall.h>

#include "attach.h"
#include "base/fail.h"
#include "object/capture.h"

static int refuse(const struct skep_program *program, int err, size_t bytes)
{
	const char *name = skep_program_name(program);

	switch (err) {
	case -EINVAL:
		return skep_fail_hint(skep_fail(EINVAL,
						"program '%s' looks at more than the %zu bytes of "
						"context that it is given",
						name, bytes),
				      "give it a struct of the size that the program declares");
	case -EFAULT:
		return skep_fail(EFAULT,
				 "the %zu bytes of context for program '%s' are not memory that "
				 "can be read and written",
				 bytes, name);
	default:
		return skep_attach_refuse(program, err, NULL, NULL);
	}
}

int skep_program_run(const struct skep_program *program, void *ctx, size_t bytes, uint32_t *result)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = ctx, .ctx_size_in = (uint32_t)bytes);
	SKEP_CAPTURE(said);
	int err = skep_attach_need_loaded(program);

	if (err)
		return err;
	if (bpf_program__type(program->prog) != BPF_PROG_TYPE_SYSCALL)
		return skep_fail_hint(
			skep_fail(EPROTOTYPE, "program '%s' (%s) is not one to be called",
				  skep_program_name(program), skep_program_section(program)),
			"put it into SEC(\"syscall\"), or attach it; tests have skep_test_run()");
	if (bytes > UINT16_MAX)
		return skep_fail(EINVAL,
				 "%zu bytes of context for program '%s' are too many: "
				 "65535 at most",
				 bytes, skep_program_name(program));
	if (bytes && !ctx)
		return skep_fail(EINVAL, "the context for program '%s' is NULL",
				 skep_program_name(program));
	err = bpf_prog_test_run_opts(skep_program_fd(program), &opts);
	if (err)
		return refuse(program, err, bytes);
	if (result)
		*result = opts.retval;
	return 0;
}
