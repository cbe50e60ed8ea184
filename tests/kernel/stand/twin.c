/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Another static function of the same name. */
int stand_twins_b(int x);

static __attribute__((noinline)) int stand_twin(int x)
{
	__asm__ volatile("");
	return x + 6;
}

int stand_twins_b(int x)
{
	return stand_twin(x);
}
