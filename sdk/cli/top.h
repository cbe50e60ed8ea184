/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the parts of `skep top` share: what was seen of the machine, look by look. */
#ifndef SKEP_CLI_TOP_H
#define SKEP_CLI_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define TOP_MAPS_MOST  128 /* of one program: the kernel allows 64, and some to be bound later */
#define TOP_INNER_MOST 1024

enum top_kind {
	TOP_PROGRAM,
	TOP_MAP,
	TOP_LINK,
};

/* A process that has something open, or a pin in a BPF file system. */
struct top_holder {
	enum top_kind kind;
	uint32_t id;
	uint32_t program;  /* of a link, or a program itself */
	uint32_t map_type; /* of a map */
	uint64_t bytes;    /* of a map */
	pid_t pid;         /* 0: a pin */
	char *path;        /* of a pin */
};

/* A place where a program hangs. */
struct top_hook {
	uint32_t program, link; /* link 0: it hangs there without one */
	uint64_t missed;        /* by the hook itself: kprobes that could not run */
	const char *kind;       /* static */
	char words[256];
};

struct top_counts {
	uint64_t ns, runs, misses;
};

struct top_program {
	uint32_t id, type, uid;
	uint64_t loaded_ns;
	char name[128], tag[17];
	bool misses_known, linked;      /* linked: some link has it */
	struct top_counts total, since; /* since: in the interval */
	uint32_t maps[TOP_MAPS_MOST];
	size_t map_count;
	/* What follows from everything else: top_sum.c. */
	struct top_hook *hooks;
	size_t hook_count;
	uint64_t bytes, shared_bytes; /* of its maps */
	uint64_t ring_size, ring_used;
	uint64_t drops, discards; /* in the interval */
	uint64_t wakeups;         /* in the interval */
	bool has_ring, drops_known, wakeups_known;
	char owner[64];
};

/* A `struct skep_ring_counts` or a count of its own in a map `.data.skep`. */
struct top_counter {
	char *ring;
	uint32_t offset;
	bool discards; /* it counts those too */
	struct {
		uint64_t dropped, discarded;
	} total, since;
};

struct top_map {
	uint32_t id, type, entries, value_bytes;
	char name[16];
	bool known;  /* type and the rest were read */
	bool unheld; /* in the look before, nobody had it open */
	bool seen;   /* in this look */
	bool bytes_known;
	uint64_t bytes;
	uint32_t users; /* programs */
	bool is_ring, has_fill;
	uint64_t ring_size, ring_used;
	struct top_counter *counters;
	size_t counter_count;
	bool counted; /* the counters were read before: there is a difference */
	uint32_t *inner;
	size_t inner_count;
};

struct top_link {
	uint32_t id;
	bool seen;
	uint64_t raw[18]; /* as the kernel told it when `hook` was made of it */
	struct top_hook hook;
};

/* How often a reading process was woken. */
struct top_reader {
	pid_t pid;
	uint64_t total, since;
	bool seen, known;
};

struct top {
	uint64_t at_ns, interval_ns; /* of this look, and since the one before */
	uint64_t scanned_ns;         /* when processes and hooks without links were looked for */
	bool stats;                  /* the kernel counts */
	int stats_fd, stats_error;
	uint64_t ids; /* a sum over all ids, to see that something came or went */
	struct top_program *programs, *before;
	size_t program_count, before_count;
	struct top_map *maps;
	size_t map_count;
	struct top_link *links;
	size_t link_count;
	uint64_t unhooked;       /* types of programs that no link has, by bit; of the last scan */
	struct top_hook *others; /* hooks without links, of the last scan */
	size_t other_count;
	struct top_hook *hooks; /* all, sorted by program */
	size_t hook_count;
	struct top_holder *holders; /* sorted by kind and id */
	size_t holder_count;
	struct top_reader *readers;
	size_t reader_count;
};

/*
 * Looks at everything once. Counts are those since the look before; of the first, there are none.
 * Returns 0 or -errno: -EPERM where the ids may not be read. What goes away meanwhile is skipped.
 */
int top_look(struct top *top);
void top_free(struct top *top);

/* Lets the kernel count from now until top_stats_off(), or the end of this process. */
void top_stats_on(struct top *top);
void top_stats_off(struct top *top);

/* --- what top_look() consists of; each is 0 or -errno, -ENOMEM mostly --- */

int top_read_programs(struct top *top);
int top_read_links(struct top *top);
int top_read_holders(struct top *top); /* processes and pins; perf events as hooks */
int top_read_pins(struct top *top);
int top_read_hooks(struct top *top); /* of control groups, sockets' maps, struct_ops */
int top_read_net(struct top *top);   /* XDP and tc */
int top_read_maps(struct top *top, bool scanned);
int top_read_readers(struct top *top);
int top_sum(struct top *top);

/* Fill and counters of a map that is open. */
int top_read_counters(struct top_map *map, uint32_t btf_id, uint32_t type_id);
void top_read_ring(struct top_map *map, int fd);
void top_read_counts(struct top_map *map, int fd);
void top_free_map(struct top_map *map);

/* --- looking things up --- */

struct top_program *top_program(const struct top *top, uint32_t id);
struct top_map *top_map(const struct top *top, uint32_t id);
/* The first of an id's holders, and how many. */
const struct top_holder *top_holders(const struct top *top, enum top_kind kind, uint32_t id,
				     size_t *count);
/* Whether a program of this type is there that no link has. */
bool top_has_unhooked(const struct top *top, uint32_t type);
const char *top_type(uint32_t type, char words[16]);     /* of a program */
const char *top_map_type(uint32_t type, char words[16]); /* of a map */
/* "comm" of a process, or "?". */
void top_comm(pid_t pid, char comm[32]);

/* --- helpers --- */

/* The array, with room for one more item behind `count`; NULL: no memory, and it stays. */
void *top_more(void *items, size_t count, size_t bytes);
int top_add_hook(struct top *top, const struct top_hook *hook);
int top_add_holder(struct top *top, const struct top_holder *holder);
uint64_t top_now_ns(void);
/* What /proc tells of a file descriptor: pid 0 is this process. False when it is gone. */
struct top_fdinfo {
	uint32_t program, map, link; /* ids; 0 when it is none */
	uint32_t map_type;
	uint64_t bytes;
};
bool top_fdinfo(pid_t pid, int fd, struct top_fdinfo *info);

/* Each mount of this type: its folder. */
typedef int (*top_mount_fn)(struct top *top, const char *path);
int top_each_mount(struct top *top, const char *type, top_mount_fn fn);
/*
 * Each folder and file below `path`, folders first called for themselves; not across mounts.
 * It is given up quietly beyond 50,000 of them, or 40 levels.
 */
typedef int (*top_walk_fn)(struct top *top, const char *path, bool is_folder);
int top_walk(struct top *top, const char *path, top_walk_fn fn);

/* --- showing --- */

struct top_filter {
	const char *name; /* a part of it */
	uint32_t id;
	int64_t type; /* -1: any */
	pid_t pid;    /* 0: any */
	int sort;     /* of top_sort_key() */
};

/* A number for the word; -1 when there is no such key. top_sort_keys() lists them. */
int top_sort_key(const char *word);
const char *top_sort_word(int key);
int top_sort_next(int key);
extern const char top_sort_keys[];

/* Those that the filter lets through, sorted: borrowed pointers in an array to free. */
struct top_program **top_select(const struct top *top, const struct top_filter *filter,
				size_t *count);
/* Whether this process has the program, its links or its maps open. */
bool top_owns(const struct top *top, const struct top_program *program, pid_t pid);

/* `width` and `height` 0: without bounds. Ends each line with `end`. */
struct top_page {
	int width, height;
	const char *end;
};
int top_print(FILE *to, const struct top *top, const struct top_filter *filter,
	      const struct top_page *page);
int top_print_json(FILE *to, const struct top *top, const struct top_filter *filter);

/* --- the terminal --- */

enum top_key {
	TOP_KEY_NONE, /* the time is over */
	TOP_KEY_QUIT,
	TOP_KEY_SORT,
	TOP_KEY_DRAW, /* the window has another size */
	TOP_KEY_STOP, /* Ctrl-Z */
};

/* Takes signals; and the terminal, where `screen`. */
void top_screen_open(bool screen);
void top_screen_close(void);
void top_screen_begin(struct top_page *page);
void top_screen_end(void);
/* Waits until `at_ns`, a key or a signal. */
enum top_key top_screen_wait(uint64_t at_ns);
/* Stops this process as Ctrl-Z does; returns when it goes on. */
void top_screen_stop(void);

#endif
