/* SPDX-License-Identifier: 0BSD */
/* The library of the test. */
#ifndef PARTS_H
#define PARTS_H

/* Sleeps. */
void part_nap(unsigned int milliseconds);

/* Calls itself n - 1 times, and naps at the bottom. */
long part_factorial(long n, unsigned int milliseconds);

/* Ends in a jump to part_nap(), where the compiler makes it so. */
void part_forward(unsigned int milliseconds);

/* Is left by part_leave() in the middle, and then naps. */
void part_around(unsigned int milliseconds);

/* Never returns. */
void part_leave(void) __attribute__((noreturn));

/* Is never called. */
void part_spare(void);

/* Is no part. */
void other(void);

#endif
