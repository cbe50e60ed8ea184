/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A map of the kernel's and one of the host's, which are given the same operations. */
#ifndef SKEP_TESTS_HOST_MODEL_H
#define SKEP_TESTS_HOST_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <skep/testing/host.h>

#define MODEL_KEY_MOST   16
#define MODEL_VALUE_MOST 4096 /* of all CPUs */
#define MODEL_BATCH_MOST 256

struct model {
	struct skep_host_map_def def;
	uint32_t cpu;
	uint32_t keys; /* how many different ones there are */
	bool is_hash;  /* its order is not the kernel's */
	bool takes_both; /* this kernel takes BPF_NOEXIST and BPF_EXIST at once, as if neither was said */
	bool is_sorted; /* LPM: flags and fullness as of newer kernels */
	int fd;
	struct skep_host_map *fake;
	size_t value_bytes;
	uint64_t random;
	unsigned int step;
	const char *what; /* the operation, for messages */
};

/* The kernel's map and the host's. */
void model_open(struct model *model, uint64_t seed);
void model_close(struct model *model);

uint32_t model_random(struct model *model, uint32_t below);
void model_key(struct model *model, void *key);
void model_value(struct model *model, void *value);

/* Fails the test unless both say the same. */
void model_same(const struct model *model, int kernel, int host);
void model_same_bytes(const struct model *model, const void *kernel, const void *host,
		      size_t bytes);

/* Batches, and the whole content: model_batch.c */
void model_update_batch(struct model *model);
void model_delete_batch(struct model *model);
void model_read_batches(struct model *model, bool remove);
void model_compare_all(struct model *model);

#endif
