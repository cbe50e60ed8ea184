/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A sum that nobody has read. */
#include <stdio.h>

int main(void)
{
	puts("ready");
	fflush(stdout);
	puts("123456");
	return 0;
}
