/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <stdio.h>

#include <bpf/bpf.h>
#include <skep/skep.h>

static unsigned int limit(int fd, unsigned int value, unsigned int lowest, unsigned int highest)
{
	unsigned long long args[4] = { value, lowest, highest };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));

	return bpf_prog_test_run_opts(fd, &opts) ? ~0U : opts.retval;
}

int main(int argc, char **argv)
{
	static const unsigned int cases[][4] = {
		{ 5, 1, 9, 5 },
		{ 1, 1, 9, 1 },
		{ 9, 1, 9, 9 },
		{ 0, 1, 9, 1 },
		{ 10, 1, 9, 9 },
		{ 0xffffffff, 1, 9, 9 },
		{ 0x80000000, 1, 0x90000000, 0x80000000 },
	};
	SKEP_AUTO(skep_object) *object = NULL;
	int fd;

	if (skep_object_open(&object, argc > 1 ? argv[1] : "30-own-test.bpf.o", NULL) ||
	    skep_object_load(object))
		return skep_perror("limit");
	fd = skep_program_fd(skep_object_program(object, "limit"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (limit(fd, cases[i][0], cases[i][1], cases[i][2]) != cases[i][3])
			return 1;
	return 0;
}
