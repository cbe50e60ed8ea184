/* SPDX-License-Identifier: 0BSD */
#define _GNU_SOURCE
#include "parts.h"

#include <setjmp.h>
#include <unistd.h>

static jmp_buf out;

void part_nap(unsigned int milliseconds)
{
	usleep(milliseconds * 1000);
}

long part_factorial(long n, unsigned int milliseconds)
{
	/* So that no compiler makes a loop of it. */
	static long (*volatile itself)(long, unsigned int) = part_factorial;

	if (n > 1)
		return n * itself(n - 1, milliseconds);
	usleep(milliseconds * 1000);
	return 1;
}

void part_forward(unsigned int milliseconds)
{
	part_nap(milliseconds);
}

void part_leave(void)
{
	longjmp(out, 1);
}

void part_around(unsigned int milliseconds)
{
	if (!setjmp(out))
		part_leave();
	usleep(milliseconds * 1000);
}

void part_spare(void)
{
}

void other(void)
{
}
