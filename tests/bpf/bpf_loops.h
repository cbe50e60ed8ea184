/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Loops of many shapes, for the compiler to lay out as it likes: once by skep_for() in a BPF program, once
 * as plain C in its test, which compares. Who includes it has said what EACH(i, from, to, max) is, and
 * has `__u64 cells[CELLS]`.
 */
#ifndef SKEP_TESTS_BPF_BPF_LOOPS_H
#define SKEP_TESTS_BPF_BPF_LOOPS_H
#include <skep/types.h>

#define CELLS  256
#define SHAPES 12

/* Nothing but the number. */
static __always_inline __u64 shape_0(__u64 a, __u64 b)
{
	__u64 sum = 0;

	EACH(i, a, b, 300)
	sum += i;
	return sum;
}

/* Out of the middle, in three ways. */
static __always_inline __u64 shape_1(__u64 a, __u64 b)
{
	__u64 seen = 0;

	EACH(i, 0, CELLS, CELLS)
	{
		if (cells[i] == a)
			return i;
		if (cells[i] == b)
			goto out;
		if (cells[i] > a + b)
			break;
		seen++;
	}
	return seen;
out:
	return seen * 1000;
}

/* On, from many places. */
static __always_inline __u64 shape_2(__u64 a, __u64 b)
{
	__u64 odd = 0, small = 0, rest = 0;

	EACH(i, 0, b, CELLS)
	{
		__u64 v = cells[i];

		if (v & 1) {
			odd += v;
			continue;
		}
		if (v < a) {
			small++;
			continue;
		}
		if (i == 7)
			continue;
		rest ^= v;
	}
	return odd * 31 + small * 17 + rest;
}

/* More that lives across a round than there are registers. */
static __always_inline __u64 shape_3(__u64 a, __u64 b)
{
	__u64 p = a, q = b, r = a ^ b, s = 1, t = 2, u = 3, v = 4, w = 5;

	EACH(i, 0, 100, 100)
	{
		p += q * cells[i];
		q ^= r + i;
		r += s;
		s ^= t << 1;
		t += u;
		u ^= v + p;
		v += w;
		w ^= p >> 3;
	}
	return p ^ q ^ r ^ s ^ t ^ u ^ v ^ w;
}

/* Loops inside of loops. */
static __always_inline __u64 shape_4(__u64 a, __u64 b)
{
	__u64 n = 0;

	EACH(x, 0, a, 6)
	EACH(y, x, b, 7)
	{
		if (x == y)
			continue;
		EACH(z, 0, y, 7)
		{
			if (z == x)
				break;
			n += cells[(x * 32 + z) & (CELLS - 1)];
		}
	}
	return n;
}

/* One behind the other. */
static __always_inline __u64 shape_5(__u64 a, __u64 b)
{
	__u64 n = 0, most = 0;

	EACH(i, 0, a, CELLS)
	if (cells[i] > most)
		most = cells[i];
	EACH(i, 0, b, CELLS)
	if (cells[i] == most)
		n++;
	return most * 100 + n;
}

/* Writes where it reads. */
static __always_inline __u64 shape_6(__u64 a, __u64 b)
{
	__u64 before = cells[0];

	EACH(i, 1, CELLS, CELLS)
	{
		__u64 here = cells[i];

		cells[i] = here + (before & 1 ? a : b);
		before = here;
	}
	return cells[CELLS - 1];
}

/* Decides by a switch. */
static __always_inline __u64 shape_7(__u64 a, __u64 b)
{
	__u64 state = a & 3, steps = 0;

	EACH(i, 0, CELLS, CELLS)
	{
		switch (state) {
		case 0:
			state = cells[i] & 3;
			break;
		case 1:
			state = (state + b) & 3;
			steps += 3;
			break;
		case 2:
			if (cells[i] > 500)
				return steps + i;
			state = 3;
			break;
		default:
			steps++;
			state = i & 1;
		}
	}
	return steps;
}

/* A round that does nothing but leave; numbers with a sign. */
static __always_inline __u64 shape_8(__u64 a, __u64 b)
{
	EACH(i, (__s64)a, (__s64)b, 300)
	return i + 1;
	return 0;
}

/* A condition that is the same in each round. */
static __always_inline __u64 shape_9(__u64 a, __u64 b)
{
	__u64 n = 1;

	EACH(i, 0, 50, 50)
	{
		if (a > b)
			n = n * 3 + i;
		else if (a == b)
			n ^= i << 5;
		else
			n += cells[i];
	}
	return n;
}

/* Numbers of 32 bits, with signs. */
static __always_inline __u64 shape_10(__u64 a, __u64 b)
{
	__s32 low = (__s32)a, high = (__s32)b, found = -1;

	EACH(i, 0, CELLS, CELLS)
	{
		__s32 v = (__s32)cells[i] - 300;

		if (v < low || v > high)
			continue;
		found = v;
		low = v;
	}
	return (__u64)(__u32)found;
}

/* Text, byte by byte. */
static __always_inline __u64 shape_11(__u64 a, __u64 b)
{
	const char *text = (const char *)cells;
	__u64 hash = a, word = 0;

	EACH(i, 0, b, CELLS)
	{
		char c = text[i];

		if (!c)
			break;
		if (c == ' ') {
			word = 0;
			continue;
		}
		hash = hash * 33 + (__u8)c + word++;
	}
	return hash;
}
#endif
