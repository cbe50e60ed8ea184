/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the parts of the hosted kernel share. One thread uses it: programs have global variables. */
#ifndef SKEP_TESTING_HOST_HOST_H
#define SKEP_TESTING_HOST_HOST_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skep/testing/host.h>

#define SKEP_HOST_NAME_ROOM  64
#define SKEP_HOST_PRINT_ROOM 8192

struct skep_host_map;

/* What the kinds of maps do differently. NULL: the kernel has no such operation for the kind. */
struct skep_host_kind {
	int (*make)(struct skep_host_map *map);
	void (*clear)(struct skep_host_map *map); /* as it was when made; NULL: by drop and make */
	void (*drop)(struct skep_host_map *map);
	/* The value in the map, of all CPUs for per-CPU kinds; NULL: none. `use`: a program asks. */
	void *(*find)(struct skep_host_map *map, const void *key, bool use);
	/* `all`: `value` has one for each CPU, as user space writes it. */
	int (*update)(struct skep_host_map *map, const void *key, const void *value, uint64_t flags,
		      bool all);
	int (*remove)(struct skep_host_map *map, const void *key);
	int (*next)(struct skep_host_map *map, const void *key, void *next);
	int (*push)(struct skep_host_map *map, const void *value, uint64_t flags);
	int (*take)(struct skep_host_map *map, void *value, bool remove);
	/* Batches: which there are, and whether they go by buckets. */
	bool reads_batches, writes_batches, deletes_batches, by_bucket;
};

struct skep_host_map {
	struct skep_host_map *next;
	char name[SKEP_HOST_NAME_ROOM];
	struct skep_host_map_def def;
	const struct skep_host_kind *kind;
	const void *address; /* of its declaration in the program; NULL: made by the test */
	void *state;         /* the kind's own */
	size_t count;
	bool has_lock;
	size_t lock_at;
	size_t values_at; /* of initial programs or maps in the declaration; 0: none */
	size_t values_count;
	struct skep_host_map *inner; /* what inner maps look like, of maps of maps */
	bool full;                   /* of rings: the test says so */
	uint32_t declared;           /* how many entries the declaration says */
};

/* Values of kinds with one for each CPU lie beside each other, each on 8 bytes. */
static inline size_t skep_host_round(size_t bytes)
{
	return (bytes + 7) & ~(size_t)7;
}

bool skep_host_is_percpu(const struct skep_host_map *map);
size_t skep_host_value_bytes(const struct skep_host_map *map); /* as user space sees it */
/* Writes a value: of all CPUs, or of the one that runs. `fresh`: others become zero. */
void skep_host_value_write(const struct skep_host_map *map, void *to, const void *from, bool all,
			   bool fresh);
/* Where the value of the CPU that runs is. */
void *skep_host_value_here(const struct skep_host_map *map, void *value);
int skep_host_flags_check(const struct skep_host_map *map, uint64_t flags);

/* Frees when no program runs any more: until then it may look at what was deleted. */
void skep_host_free_later(void *memory);

extern const struct skep_host_kind skep_host_hash_kind, skep_host_array_kind, skep_host_lpm_kind,
	skep_host_queue_kind, skep_host_ring_kind, skep_host_slots_kind, skep_host_nested_kind;

/* The array of map pointers or programs of a kind that has such values. */
void *skep_host_slot(struct skep_host_map *map, uint32_t index);

/* A per-hash eviction: lru.c */
struct skep_host_lru;
struct skep_host_lru_node {
	struct skep_host_lru_node *before, *after;
	uint8_t list;
	bool used;
	uint32_t cpu;
	void *element; /* what it stands for; NULL: it is free */
};
struct skep_host_lru *skep_host_lru_new(size_t nodes, bool one_for_each_cpu,
					void (*evict)(void *ctx, void *element), void *ctx);
void skep_host_lru_free(struct skep_host_lru *lru);
struct skep_host_lru_node *skep_host_lru_take(struct skep_host_lru *lru);
void skep_host_lru_give(struct skep_host_lru *lru, struct skep_host_lru_node *node);

/* Buckets, for batches: the keys of one. */
size_t skep_host_hash_buckets(const struct skep_host_map *map);
size_t skep_host_hash_bucket_count(const struct skep_host_map *map, size_t bucket);
void skep_host_hash_bucket_copy(struct skep_host_map *map, size_t bucket, void *keys, void *values);
void skep_host_hash_bucket_drop(struct skep_host_map *map, size_t bucket);

/* The maps: maps.c. `pointer` is what a program gives a helper. */
struct skep_host_map *skep_host_map_of(const void *pointer, const char *helper);
struct skep_host_map *skep_host_map_add(const char *name, const struct skep_host_map_def *def);
void skep_host_maps_clear(void);
void skep_host_entries_reset(void);
void skep_host_map_init_values(struct skep_host_map *map);
struct skep_host_map *skep_host_map_at(const void *address);

/* The objects: objects.c, symbols.c */
struct skep_host_symbol {
	char *name;
	void *address;
	size_t bytes;
	bool is_function;
	bool is_global;
	size_t file; /* the number of its source file */
};
struct skep_host_symbols {
	struct skep_host_symbol *list;
	size_t count;
	char **files;
	size_t file_count;
};
int skep_host_symbols_read(struct skep_host_symbols *out, const char *anchor, const void *at);
const struct skep_host_symbol *skep_host_symbol_global(const char *name);
const char *skep_host_symbol_name(const void *address);
void skep_host_variables_restore(void);
void skep_host_objects_ready(void); /* fails the test when an object could not be read */

/* What a program sees of the machine. */
struct skep_host_state {
	unsigned int depth; /* of programs that run */
	uint32_t cpu, cpus;
	uint64_t time, random;
	const void *lock;
	bool rcu;
	const char *program; /* its name, for messages */
	jmp_buf tail;        /* where a tail call goes */
	void (*tail_program)(void);
	void *tail_ctx;
	unsigned int tails;
	char printed[SKEP_HOST_PRINT_ROOM];
	size_t printed_bytes;
};
extern struct skep_host_state skep_host;

void skep_host_print(const char *format, ...) SKEP_PRINTF(1, 2);
/* Fails the test that runs. */
_Noreturn void skep_host_fail(const char *format, ...) SKEP_PRINTF(1, 2);
void *skep_host_alloc(size_t bytes); /* zeroed; fails the test when there is no memory */

/* The fakes, by the kernel's numbers of helpers: one list for each file of them. */
struct skep_host_fake_entry {
	const char *name;
	void (*function)(void);
};
#define SKEP_HOST_FAKE(helper, function)                                                           \
	{                                                                                          \
		"bpf_" #helper, (void (*)(void))(function)                                         \
	}
extern const struct skep_host_fake_entry skep_host_map_fakes[], skep_host_ring_fakes[],
	skep_host_task_fakes[], skep_host_memory_fakes[], skep_host_packet_fakes[],
	skep_host_skb_fakes[], skep_host_vlan_fakes[], skep_host_storage_fakes[],
	skep_host_control_fakes[], skep_host_print_fakes[];

/* AddressSanitizer's marks, where the program has it. */
void skep_host_poison(const void *memory, size_t bytes);
void skep_host_unpoison(const void *memory, size_t bytes);
bool skep_host_has_sanitizer(void);

/* Resets of the parts. */
void skep_host_rings_check(void); /* no record is left reserved */
void skep_host_rings_reset(void);
void skep_host_current_reset(void);
void skep_host_fakes_reset(void);
void skep_host_packets_reset(void);

#endif
