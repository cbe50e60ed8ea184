/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_HIST_H
#define SKEP_HIST_H
/**
 * @file skep/hist.h
 * Histograms that programs keep with skep_hist_add() of bpf/hist.h: read, merged, as percentiles and
 * as text.
 *
 * @code{.c}
 * struct skep_hist reads;
 * char text[8192];
 *
 * if (skep_hist_get(&reads, skep_object_map(object, "read_ns"), NULL))
 *         return skep_perror("read_ns");
 * printf("half of %llu below %.0f ns\n", (unsigned long long)reads.count,
 *        skep_hist_percentile(&reads, 50));
 * skep_hist_format(&reads, "ns", text, sizeof(text));
 * fputs(text, stdout);
 * @endcode
 *
 * A histogram is a struct of 560 bytes (see types.h): copy it, keep it, subtract an older one's slots
 * from it. Reading one is one system call, whatever the number of CPUs; programs go on counting
 * meanwhile, so that `count` may be ahead of the slots by those that were being added.
 */
#include <skep/base.h>
#include <skep/types.h>

SKEP_BEGIN_DECLS

struct skep_map;

/**
 * Reads a histogram, of all CPUs together.
 *
 * @param[out] out the histogram; untouched on failure
 * @param      map a map of SKEP_HIST_LOG2(), SKEP_HIST_LINEAR() or their ..._BY(): of
 *                 skep_object_map(), or the `map` of a handle
 * @param      key its key; NULL for those that have none
 * @return 0 or a negative errno
 * @err{ENOENT, no such key: nothing was added for it yet}
 * @err{EPROTOTYPE, not a per-CPU map of struct skep_hist: declare it with SKEP_HIST_LOG2() or its like}
 * @err{EINVAL, there is no key, and the map has one: pass it}
 * @err{EBADMSG, the CPUs' histograms differ in their slots: something else wrote into the map}
 * @err{EBADF, there is no map: load the object first}
 * @err{EIO, the number of CPUs cannot be learned: mount /sys}
 * @err{ENOMEM, no memory}
 * @err{EPERM, the map may not be read from user space}
 * @threads{any, also at once}
 * @kernel{4.6}
 */
SKEP_API SKEP_MUST_USE int skep_hist_get(struct skep_hist *out, const struct skep_map *map,
					 const void *key);

/**
 * Adds what is in one histogram to another: of two keys, of two machines, of now and before.
 *
 * @param into grows; an empty one, all zero, takes the other's kind of slots; untouched on failure
 * @param more stays as it is
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, their slots differ in kind, start or width: nothing was added}
 * @threads{any, on histograms of its own}
 */
SKEP_API SKEP_MUST_USE int skep_hist_merge(struct skep_hist *into, const struct skep_hist *more);

/**
 * The mean of the values, exactly, unless their sum went beyond 64 bits.
 *
 * @param hist the histogram
 * @return the mean; 0 of an empty one
 * @threads{any}
 */
SKEP_API double skep_hist_mean(const struct skep_hist *hist);

/**
 * The value below which `percent` of the values are. Within a slot values are taken to be spread
 * evenly: of powers of two it is right to within that power. Never below the least value, nor above
 * the most.
 *
 * @param hist    the histogram
 * @param percent 0 to 100; beyond, the nearest of both
 * @return the value; 0 of an empty one
 * @threads{any}
 */
SKEP_API double skep_hist_percentile(const struct skep_hist *hist, double percent);

/**
 * The bounds of a slot: values from `*from` to below `*to`, of the last one without end.
 *
 * @param      hist the histogram
 * @param      slot 0 to 63
 * @param[out] from the least value in it
 * @param[out] to   the least above it; of the last slot the most that was added
 * @return 0 or a negative errno
 * @err{EINVAL, there is no such slot: there are 64}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_hist_bounds(const struct skep_hist *hist, unsigned int slot,
					    double *from, double *to);

/**
 * Writes a histogram as lines of text: one for each slot from the first that has values to the last,
 * with its bounds, how many, and a bar; then count, mean, and percentiles. Always ended by a NUL, and
 * cut where there is no room.
 *
 * @param      hist the histogram
 * @param      unit what the values are, "ns"; or NULL
 * @param[out] out  where to; may be NULL when there is no room
 * @param      room bytes there; 8,192 is always enough for units of up to 16 bytes
 * @return how many bytes the text has, without its NUL: it was cut where that is `room` or more
 * @threads{any, on memory of its own}
 */
SKEP_API size_t skep_hist_format(const struct skep_hist *hist, const char *unit, char *out,
				 size_t room);

SKEP_END_DECLS

#endif
