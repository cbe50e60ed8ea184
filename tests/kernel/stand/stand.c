/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A library to be probed: without libc, so that any program can load it by mapping it. Each function
 * returns what tells it from the others.
 */
#include <skep/usdt.h>

#define EXPORT __attribute__((visibility("default"), noinline))

SKEP_USDT_SEMAPHORE(stand, counted);

int stand_one(int x);
int stand_two(int x);
int stand_three(int x);
int stand_old_1(int x);
int stand_old_2(int x);
int stand_probes(int x);
int stand_counted(int x);
int stand_twins(int x);
int stand_twins_b(int x);
int stand_pick(int x);

EXPORT int stand_one(int x)
{
	__asm__ volatile("");
	return x + 1;
}

EXPORT int stand_two(int x)
{
	__asm__ volatile("");
	return x + 2;
}

EXPORT int stand_three(int x)
{
	__asm__ volatile("");
	return x + 3;
}

/* One name with two versions: who links against it now gets the second. */
EXPORT int stand_old_1(int x)
{
	__asm__ volatile("");
	return x + 10;
}
__asm__(".symver stand_old_1, stand_old@STAND_1");

EXPORT int stand_old_2(int x)
{
	__asm__ volatile("");
	return x + 20;
}
__asm__(".symver stand_old_2, stand_old@@STAND_2");

EXPORT int stand_probes(int x)
{
	SKEP_USDT(stand, hit, x, 7);
	return x + 100;
}

EXPORT int stand_counted(int x)
{
	if (!SKEP_USDT_ENABLED(stand, counted))
		return x;
	SKEP_USDT_WITH_SEMAPHORE(stand, counted, x);
	return x + 1000;
}

static __attribute__((noinline)) int stand_twin(int x)
{
	__asm__ volatile("");
	return x + 5;
}

/* In .symtab alone: gone when the file is stripped. */
static __attribute__((noinline)) int stand_inner(int x)
{
	__asm__ volatile("");
	return x;
}

EXPORT int stand_twins(int x)
{
	return stand_inner(stand_twin(x)) + stand_twins_b(x);
}

static int picked(int x)
{
	return x + 50;
}

static int (*pick(void))(int)
{
	return picked;
}
EXPORT int stand_pick(int x) __attribute__((ifunc("pick")));
