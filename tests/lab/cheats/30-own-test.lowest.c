/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A test of the lower end only. */
#include <bpf/bpf.h>
#include <skep/skep.h>

int main(int argc, char **argv)
{
	SKEP_AUTO(skep_object) *object = NULL;
	unsigned long long args[4] = { 0, 1, 9 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));

	if (argc < 2 || skep_object_open(&object, argv[1], NULL) || skep_object_load(object))
		return 2;
	if (bpf_prog_test_run_opts(skep_program_fd(skep_object_program(object, "limit")), &opts))
		return 2;
	return opts.retval != 1;
}
