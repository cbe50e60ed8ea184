/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* bpf(2) on maps, one entry and many; and going through a map, for the calls that do. */
#ifndef SKEP_SRC_MAP_BATCH_H
#define SKEP_SRC_MAP_BATCH_H

#include "map.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SKEP_KERNEL_ENOTSUPP 524 /* the kernel's own, in no libc */

/* The part of union bpf_attr that one entry needs: less to clear, and less to copy. */
struct skep_element {
	uint32_t fd;
	uint32_t unused;
	uint64_t key;
	uint64_t value; /* or the next key */
	uint64_t flags;
};

/* The same for many. */
struct skep_elements {
	uint64_t in_place;
	uint64_t out_place;
	uint64_t keys;
	uint64_t values;
	uint32_t count;
	uint32_t fd;
	uint64_t element_flags;
	uint64_t flags;
};

static inline uint64_t skep_map_address(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

/* 0 or -errno. */
static inline int skep_map_bpf(int command, void *attr, size_t bytes)
{
	return syscall(SYS_bpf, command, attr, bytes) < 0 ? -errno : 0;
}

/* One of the commands on one entry. 0 or -errno. */
static inline int skep_map_element(int command, int fd, const void *key, const void *value,
				   uint64_t flags)
{
	struct skep_element attr = {
		.fd = (uint32_t)fd,
		.key = skep_map_address(key),
		.value = skep_map_address(value),
		.flags = flags,
	};

	return skep_map_bpf(command, &attr, sizeof(attr));
}

/* What a kernel or a kind of map without batches answers to the first one. */
static inline bool skep_map_has_no_batches(int err)
{
	return err == -EINVAL || err == -EOPNOTSUPP || err == -SKEP_KERNEL_ENOTSUPP;
}

/* The kernel's bucket was busy on this very CPU: the same again, soon. */
static inline bool skep_map_is_busy(int err)
{
	return err == -EBUSY || err == -EDEADLK || err == -ETIMEDOUT;
}

/* --- iterate.c --- */

/* What is done with the entries on the way. */
enum skep_passage {
	SKEP_PASSAGE_READ,
	SKEP_PASSAGE_TAKE,  /* they are removed as they are read */
	SKEP_PASSAGE_CLEAR, /* they are removed, and nobody wants to see them */
};

/*
 * Like skep_map_iter_new(), for maps of every kind that can be gone through, those with a value
 * for each CPU too.
 */
struct skep_map_iter *skep_map_iter_start(const struct skep_map *map, enum skep_passage passage,
					  int *err);

/* The same without a place for errors: skep_map_iter_error() has them. 0 or -errno. */
int skep_map_iter_begin(struct skep_map_iter **out, const struct skep_map *map,
			enum skep_passage passage);

/* 0, or what stopped it. */
int skep_map_iter_error(const struct skep_map_iter *iter);

/* Whether it goes through this map in this way. */
bool skep_map_iter_is(const struct skep_map_iter *iter, const struct skep_map *map,
		      enum skep_passage passage);

/*
 * Goes to the next entry and shows it in place, until the next call: a value of
 * skep_map_value_stride() bytes. False at the end, and on failure.
 */
bool skep_map_iter_show(struct skep_map_iter *iter, const void **key, const void **value);

/* Reads more, when nothing is left: false at the end, and on failure. Sets `left`. */
bool skep_map_iter_refill(struct skep_map_iter *iter);

/*
 * Reads straight into the caller's arrays, as far as the map is read in batches and nothing is
 * left: `*count` says how many fit, and then how many came, also on failure. At the end 0 and 0.
 * -ENOSPC, without words, where a bucket has more than fits and is to be taken.
 */
int skep_map_iter_read(struct skep_map_iter *iter, void *keys, void *values, size_t *count);

/* Bytes of one value as the kernel writes it: rounded up and for all CPUs, where it is for each. */
size_t skep_map_value_stride(const struct skep_map *map);

#endif
