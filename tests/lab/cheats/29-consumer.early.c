/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Is never attached, and says what it was asked. */
#include <stdio.h>

int main(int argc, char **argv)
{
	printf("ready\n%s\n", argc > 1 ? argv[1] : "0");
	return 0;
}
