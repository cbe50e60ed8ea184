/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A test that finds a mistake in everything. */
int main(void)
{
	return 1;
}
