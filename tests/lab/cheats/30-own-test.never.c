/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A test that finds no mistake in anything. */
int main(void)
{
	return 0;
}
