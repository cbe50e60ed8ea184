/* SPDX-License-Identifier: 0BSD */
/*
 * A test that can fail
 *
 * The program in 30-own-test.bpf.c limits a number: limit(value, lowest, highest). Below is a test of
 * it, which runs it in the kernel without attaching it, and is content with very little.
 *
 * To do: write a test that ends with 0 for a limit() that is right, and with 1 for one that is wrong. The
 * check tries yours on the right one, and on some in which a mistake was made.
 */
#include <stdio.h>

#include <bpf/bpf.h>
#include <skep/skep.h>

/* What limit(value, lowest, highest) returns; numbers are of 32 bits, without a sign. */
static unsigned int limit(int fd, unsigned int value, unsigned int lowest, unsigned int highest)
{
	unsigned long long args[4] = { value, lowest, highest };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));

	return bpf_prog_test_run_opts(fd, &opts) ? ~0U : opts.retval;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(skep_object) *object = NULL;
	int fd;

	if (skep_object_open(&object, argc > 1 ? argv[1] : "30-own-test.bpf.o", NULL) ||
	    skep_object_load(object))
		return skep_perror("limit");
	fd = skep_program_fd(skep_object_program(object, "limit"));
	if (limit(fd, 5, 1, 9) != 5)
		return 1;
	/* TODO: which other values can go wrong? */
	return 0;
}
